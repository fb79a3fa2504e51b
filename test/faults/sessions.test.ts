import { afterAll, describe, expect, test, vi } from 'vitest';
import type { CreatedView, IssuedSessionView } from '../../api/contract.ts';
import { production, ravi } from '../api/people.ts';
import { faults } from '../support/fault-proxy.ts';
import { expectWhole, recordOf, type TableRecord } from './record.ts';
import { casesOf, openSite, type Site, startFarEnds } from './site.ts';

vi.mock('../../api/aws/client-settings.ts', () => import('./hurried-settings.ts'));

/**
 * Sessions, while DynamoDB, STS, the sign-in endpoint and the issuer's keys fail in every way at every call: nobody has
 * credentials that are not on record as issued, and everybody gets some when all is well again.
 */

const farEnds = await startFarEnds();
afterAll(() => farEnds.stop());

const form = {
  targets: [{ account: production, role: 'Admin' }],
  durationMinutes: 15,
  justification: 'Restart the payment workers.',
};

/** NB. The window is as short as a session of AWS, and some of it is over: credentials for the CLI have to be narrowed. */
async function approvedRequest({ api, erin, world, verifyErin }: Site): Promise<string> {
  const made = await api.call<CreatedView>(erin, 'createRequest', { body: form });
  const id = String(made.body.requests[0]?.id);
  const body = { decision: 'approve', comment: '', version: 1 };
  const reviewed = await api.call(ravi, 'reviewRequest', { id, body });
  expect([made.status, reviewed.status]).toEqual([201, 200]);
  verifyErin();
  world.pass(2);
  return id;
}

type Kind = 'cli' | 'console';
const issue = ({ api, erin }: Site, id: string, kind: Kind) =>
  api.call<IssuedSessionView & { code?: string }>(erin, 'issueSession', { id, body: { kind } });

/** Everything secret that STS and the sign-in endpoint made, whether it was answered or not. */
function secretsOf({ proxy }: Site): string[] {
  const made = proxy.calls.flatMap(({ answers }) => answers);
  const patterns = [/<SecretAccessKey>([^<]+)</g, /<SessionToken>([^<]+)</g, /"SigninToken":"([^"]+)"/g];
  return made.flatMap((text) =>
    patterns.flatMap((one) => [...text.matchAll(one)].map((match) => String(match[1]))),
  );
}

/** Each intent has come to an end, but for those whose end could not be written. */
function openIntents({ sessions }: TableRecord): number {
  return sessions.filter(({ state }) => state === 'intended').length;
}

async function undisturbed(kind: Kind) {
  const site = await openSite(farEnds);
  const id = await approvedRequest(site);
  site.proxy.heal();
  const answer = await issue(site, id, kind);
  const calls = [...site.proxy.calls];
  await site.close();
  return { answer, calls };
}

const plans = [];
for (const kind of ['cli', 'console'] as const) plans.push({ kind, ...(await undisturbed(kind)) });

describe.each(plans)('issue a session for the $kind', ({ kind, answer, calls }) => {
  const names = calls.map(({ name }) => name);

  test('asks for keys, reads and writes the intent, asks STS, narrows what is for the CLI, reads and writes the record', () => {
    expect(answer.status).toBe(201);
    expect(names.filter((name) => name.startsWith('issuer '))).toHaveLength(2);
    expect(names).toContain('sts AssumeRole');
    expect(names.includes('signin getSigninToken')).toBe(kind === 'console');
    expect(names.indexOf('sts GetScopedCredentials')).toBe(
      kind === 'cli' ? names.indexOf('sts AssumeRole') + 1 : -1,
    );
    expect(answer.body.session.ending).toBe(kind === 'cli' ? 'expiry' : 'session-policy');
    const first = names.indexOf('dynamodb TransactWriteItems');
    expect(first).toBeLessThan(names.indexOf('sts AssumeRole'));
    expect(names.lastIndexOf('dynamodb TransactWriteItems')).toBe(names.length - 1);
  });

  test.concurrent.each(casesOf(calls, faults))('$name', async ({ fault, at, attempts }) => {
    const site = await openSite(farEnds, fault);
    const id = await approvedRequest(site);
    site.proxy.heal();
    site.proxy.break({ fault, at, attempts });
    const first = await issue(site, id, kind);
    const secrets = secretsOf(site);
    if (at !== undefined && at > names.indexOf('sts AssumeRole')) expect(secrets.length).toBeGreaterThan(0);
    // The SDK tries again, the two fetches do not: for them the first failure is the answer.
    const fetched = names.some((name, place) => /^(issuer|signin) /.test(name) && (at ?? place) === place);
    // What AWS does not narrow, the session policy ends: nobody is refused for that.
    const notNarrowed =
      fault !== 'repeat' && fault !== 'outage' && at === names.indexOf('sts GetScopedCredentials');
    const failed = fault !== 'repeat' && !notNarrowed && (attempts === 'all' || fetched);
    // STS that throttles is told apart from STS that does not answer.
    const busy = fault === 'throttle' && at === names.indexOf('sts AssumeRole');
    const code = busy ? 'aws-busy' : 'unavailable';
    expect([first.status, first.body.code]).toEqual(failed ? [503, code] : [201, undefined]);

    const record = recordOf(await site.everything());
    expectWhole(record, site.world.now());
    expect(
      secrets.filter((one) => JSON.stringify(record).includes(one)),
      'no secret is kept',
    ).toEqual([]);
    const issued = record.sessions.filter(({ state }) => state === 'issued');
    if (failed) {
      expect(
        secrets.filter((one) => first.text.includes(one)),
        'nobody is in',
      ).toEqual([]);
      // An intent whose answer was lost is all there is: STS was not asked. Behind it every failure is noted.
      if (fault !== 'outage')
        expect(openIntents(record)).toBeLessThanOrEqual(names.indexOf('sts AssumeRole') > (at ?? 0) ? 1 : 0);
    } else {
      expect(first.body.session).toMatchObject({ id: issued[0]?.id, accessKeyId: issued[0]?.accessKeyId });
      expect(issued).toHaveLength(1);
      const end = kind === 'console' || notNarrowed ? 'session-policy' : 'expiry';
      expect(issued[0]).toMatchObject({
        ending: end,
        notNarrowed: notNarrowed ? expect.stringMatching(/^[A-Za-z]+$/) : null,
        narrowedFrom: end === 'expiry' ? expect.stringMatching(/^ASIA/) : null,
      });
    }

    site.proxy.heal();
    // Long enough for the keys of the issuer to be asked for again, and inside of the window.
    site.world.pass(1);
    const second = await issue(site, id, kind);
    expect(second.status).toBe(201);
    const after = recordOf(await site.everything());
    expectWhole(after, site.world.now());
    const mine = after.sessions.find((session) => session.id === second.body.session.id);
    expect(mine).toMatchObject({
      state: 'issued',
      accessKeyId: second.body.session.accessKeyId,
      ending: kind === 'cli' ? 'expiry' : 'session-policy',
    });
    await site.close();
  });
});
