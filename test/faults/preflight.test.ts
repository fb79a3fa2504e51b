import { afterAll, expect, test, vi } from 'vitest';
import { runPreflight } from '../../api/actions/run-preflight.ts';
import { openTable } from '../../api/aws/dynamo-table.ts';
import { preflightWriter } from '../../api/aws/preflight-writer.ts';
import { roleProber } from '../../api/aws/role-prober.ts';
import type { Finding } from '../../api/domain/preflight-findings.ts';
import { allowed, oki, policy, production, stoppedWorld } from '../api/people.ts';
import { openStore } from '../api/store.ts';
import { faults, startFaultProxy } from '../support/fault-proxy.ts';
import { databaseSettings } from '../support/table.ts';
import { aimed } from './hurried-settings.ts';
import { type Case, casesOf, resultOf, startFarEnds, waits } from './site.ts';

vi.mock('../../api/aws/client-settings.ts', () => import('./hurried-settings.ts'));

/**
 * A preflight, while DynamoDB, STS and IAM fail in every way at every call: it is on record before AWS is asked, it says
 * "not known" of what it did not see, and nothing that AWS gave is kept.
 */

const { aws, stop } = await startFarEnds();
const store = await openStore();
afterAll(stop);
const unused = 'http://127.0.0.1:9';
const world = stoppedWorld();
const place = { partition: 'aws', boundary: aws.boundaryPolicy };

/** A preflight behind a proxy of its own: each has an operator of its own, who has used up nothing. */
async function open(broken?: Case) {
  const proxy = await startFaultProxy({
    dynamodb: databaseSettings().endpoint,
    sts: aws.sts.url,
    iam: aws.iam.url,
    ...{ sns: unused, ses: unused, events: unused, signin: unused, issuer: unused },
  });
  const aim = {
    endpoint: proxy.url,
    region: aws.region,
    credentials: aws.principalOf('sessions'),
    patience: waits(broken) ? 1 / 2 : 1,
  };
  const writer = preflightWriter(aimed(aim, () => openTable(store.table.name)));
  const options = {
    partition: 'aws' as const,
    targetRolePath: aws.targetRolePath,
    externalId: aws.externalId,
  };
  const prober = aimed(aim, () => roleProber(options));
  const tools = { store: writer, prober, world, policy, place };
  const person = { ...oki, id: `https://id.example.com#${world.newId()}` };
  const by = { kind: 'operator', person, sourceIp: '192.0.2.7' } as const;
  const run = () => aimed(aim, () => runPreflight(tools, by, { account: production, role: 'Admin' }));
  /** What is in the table of all that this operator asked. */
  const record = async () => {
    const items = await store.everything();
    const asked = items.filter((item) => item.sk === 'ASKED' && JSON.stringify(item).includes(person.id));
    const ids = new Set(asked.map(({ pk }) => pk));
    return { asked, found: items.filter(({ pk, sk }) => sk === 'FINDINGS' && ids.has(pk)) };
  };
  return { proxy, run, record };
}

const first = await open();
const undisturbed = allowed(await first.run()).findings;
const calls = [...first.proxy.calls];
const names = calls.map(({ name }) => name);
await first.proxy.stop();

test('is recorded, asks STS and IAM, and is recorded again', () => {
  expect(undisturbed.map(({ state }) => state)).toEqual(undisturbed.map(() => 'pass'));
  expect(names[0]).toBe('dynamodb TransactWriteItems');
  expect(names.at(-1)).toBe('dynamodb TransactWriteItems');
  expect(names.filter((name) => name === 'sts AssumeRole')).toHaveLength(6);
  expect(names.filter((name) => name === 'iam GetRole')).toHaveLength(1);
});

/** Everything secret that STS made, whether it was answered or not. */
function secretsOf(made: string[]): string[] {
  const patterns = [/<SecretAccessKey>([^<]+)</g, /<SessionToken>([^<]+)</g];
  return made.flatMap((text) =>
    patterns.flatMap((one) => [...text.matchAll(one)].map((match) => String(match[1]))),
  );
}

test.concurrent.each(casesOf(calls, faults))('$name', async (one) => {
  const { proxy, run, record } = await open(one);
  proxy.break(one);
  let findings: readonly Finding[] | undefined;
  const result = await resultOf(run().then((outcome) => (findings = allowed(outcome).findings)));
  // The database is needed for both records; what AWS does not say is a finding.
  const ofDatabase = one.at !== undefined && names[one.at]?.startsWith('dynamodb');
  const fails = one.fault === 'outage' || (ofDatabase && one.fault !== 'repeat');
  expect([result.status, result.code === '']).toEqual(fails ? [503, false] : [200, true]);
  for (const { check, state, sentence } of findings ?? []) {
    const known = undisturbed.find((finding) => finding.check === check);
    if (state !== 'unknown')
      expect({ state, sentence }).toMatchObject({ state: 'pass', sentence: known?.sentence });
  }
  const asks = one.at !== undefined && one.attempts === 'all' && one.fault !== 'repeat' && !ofDatabase;
  if (findings !== undefined) expect(findings.some(({ state }) => state === 'unknown')).toBe(asks);

  const { asked, found } = await record();
  const sent = proxy.calls.some(({ name }) => name.startsWith('sts'));
  // Nothing is asked of AWS that is not on record, and nothing is answered that is not.
  if (sent) expect(asked).toHaveLength(1);
  if (findings !== undefined) expect(found.map((item) => item.findings)).toEqual([findings]);
  const secrets = secretsOf(proxy.calls.flatMap(({ answers }) => answers));
  const kept = JSON.stringify([asked, found, findings, result]);
  expect(secrets.filter((secret) => kept.includes(secret))).toEqual([]);

  proxy.heal();
  expect(allowed(await run()).findings).toEqual(undisturbed);
  await proxy.stop();
});
