import { describe, expect, test } from 'vitest';
import { type Instant, plusMinutes } from '../../../api/domain/instant.ts';
import type { Preflight } from '../../../api/domain/preflight.ts';
import {
  type AssumeRoleSeen,
  claimOf,
  judgePreflight,
  judgeRevoker,
  judgeSession,
  type Mismatch,
  type ReconcilePlaces,
  type Verdict,
} from '../../../api/domain/reconciliation.ts';
import type { SessionRecord } from '../../../api/domain/session.ts';
import { personOf } from '../../../api/domain/user.ts';
import { ada, eve, production, staging } from '../people.ts';
import { start } from './one-rule.ts';

/** An AssumeRole of CloudTrail, held against what is on record. */

const broker = 'arn:aws:iam::999988887777:role';
const places: ReconcilePlaces = {
  partition: 'aws',
  targetRoles: '/stepladder/',
  revoker: '/stepladder-control/StepladderRevoker',
  sessionsRole: `${broker}/stepladder-sessions`,
  enforceRole: `${broker}/stepladder-enforce`,
};
const id = `01k${'a'.repeat(23)}`;
const otherId = `01k${'b'.repeat(23)}`;
const adaIdentity = 'ada-example.com-0123456789';
const eveIdentity = 'eve-example.com-9876543210';
const admin = `arn:aws:iam::${production}:role/stepladder/Admin`;
const revoker = `arn:aws:iam::${production}:role/stepladder-control/StepladderRevoker`;
const moment = (seconds: number): Instant => plusMinutes(start, seconds / 60);

const seen: AssumeRoleSeen = {
  eventId: 'e',
  at: moment(1),
  caller: places.sessionsRole,
  errorCode: null,
  roleArn: admin,
  sessionName: `${adaIdentity}.${id}`,
  sourceIdentity: adaIdentity,
  accessKeyId: 'ASIAFIRST',
};
const target = { account: production, role: 'Admin' };
const known: Verdict = { kind: 'known' };
const tooEarly: Verdict = { kind: 'too-early' };
const unmatched = (reason: Mismatch): Verdict => ({ kind: 'unmatched', reason });
/** Ways to write an ARN that is not quite this one. */
const almost = (arn: string): (string | null)[] => [
  null,
  '',
  `${arn}x`,
  `${arn}/x`,
  `${arn}:x`,
  `${arn}\n`,
  ` ${arn}`,
  arn.replace('role/', 'role/x/'),
  arn.replace('role/', 'user/'),
  arn.replace(/[^/]+\/(?=[^/]+$)/, ''),
  arn.replace(/[^/]+$/, '*'),
  arn.replace(/[^/]+$/, (name) => name.toLowerCase()),
  arn.replace(/[^/]+$/, (name) => `../${name}`),
  arn.replace('aws', 'aws-cn'),
  arn.replace('iam', 'sts'),
  arn.replace('iam:', 'iam:eu-central-1'),
];

