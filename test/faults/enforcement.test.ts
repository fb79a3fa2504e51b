import { afterAll, expect, test, vi } from 'vitest';
import { enforce, enforceDue } from '../../api/actions/enforce.ts';
import { boundaryKeepers } from '../../api/aws/boundary-keeper.ts';
import { openTable } from '../../api/aws/dynamo-table.ts';
import { enforcements } from '../../api/aws/enforcements.ts';
import { requestReader } from '../../api/aws/request-reader.ts';
import { requestWriter } from '../../api/aws/request-writer.ts';
import { openLiveSessions, revoke, someone, used } from '../api/live-sessions.ts';
import { allowed, production } from '../api/people.ts';
import { trailOf } from '../api/store.ts';
import { type Fault, startFaultProxy } from '../support/fault-proxy.ts';
import { databaseSettings } from '../support/table.ts';
import { aimed } from './hurried-settings.ts';
import { casesOf, resultOf } from './site.ts';

vi.mock('../../api/aws/client-settings.ts', () => import('./hurried-settings.ts'));

/**
 * Ending live sessions, while DynamoDB, STS and IAM fail at every call: it is said only when it is so, it is never
 * forgotten, and when all is well again it is done, and on record once. NB. One after the other: an account has one boundary.
 */

const live = await openLiveSessions();
const unused = 'http://127.0.0.1:9';
const proxy = await startFaultProxy({
  dynamodb: databaseSettings().endpoint,
  sts: live.aws.sts.url,
  iam: live.aws.iamPolicies.url,
  ...{ sns: unused, ses: unused, events: unused, signin: unused, issuer: unused },
});
afterAll(async () => {
  await Promise.all([proxy.stop(), live.stop()]);
});

/** The tools of the Lambda, with the proxy between them and AWS. */
function toolsFor(fault?: Fault) {
  const aim = {
    endpoint: proxy.url,
    region: live.aws.region,
    credentials: live.aws.principalOf('enforce'),
    patience: fault === 'stall' ? 1 / 2 : 1,
  };
  const table = aimed(aim, () => openTable(live.store.table.name));
  const keepers = aimed(aim, () => boundaryKeepers({ externalId: live.aws.externalId }));
  const store = { ...enforcements(table), ...requestReader(table), ...requestWriter(table) };
  return { ...live.tools, store, keepers };
}

/** What the last one left has run out, and is gone. */
async function revoked() {
  proxy.heal();
  live.world.pass(240);
  await enforce(toolsFor(), production);
  const one = await used(live, someone(live.world));
  allowed(await revoke(live, one.id));
  proxy.heal();
  return one;
}

const stateOf = async (id: string) => {
  const request = await live.store.readRequest(id);
  return request?.status === 'revoked' ? request.enforcement?.state : undefined;
};
const ends = async (id: string) =>
  (await trailOf(live.store, id)).filter((kind) => kind === 'sessions-ended');

const first = await revoked();
await enforce(toolsFor(), production);
const calls = [...proxy.calls];

test('is done where nothing fails, by these calls', async () => {
  const services = new Set(calls.map(({ name }) => name.split(' ')[0]));
  expect(services).toEqual(new Set(['dynamodb', 'sts', 'iam']));
  expect([await stateOf(first.id), live.isDenied(first.session)]).toEqual(['enforced', true]);
});

test.each(casesOf(calls, ['cut', 'lose-answer', 'stall', 'repeat', 'outage']))('$name', async (one) => {
  const { id, session } = await revoked();
  proxy.break(one);
  const tools = toolsFor(one.fault);
  const { status, code } = await resultOf(enforce(tools, production));
  expect([200, 503], code).toContain(status);
  if ((await stateOf(id)) === 'enforced') expect(live.isDenied(session)).toBe(true);
  else expect(await ends(id)).toEqual([]);

  proxy.heal();
  // By then a claim is over, and what was put off is due: the scheduled run finds it.
  live.world.pass(6);
  expect(await enforceDue(tools)).toEqual([production]);
  expect([await stateOf(id), live.isDenied(session)]).toEqual(['enforced', true]);
  expect(await ends(id)).toHaveLength(1);
});
