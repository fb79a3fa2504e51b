import { afterAll, expect, test, vi } from 'vitest';
import { enforce } from '../../api/actions/enforce.ts';
import { boundaryKeepers } from '../../api/aws/boundary-keeper.ts';
import { openTable } from '../../api/aws/dynamo-table.ts';
import { enforcements } from '../../api/aws/enforcements.ts';
import { requestReader } from '../../api/aws/request-reader.ts';
import { requestWriter } from '../../api/aws/request-writer.ts';
import { openLiveSessions, revoke, someone, used } from '../api/live-sessions.ts';
import { allowed, ravi, stoppedWorld } from '../api/people.ts';
import { trailOf } from '../api/store.ts';
import { faults, startFaultProxy } from '../support/fault-proxy.ts';
import { databaseSettings } from '../support/table.ts';
import { aimed } from './hurried-settings.ts';
import { type Case, casesOf, resultOf, waits } from './site.ts';

vi.mock('../../api/aws/client-settings.ts', () => import('./hurried-settings.ts'));

/**
 * Ending live sessions, while DynamoDB, STS and IAM fail in every way at every call: it is said only when it is so, it is
 * never forgotten, and when all is well again it is done, and on record once.
 */

/** An account has one boundary, and so each test has an account. */
const accounts = Array.from({ length: 400 }, (_, index) => String(200_000_000_000 + index));
const live = await openLiveSessions(accounts.map((account) => ({ account, role: 'Admin' })));
afterAll(() => live.stop());
const unused = 'http://127.0.0.1:9';

/** A revoked request with a live session, in an account and at a time of its own, and what ends it. */
async function open(broken?: Case) {
  const account = accounts.pop() ?? '';
  const world = stoppedWorld(new Date().toISOString());
  const here = { store: live.store, world };
  const by = { ...someone(world), groups: [`aws-temp#Admin#${account}`] };
  const { id, session } = await used(here, by, account);
  allowed(await revoke(here, id, ravi));
  const proxy = await startFaultProxy({
    dynamodb: databaseSettings().endpoint,
    sts: live.aws.sts.url,
    iam: live.aws.iam.url,
    ...{ sns: unused, ses: unused, events: unused, signin: unused, issuer: unused },
  });
  const aim = {
    endpoint: proxy.url,
    region: live.aws.region,
    credentials: live.aws.principalOf('enforce'),
    patience: waits(broken) ? 1 / 2 : 1,
  };
  const table = aimed(aim, () => openTable(live.store.table.name));
  const keepers = aimed(aim, () => boundaryKeepers({ externalId: live.aws.externalId }));
  const store = { ...enforcements(table), ...requestReader(table), ...requestWriter(table) };
  const read = async () => {
    const request = await live.store.readRequest(id);
    const trail = await trailOf(live.store, id);
    return {
      state: request?.status === 'revoked' ? request.enforcement?.state : undefined,
      denied: live.isDenied(session),
      ends: trail.filter((kind) => kind === 'sessions-ended').length,
    };
  };
  const tools = { ...live.tools, world, store, keepers };
  const run = () => resultOf(aimed(aim, () => enforce(tools, account)));
  return { account, world, proxy, store, read, run };
}

const first = await open();
const undisturbed = await first.run();
const calls = [...first.proxy.calls];
await first.proxy.stop();

test('is done where nothing fails, by these calls', async () => {
  expect(undisturbed).toMatchObject({ status: 200 });
  const services = new Set(calls.map(({ name }) => name.split(' ')[0]));
  expect(services).toEqual(new Set(['dynamodb', 'sts', 'iam']));
  expect(await first.read()).toEqual({ state: 'enforced', denied: true, ends: 1 });
});

test.concurrent.each(casesOf(calls, faults))('$name', async (one) => {
  const { account, world, proxy, store, read, run } = await open(one);
  proxy.break(one);
  const { status, code } = await run();
  expect([200, 503], code).toContain(status);
  const after = await read();
  if (after.state === 'enforced') expect(after.denied).toBe(true);
  else expect(after.ends).toBe(0);

  proxy.heal();
  // By then a claim is over, and what was put off is due: the scheduled run finds it.
  world.pass(6);
  expect(await store.listDueAccounts(world.now(), 1000)).toContain(account);
  expect((await run()).status).toBe(200);
  expect(await read()).toEqual({ state: 'enforced', denied: true, ends: 1 });
  await proxy.stop();
});