describe('what a call says that it is for', () => {
  const claim = (change: Partial<AssumeRoleSeen>) => claimOf({ ...seen, ...change }, places);
  const nothing = (reason: Mismatch) => ({ kind: 'nothing', reason });
  const asEnforcer = { caller: places.enforceRole, sessionName: 'stepladder-enforce' };

  test.each([
    ['a session', {}, { kind: 'session', requestId: id }],
    ['a session of whoever has dots', { sessionName: `a.b.${id}` }, { kind: 'session', requestId: id }],
    ['a preflight', { sessionName: `preflight.${otherId}` }, { kind: 'preflight', id: otherId }],
    ['a revocation', asEnforcer, { kind: 'revoker' }],
    // Of these there is no record, and neither is ever looked for among the preflights.
    [
      'the last of two ids',
      { sessionName: `preflight.${id}.${otherId}` },
      { kind: 'session', requestId: otherId },
    ],
    ['a session that ends alike', { sessionName: `a-preflight.${id}` }, { kind: 'session', requestId: id }],
  ])('%s', (_what, change, expected) => {
    expect(claim(change)).toEqual(expected);
  });

  test.each([
    null,
    '',
    id,
    `.${id}`,
    `${adaIdentity}.`,
    `${adaIdentity}${id}`,
    `${adaIdentity}-${id}`,
    `${adaIdentity}.${id.slice(1)}`,
    `${adaIdentity}.0${id}`,
    `${adaIdentity}.${id.toUpperCase()}`,
    `${adaIdentity}.${id}.`,
    `${adaIdentity}.${id}\n`,
    `${adaIdentity}\n.${id}`,
    `${id}.${adaIdentity}`,
    'preflight',
    'preflight.',
    `preflight.${id.slice(1)}`,
    `preflight-${id}`,
    'stepladder-enforce',
  ])('nothing, by the role of sessions: %j', (sessionName) => {
    expect(claim({ sessionName })).toEqual(nothing('session-name'));
  });

  test.each([
    null,
    '',
    'stepladder-enforce ',
    'stepladder-enforced',
    'a-stepladder-enforce',
    'Stepladder-Enforce',
    `${adaIdentity}.${id}`,
    `preflight.${id}`,
    `stepladder-enforce.${id}`,
  ])('nothing, by the role that ends sessions: %j', (sessionName) => {
    expect(claim({ ...asEnforcer, sessionName })).toEqual(nothing('session-name'));
  });

  test.each([
    '',
    `${broker}/stepladder-requests`,
    `${places.sessionsRole}-2`,
    `${places.enforceRole}/x`,
    `${broker}/x/stepladder-sessions`,
    places.sessionsRole.replace('999988887777', production),
    places.enforceRole.replace('999988887777', production),
    places.sessionsRole.replace('aws', 'aws-cn'),
    'arn:aws:sts::999988887777:assumed-role/stepladder-sessions/stepladder-sessions',
    revoker,
  ])('nothing, by whoever else it is: %j', (caller) => {
    for (const sessionName of [seen.sessionName, `preflight.${id}`, 'stepladder-enforce', null]) {
      expect(claim({ caller, sessionName })).toEqual(nothing('caller'));
    }
  });
});

const session: SessionRecord = {
  id: otherId,
  requestId: id,
  kind: 'cli',
  state: 'issued',
  user: personOf(ada),
  target,
  accountName: null,
  at: start,
  endsAt: moment(3600),
  accessKeyId: 'ASIAFIRST',
  assumedRoleId: `AROAEXAMPLE:${adaIdentity}.${id}`,
  ending: 'expiry',
  narrowedFrom: null,
  notNarrowed: null,
  sessionName: `${adaIdentity}.${id}`,
  sourceIdentity: adaIdentity,
  sourceIp: '192.0.2.1',
  userAgent: '',
};
/** AWS has answered, or has not, and nothing of it is on record. */
const begun: SessionRecord = {
  ...session,
  state: 'intended',
  accessKeyId: null,
  assumedRoleId: null,
  ending: null,
};
const failed: SessionRecord = { ...begun, state: 'failed' };
const longAfter = moment(3000);

