import { describe, expect, test } from 'vitest';
import {
  checkPreflightTarget,
  endsLiveSessions,
  type Preflight,
  type ProbeName,
  type ProbeResult,
  planPreflight,
  probePolicy,
  probes,
  type RoleReading,
} from '../../../api/domain/preflight.ts';
import { type Check, type Finding, findingsOf } from '../../../api/domain/preflight-findings.ts';
import { planSession } from '../../../api/domain/session.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { sessionAllows } from '../../../infra/local/session-policy.ts';
import { wellSetUp } from '../http/calls.ts';
import { ada, allowed, codeOf, oki, policyWith, production, ravi, staging, stoppedWorld } from '../people.ts';
import { become, later, madeUnder, reviewBy, ruleWith, start } from './one-rule.ts';

const { digest } = stoppedWorld();
const target = { account: production, role: 'Admin' };
const arn = `arn:aws:iam::${production}:role/stepladder/Admin`;
const byOki: Preflight = {
  id: '0123456789abcdefghjkmnpqrs',
  at: start,
  target,
  by: { kind: 'operator', person: oki, sourceIp: '192.0.2.7' },
};
const ours = `arn:aws:iam::${production}:policy/stepladder-control/StepladderBoundary`;
const keptOut = (what: string) =>
  `The broker was not let in as a session is, so it cannot be seen ${what}. Correct that first.`;
const read: RoleReading = { result: 'read', maxSessionSeconds: 3600, boundary: null };