describe('a session', () => {
  const judge = (
    change: Partial<AssumeRoleSeen>,
    sessions: readonly SessionRecord[] = [session],
    now = longAfter,
  ) => judgeSession({ ...seen, ...change }, sessions, places, now);

  test('is known by its record, whichever of several it is and however early it is looked for', () => {
    const others = [
      { ...session, accessKeyId: 'ASIASECOND' },
      { ...session, target: { ...target, role: 'ReadOnly' } },
    ];
    expect(judge({})).toEqual(known);
    expect(judge({}, [...others, session])).toEqual(known);
    expect(judge({}, [session, ...others, begun, failed], start)).toEqual(known);
  });

  test.each<[string, Mismatch, Partial<AssumeRoleSeen>]>([
    ['an unnamed one', 'session-name', { sessionName: null }],
    ["another person's", 'session-name', { sessionName: `${eveIdentity}.${id}` }],
    ["another request's", 'session-name', { sessionName: `${adaIdentity}.${otherId}` }],
    ['one whose name only begins alike', 'session-name', { sessionName: `${adaIdentity}.${id}0` }],
    ['one whose name only ends alike', 'session-name', { sessionName: `x${adaIdentity}.${id}` }],
    ['of another role', 'role', { roleArn: `arn:aws:iam::${production}:role/stepladder/ReadOnly` }],
    ["of another account's role", 'role', { roleArn: admin.replace(production, staging) }],
    ['of the revoker', 'role', { roleArn: revoker }],
    ['of nobody', 'source-identity', { sourceIdentity: null }],
    ['of somebody else', 'source-identity', { sourceIdentity: eveIdentity }],
    ['of somebody whose name begins alike', 'source-identity', { sourceIdentity: `${adaIdentity}0` }],
    ['whose key is another', 'access-key', { accessKeyId: 'ASIASECOND' }],
    ['whose key begins alike', 'access-key', { accessKeyId: 'ASIAFIRST0' }],
    ['whose key is not told', 'access-key', { accessKeyId: null }],
    ['whose key is empty', 'access-key', { accessKeyId: '' }],
  ])('%s is not on record: %s', (_what, reason, change) => {
    expect(judge(change)).toEqual(unmatched(reason));
    expect(judge(change, [session, session], start)).toEqual(unmatched(reason));
  });

  test.each(almost(admin))('of a role that is not quite the one on record: %j', (roleArn) => {
    expect(judge({ roleArn })).toEqual(unmatched('role'));
  });

  test.each<[string, Partial<ReconcilePlaces>]>([
    ['another partition', { partition: 'aws-us-gov' }],
    ['another path', { targetRoles: '/stepladder/x/' }],
    ['no path', { targetRoles: '/' }],
  ])('is no role of a deployment with %s', (_what, change) => {
    expect(judgeSession(seen, [session], { ...places, ...change }, longAfter)).toEqual(unmatched('role'));
  });

  test.each([
    [-60, false],
    [-5.001, false],
    [-5, true],
    [0, true],
    [60, true],
    [60.001, false],
    [86_400, false],
  ])('%d seconds after its record: %s', (seconds, is) => {
    expect(judge({ at: moment(seconds) })).toEqual(is ? known : unmatched('time'));
    // With no key on record nothing but the time tells it from another.
    expect(judge({ at: moment(seconds) }, [failed])).toEqual(is ? known : unmatched('time'));
    expect(judge({ at: moment(seconds) }, [begun], start)).toEqual(is ? tooEarly : unmatched('time'));
  });

  test('of which there is no record is no session', () => {
    for (const now of [start, longAfter]) expect(judge({}, [], now)).toEqual(unmatched('no-record'));
  });

  test('has to fit one record as a whole, and what it fails is said of the one that fits best', () => {
    const otherName = { ...session, sessionName: `${eveIdentity}.${id}` };
    const otherRole = { ...session, target: { ...target, role: 'ReadOnly' } };
    const otherPerson = { ...session, user: personOf(eve), sourceIdentity: eveIdentity };
    const earlier = { ...session, at: moment(-600) };
    const otherKey = { ...session, accessKeyId: 'ASIASECOND' };
    const records = [otherKey, earlier, otherPerson, otherRole, otherName];
    const reasons = ['access-key', 'time', 'source-identity', 'role', 'session-name'] as const;
    for (const [index, reason] of reasons.entries()) {
      expect(judge({}, records.slice(index))).toEqual(unmatched(reason));
      expect(judge({}, records.slice(index).reverse())).toEqual(unmatched(reason));
    }
  });

  describe('whose credentials were narrowed', () => {
    const narrowed = { ...session, accessKeyId: 'ASIASECOND', narrowedFrom: 'ASIAFIRST' };

    test('is known by the key that AssumeRole gave', () => {
      expect(judge({}, [narrowed])).toEqual(known);
    });
    test('is not by the key that was handed out, which no AssumeRole gave', () => {
      expect(judge({ accessKeyId: 'ASIASECOND' }, [narrowed])).toEqual(unmatched('access-key'));
    });
    test.each(['ASIATHIRD', null])('is not by %j', (accessKeyId) => {
      expect(judge({ accessKeyId }, [narrowed])).toEqual(unmatched('access-key'));
    });
  });

  describe("of which AWS's answer is not on record", () => {
    test.each([
      [1, tooEarly],
      [119.999, tooEarly],
      [120, known],
      [3000, known],
    ])('may still be written about, %d seconds after it was begun', (seconds, verdict) => {
      expect(judge({}, [begun], moment(seconds))).toEqual(verdict);
      expect(judge({ accessKeyId: null }, [begun], moment(seconds))).toEqual(verdict);
      expect(judge({}, [{ ...session, accessKeyId: 'ASIASECOND' }, begun], moment(seconds))).toEqual(verdict);
      expect(judge({}, [failed, begun], moment(seconds))).toEqual(verdict);
    });
    test('is known at once where nothing more will be written', () => {
      for (const record of [failed, { ...begun, state: 'issued' } as const]) {
        expect(judge({}, [record], moment(1))).toEqual(known);
      }
    });
    test.each<[string, Mismatch, Partial<AssumeRoleSeen>]>([
      ['another name', 'session-name', { sessionName: `${eveIdentity}.${id}` }],
      ['another role', 'role', { roleArn: admin.replace('Admin', 'ReadOnly') }],
      ['another person', 'source-identity', { sourceIdentity: eveIdentity }],
    ])('stands for nobody with %s', (_what, reason, change) => {
      for (const now of [moment(1), longAfter]) {
        expect(judge(change, [begun, failed], now)).toEqual(unmatched(reason));
      }
    });
  });
});

describe('a preflight', () => {
  const by = { kind: 'lambda-api', invocation: 'i' } as const;
  const preflight: Preflight = { id, at: start, target, by };
  const judge = (change: Partial<AssumeRoleSeen>, record: Preflight | undefined = preflight) =>
    judgePreflight({ ...seen, sessionName: `preflight.${id}`, ...change }, record, places);

  test('is known by its record, whoever a probe says that it is', () => {
    for (const sourceIdentity of [null, `preflight-${id}`]) expect(judge({ sourceIdentity })).toEqual(known);
  });
  test('of which there is no record is none', () => {
    expect(judgePreflight(seen, undefined, places)).toEqual(unmatched('no-record'));
  });
  test.each([
    ...almost(admin),
    admin.replace('Admin', 'ReadOnly'),
    admin.replace(production, staging),
    revoker,
  ])('of another role than it was for: %j', (roleArn) => {
    expect(judge({ roleArn })).toEqual(unmatched('role'));
  });
  test.each<[string, Partial<ReconcilePlaces>]>([
    ['another partition', { partition: 'aws-us-gov' }],
    ['another path', { targetRoles: '/stepladder/x/' }],
  ])('is no role of a deployment with %s', (_what, change) => {
    expect(judgePreflight(seen, preflight, { ...places, ...change })).toEqual(unmatched('role'));
  });
  test.each([
    [-5.001, false],
    [-5, true],
    [60, true],
    [60.001, false],
  ])('%d seconds after its record: %s', (seconds, is) => {
    expect(judge({ at: moment(seconds) })).toEqual(is ? known : unmatched('time'));
  });
});

describe('who becomes a revoker', () => {
  const judge = (roleArn: string | null, where = places) => judgeRevoker({ ...seen, roleArn }, where);

  test("is known by the role, in any account and in the deployment's partition", () => {
    for (const arn of [revoker, revoker.replace(production, staging)]) expect(judge(arn)).toEqual(known);
    expect(judge(revoker.replace('aws', 'aws-cn'), { ...places, partition: 'aws-cn' })).toEqual(known);
  });
  test.each([
    ...almost(revoker),
    admin,
    `${admin}/stepladder-control/StepladderRevoker`,
    revoker.replace('/stepladder-control/', '/stepladder/'),
    ...['', '*', production.slice(1), `${production}0`, `x${production}`, '１１１１２２２２３３３３'].map(
      (account) => revoker.replace(production, account),
    ),
    production,
  ])('is not where they become something else: %j', (arn) => {
    expect(judge(arn)).toEqual(unmatched('role'));
  });
  test('is not in another partition', () => {
    expect(judge(revoker, { ...places, partition: 'aws-cn' })).toEqual(unmatched('role'));
  });
});