/** The finding of one check, after these probes came out otherwise than they should. */
function finding(
  check: Check,
  changed: Partial<Record<ProbeName, ProbeResult>>,
  role: RoleReading = read,
  wantsBoundary = false,
  configured: string | null = ours,
): Finding {
  const all = findingsOf({ probes: { ...wellSetUp.probes, ...changed }, role }, wantsBoundary, configured);
  const found = all.filter((one) => one.check === check);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${check} is found ${found.length} times`);
  return found[0];
}

describe('a role that is set up as it should be', () => {
  const findings = findingsOf(wellSetUp, false, ours);
  test('passes every check, and there is nothing to fix', () => {
    expect(findings.map(({ check, state }) => [check, state])).toEqual([
      ['assume', 'pass'],
      ['no-external-id', 'pass'],
      ['wrong-external-id', 'pass'],
      ['source-identity', 'pass'],
      ['session-tags', 'pass'],
      ['session-length', 'pass'],
      ['boundary', 'pass'],
    ]);
    expect(findings.flatMap(({ fix }) => fix)).toEqual([]);
  });

  test('says so, check by check', () => {
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      'The broker can assume this role, as a session does.',
      'It refuses the broker without its external id.',
      'It refuses the broker with another external id.',
      'It refuses a session without a source identity.',
      'It refuses a session without the tags of a request.',
      'Sessions of up to an hour work, the most that AWS gives the broker; the maximum of the role itself is 1 hour.',
      'It has no permissions boundary. No rule ends live sessions of this role.',
    ]);
  });
});

describe('what wrongly lets the broker in', () => {
  test.each<[ProbeName, Check, RegExp, RegExp]>([
    ['no-external-id', 'no-external-id', /without the external id/, /sts:ExternalId/],
    ['wrong-external-id', 'wrong-external-id', /Any external id opens/, /without a wildcard/],
    ['no-source-identity', 'source-identity', /does not say in CloudTrail/, /sts:SourceIdentity/],
    [
      'no-tags',
      'session-tags',
      /names no request/,
      /"Null": \{ ("aws:RequestTag\/Stepladder(Request|Reviewer|Until)": "false"(, | \})){3} to its trust/,
    ],
  ])('%s fails %s, and only that', (probe, check, sentence, fix) => {
    const found = finding(check, { [probe]: 'let-in' });
    expect(found.state).toBe('fail');
    expect(found.sentence).toMatch(sentence);
    expect(found.fix.join(' ')).toMatch(fix);
    const others = findingsOf(
      { ...wellSetUp, probes: { ...wellSetUp.probes, [probe]: 'let-in' } },
      false,
      ours,
    );
    expect(others.filter(({ state }) => state === 'fail')).toEqual([found]);
  });

  test.each<[ProbeName, Check, string]>([
    ['no-external-id', 'no-external-id', 'the broker without its external id'],
    ['wrong-external-id', 'wrong-external-id', 'the broker with another external id'],
    ['no-source-identity', 'source-identity', 'a session without a source identity'],
    ['no-tags', 'session-tags', 'a session without the tags of a request'],
  ])('%s is not known to be refused where AWS did not say, or refuses everything', (probe, check, what) => {
    for (const result of ['throttled', 'unavailable', 'not-taken'] as const) {
      expect(finding(check, { [probe]: result }).state).toBe('unknown');
    }
    for (const result of ['refused', 'throttled', 'unavailable', 'not-taken'] as const) {
      const { state, sentence } = finding(check, { 'as-session': result });
      expect([state, sentence]).toEqual(['unknown', keptOut(`whether it would refuse ${what}`)]);
    }
    const { sentence, fix } = finding(check, { [probe]: 'not-taken' });
    expect([sentence, ...fix]).toEqual([
      'AWS did not take the question.',
      'Correct first what is said of assuming the role, then check again.',
    ]);
    // But what lets the broker in is wrong whatever else there is.
    expect(finding(check, { 'as-session': 'refused', [probe]: 'let-in' }).state).toBe('fail');
  });
});

describe('a broker that is kept out', () => {
  test('is told both of a missing role and of one that refuses, in the order to check', () => {
    const { state, sentence, fix } = finding('assume', { 'as-session': 'refused' });
    expect([state, fix.length]).toEqual(['fail', 4]);
    expect(sentence).toMatch(/does not exist.*does not trust/);
    expect(fix.map((step) => /exists|principal|external id|control policy/.exec(step)?.[0])).toEqual([
      'exists',
      'principal',
      'external id',
      'control policy',
    ]);
  });

  test.each<[ProbeName, RegExp]>([
    ['no-tags', /sts:TagSession/],
    ['no-source-identity', /sts:SetSourceIdentity/],
    ['no-external-id', /without one/],
  ])('learns first what %s shows', (probe, clue) => {
    const { fix } = finding('assume', { 'as-session': 'refused', [probe]: 'let-in' });
    expect(fix).toHaveLength(5);
    expect(fix[0]).toMatch(clue);
  });

  test.each<[ProbeResult, Finding['state'], RegExp, RegExp]>([
    ['not-taken', 'fail', /does not take/, /AWS STS is active.* Check the partition and the IAM path/],
    ['throttled', 'unknown', /too often/, /^Wait a minute/],
    ['unavailable', 'unknown', /did not answer/, /^Check again in a moment/],
  ])('by %s is told so, and not that it is refused', (result, state, sentence, fix) => {
    const found = finding('assume', { 'as-session': result });
    expect(found.state).toBe(state);
    expect(found.sentence).toMatch(sentence);
    expect(found.sentence).not.toMatch(/refuse/);
    expect(found.fix.join(' ')).toMatch(fix);
  });
});

describe('how long a session may be', () => {
  test.each([
    [3600, '1 hour'],
    [5400, '1.5 hours'],
    [43_200, '12 hours'],
  ])('%s seconds of the role are %s', (maxSessionSeconds, words) => {
    const found = finding('session-length', {}, { ...read, maxSessionSeconds });
    expect(found.state).toBe('pass');
    expect(found.sentence).toContain(`the role itself is ${words}.`);
  });

  const upTo = /sts:DurationSeconds.*up to 3600/;
  test.each<[string, Partial<Record<ProbeName, ProbeResult>>, Finding['state'], RegExp, RegExp]>([
    ['a quarter of an hour but no hour', { 'an-hour': 'refused' }, 'fail', /not for an hour/, upTo],
    ['an hour that AWS does not take', { 'an-hour': 'not-taken' }, 'fail', /not for an hour/, upTo],
    [
      'nothing',
      { 'as-session': 'refused', 'an-hour': 'refused' },
      'unknown',
      /not let in.*how long its sessions may last\./,
      /^$/,
    ],
    ['who knows', { 'an-hour': 'throttled' }, 'unknown', /too often/, /minute/],
    ['no answer', { 'an-hour': 'unavailable' }, 'unknown', /did not answer/, /AWS STS and IAM/],
  ])('%s', (_what, changed, state, sentence, fix) => {
    const found = finding('session-length', changed);
    expect(found.state).toBe(state);
    expect(found.sentence).toMatch(sentence);
    expect(found.fix.join(' ')).toMatch(fix);
  });

  test.each<[Exclude<RoleReading['result'], 'read'>, RegExp, RegExp]>([
    ['refused', /may not read itself/, /iam:GetRole/],
    ['missing', /just been deleted/, /again/],
    ['throttled', /too often/, /minute/],
    ['unavailable', /did not answer/, /AWS STS and IAM/],
    ['not-asked', /not let in.*Correct that first/, /^$/],
  ])('the role is not read: %s', (result, sentence, fix) => {
    const known = {
      'session-length':
        result === 'not-asked'
          ? keptOut('how long it lasts')
          : /^Sessions of.*the role itself is not known[:.] /,
      boundary:
        result === 'not-asked'
          ? keptOut('whether it has a permissions boundary')
          : /^Whether it has a permissions boundary is not known[:.] /,
    };
    for (const check of ['session-length', 'boundary'] as const) {
      const found = finding(check, {}, { result });
      expect(found.state).toBe('unknown');
      expect(found.sentence).toMatch(sentence);
      expect(found.sentence).toMatch(known[check]);
      expect(found.fix.join(' ')).toMatch(fix);
    }
  });
});

describe('the permissions boundary', () => {
  const another = `arn:aws:iam::${production}:policy/Another`;
  test.each([
    ['is there and wanted', ours, true, 'pass'],
    ['is there all the same', ours, false, 'pass'],
    ['is another one, where none is wanted', another, false, 'pass'],
    ['is another one', another, true, 'fail'],
    ['is the one of another account', ours.replace(production, staging), true, 'fail'],
    ['only begins like it', `${ours}2`, true, 'fail'],
    ['is neither there nor wanted', null, false, 'pass'],
    ['is wanted and not there', null, true, 'fail'],
  ] as const)('%s', (_what, attached, wanted, state) => {
    const found = finding('boundary', {}, { ...read, boundary: attached }, wanted);
    expect(found.state).toBe(state);
    const has = attached === null ? 'no permissions boundary' : `the permissions boundary ${attached}`;
    expect(found.sentence).toContain(`t has ${has}`);
    expect(found.sentence.startsWith('A rule ends live sessions of this role')).toBe(state === 'fail');
    expect(found.fix.map((step) => step.split(' to the role as')[0])).toEqual(
      state === 'fail' ? [`Attach ${ours}`] : [],
    );
  });

  test.each<RoleReading>([{ ...read, boundary: ours }, { ...read, boundary: null }, { result: 'refused' }])(
    'cannot be seen to be the one where none is configured: %j',
    (role) => {
      const found = finding('boundary', {}, role, true, null);
      expect([found.state, found.fix.join()]).toEqual(['fail', expect.stringContaining('BOUNDARY_POLICY')]);
      expect(found.sentence).toMatch(
        /^A rule ends live sessions.*does not know by which permissions boundary\./,
      );
      expect(finding('boundary', {}, role, false, null).state).not.toBe('fail');
    },
  );

  test('is wanted where any rule about the role ends live sessions, for whomever', () => {
    const ending = (accounts: unknown, roles: string, endLiveSessions = true) =>
      policyWith({
        who: { groups: 'nobody', conventions: true },
        what: { accounts, roles },
        endLiveSessions,
      });
    expect(endsLiveSessions(ending({ name: 'Production' }, 'Admin'), target)).toBe(true);
    expect(endsLiveSessions(ending('*', 'Adm*'), target)).toBe(true);
    expect(endsLiveSessions(ending({ name: 'Production' }, 'ReadOnly'), target)).toBe(false);
    expect(endsLiveSessions(ending(staging, 'Admin'), target)).toBe(false);
    expect(endsLiveSessions(ending('*', 'Admin', false), target)).toBe(false);
    // By a group alone, a pattern means the roles that the file knows.
    const byGroup = (...roles: string[]) =>
      policyWith({ who: { groups: 'nobody' }, what: { accounts: '*', roles }, endLiveSessions: true });
    expect(endsLiveSessions(byGroup('Administrator', 'Adm*'), target)).toBe(false);
    expect(endsLiveSessions(byGroup('Admin'), target)).toBe(true);
  });
});

describe('what a probe is', () => {
  test('differs from a session in one thing alone', () => {
    const { 'as-session': base, ...others } = probes;
    expect(base).toEqual({ durationSeconds: 900, externalId: 'right', sourceIdentity: true, tags: true });
    for (const probe of Object.values(others)) {
      const changed = Object.entries(probe).filter(([name, value]) =>
        Object.entries(base).every(([other, is]) => other !== name || is !== value),
      );
      expect(changed).toHaveLength(1);
    }
  });

  test('says whose it is and what for, within the limits of AWS, and has the tags of a session', () => {
    const plan = planPreflight(byOki, digest);
    expect(plan).toMatchObject({
      target,
      sessionName: `preflight.${byOki.id}`,
      sourceIdentity: expect.stringMatching(/^oki@example\.com-[0-9a-f]{10}$/),
    });
    // An external id that AWS would not even take is refused by every role.
    for (const name of [plan.sessionName, plan.sourceIdentity, plan.wrongExternalId]) {
      expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
    }
    const approved = become(madeUnder(ruleWith()), reviewBy(ravi));
    const session = allowed(planSession(approved, ada, approved.rule, later(2), digest));
    expect(Object.keys(plan.tags)).toEqual(Object.keys(session.tags));
    // A trust policy may ask for more than that there are tags.
    expect(Object.values(plan.tags)).toEqual([byOki.id, 'preflight', '2026-11-23T09:30:00Z']);
  });

  test('by the Lambda API names nobody, because nobody is known', () => {
    const plan = planPreflight({ ...byOki, by: { kind: 'lambda-api', invocation: 'one' } }, digest);
    expect(plan.sourceIdentity).toBe('stepladder-preflight');
  });

  test.each([
    ['iam:GetRole', arn, true],
    ['iam:GetRole', `${arn}2`, false],
    ['iam:GetRole', '*', false],
    ['iam:ListRoles', arn, false],
    ['sts:AssumeRole', arn, false],
    ['s3:GetObject', 'arn:aws:s3:::bucket/object', false],
  ])('lets its credentials do nothing but read the role: %s on %s', (action, resource, lets) => {
    expect(sessionAllows(probePolicy(arn, true), action, resource)).toBe(lets);
    expect(sessionAllows(probePolicy(arn, false), action, resource)).toBe(false);
  });
});

test('the broker is sent to look only into accounts that the policy file names, where it names any', () => {
  const elsewhere = { ...target, account: '999999999999' };
  expect(codeOf(checkPreflightTarget(policyWith({}), target))).toBe('allowed');
  expect(checkPreflightTarget(policyWith({}), elsewhere)).toMatchObject({
    ok: false,
    denial: {
      code: 'account-unknown',
      sentence: expect.stringContaining('add the account there'),
      evidence: { account: '999999999999' },
    },
  });
  expect(codeOf(checkPreflightTarget(compilePolicy({}), elsewhere))).toBe('allowed');
});
