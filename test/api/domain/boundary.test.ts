import type { Simulation } from '@cloud-copilot/iam-simulate';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import {
  type BoundaryPlace,
  boundaryLength,
  boundaryOf,
  isOwnBoundary,
} from '../../../api/domain/boundary.ts';
import type { ToEnforce } from '../../../api/domain/enforcement.ts';
import { type Instant, instantOf, plusMinutes } from '../../../api/domain/instant.ts';

/** What the boundary says, by an evaluation of IAM that is not ours. */

const account = '111122223333';
const place: BoundaryPlace = {
  partition: 'aws',
  account,
  boundary: '/stepladder-control/StepladderBoundary',
  revoker: '/stepladder-control/StepladderRevoker',
  targetRoles: '/stepladder/',
};
const boundary = `arn:aws:iam::${account}:policy${place.boundary}`;
const start = instantOf(Date.UTC(2026, 10, 23, 9, 30));
const later = (minutes: number): Instant => plusMinutes(start, minutes);
const letters = '0123456789abcdefghjkmnpqrstvwxyz';
const idOf = (number: number) =>
  `${'a'.repeat(23)}${[1024, 32, 1].map((one) => letters[Math.floor(number / one) % 32]).join('')}`;
const ended = (number = 0, minutes = 0): ToEnforce => ({
  requestId: idOf(number),
  account,
  revokedAt: later(minutes),
  until: later(60),
});
const many = (count: number) => Array.from({ length: count }, (_, number) => ended(number, number / 100));

interface Asked {
  readonly session?: string;
  readonly issued?: Instant;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Record<string, string>;
  /** what the role itself has */
  readonly permissions?: object[];
}

/** Whether AWS lets a session with this boundary do it. */
async function may(document: string, asked: Asked): Promise<boolean> {
  const { session = `erin@example.com-0123456789.${idOf(0)}`, issued = later(-1), context = {} } = asked;
  const { action = 's3:GetObject', resource = 'arn:aws:s3:::ledger/page' } = asked;
  const admin = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const simulation: Simulation = {
    request: {
      action,
      principal: `arn:aws:sts::${account}:assumed-role/Admin/${session}`,
      resource: { resource, accountId: account },
      contextVariables: {
        'aws:userid': `AROAEXAMPLEEXAMPLE123:${session}`,
        'aws:TokenIssueTime': issued,
        ...context,
      },
    },
    identityPolicies: [
      { name: 'Admin', policy: { Version: '2012-10-17', Statement: asked.permissions ?? admin } },
    ],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    permissionBoundaryPolicies: [{ name: 'boundary', policy: JSON.parse(document) }],
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

describe('of a request that was revoked', () => {
  const { document, widely } = boundaryOf(place, [ended(0), ended(7)]);

  test.each<[string, Asked, boolean]>([
    ['a session of it', {}, false],
    ['a session that AWS made after the revocation', { issued: later(1) }, false],
    ['a session under another spelling of the person', { session: `e.${idOf(0)}` }, false],
    ['a session of the other one', { session: `robin-0123456789.${idOf(7)}` }, false],
    [
      "the same person's session of another request",
      { session: `erin@example.com-0123456789.${idOf(1)}` },
      true,
    ],
    ["another person's session", { session: `robin@example.com-9876543210.${idOf(1)}` }, true],
    ['a session whose name only begins with the request', { session: `${idOf(0)}.${idOf(1)}` }, true],
    ['a session with the id in capitals', { session: `e.${idOf(0).toUpperCase()}` }, true],
  ])('%s: %j', async (_what, asked, allowed) => {
    expect(widely).toBe(false);
    expect(await may(document, asked)).toBe(allowed);
  });
});

describe('nobody', () => {
  const everything: [string, string][] = [
    ['s3:GetObject', 'arn:aws:s3:::ledger/page'],
    ['iam:CreateUser', `arn:aws:iam::${account}:user/x`],
    ['ec2:RunInstances', `arn:aws:ec2:us-east-1:${account}:instance/*`],
  ];

  test.each(everything)('may %s by the boundary alone', async (action, resource) => {
    const { document } = boundaryOf(place, []);
    expect(await may(document, { action, resource, permissions: [] })).toBe(false);
    const reads = [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }];
    expect(await may(document, { action, resource, permissions: reads })).toBe(false);
  });

  test.each(everything)('loses %s where no session was ended', async (action, resource) => {
    expect(await may(boundaryOf(place, []).document, { action, resource })).toBe(true);
  });
});

describe('a session that administers IAM', () => {
  const { document } = boundaryOf(place, []);
  const own = `arn:aws:iam::${account}:role/stepladder/Admin`;
  const revoker = `arn:aws:iam::${account}:role${place.revoker}`;

  test.each<[string, string, Record<string, string>]>([
    ['iam:DeleteRolePermissionsBoundary', own, {}],
    ['iam:PutRolePermissionsBoundary', own, {}],
    ['iam:UpdateAssumeRolePolicy', own, {}],
    ['iam:CreatePolicyVersion', boundary, {}],
    ['iam:SetDefaultPolicyVersion', boundary, {}],
    ['iam:DeletePolicyVersion', boundary, {}],
    ['iam:DeletePolicy', boundary, {}],
    ['iam:DeleteRole', revoker, {}],
    ['iam:PutRolePolicy', revoker, {}],
    ['iam:UpdateAssumeRolePolicy', revoker, {}],
    ['iam:AttachRolePolicy', `arn:aws:iam::${account}:role/other`, { 'iam:PolicyARN': boundary }],
    ['iam:AttachUserPolicy', `arn:aws:iam::${account}:user/other`, { 'iam:PolicyARN': boundary }],
  ])('may not %s on %s', async (action, resource, context) => {
    expect(await may(document, { action, resource, context })).toBe(false);
  });

  test.each<[string, string, Record<string, string>]>([
    ['iam:GetRole', own, {}],
    ['iam:GetPolicyVersion', boundary, {}],
    ['iam:CreateRole', `arn:aws:iam::${account}:role/other`, {}],
    ['iam:PutRolePermissionsBoundary', `arn:aws:iam::${account}:role/other`, {}],
    [
      'iam:AttachRolePolicy',
      `arn:aws:iam::${account}:role/other`,
      { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    ],
  ])('may %s on %s', async (action, resource, context) => {
    expect(await may(document, { action, resource, context })).toBe(true);
  });
});

describe('too many to name', () => {
  test('are as many as IAM does not take, and then everybody who was in until then is out', async () => {
    const fits = Math.max(
      ...Array.from({ length: 300 }, (_, count) => (boundaryOf(place, many(count)).widely ? 0 : count)),
    );
    expect(fits).toBeGreaterThan(150);
    expect(boundaryOf(place, many(fits)).document.length).toBeLessThanOrEqual(boundaryLength);
    const { document, widely } = boundaryOf(place, many(fits + 1));
    expect(widely).toBe(true);
    expect(document.length).toBeLessThanOrEqual(boundaryLength);
    const last = plusMinutes(later(fits / 100), 1);
    expect(await may(document, {})).toBe(false);
    expect(await may(document, { session: `innocent.${idOf(999)}`, issued: later(0) })).toBe(false);
    // Still under way at the last revocation.
    expect(await may(document, { issued: plusMinutes(last, -0.1) })).toBe(false);
    expect(await may(document, { session: `innocent.${idOf(999)}`, issued: plusMinutes(last, 0.1) })).toBe(
      true,
    );
  });

  test('are also few, where others were revoked before them', async () => {
    const { document, widely } = boundaryOf(place, [ended(0, 3), ended(1, 5)], true);
    expect(widely).toBe(true);
    expect(await may(document, { session: `x.${idOf(500)}`, issued: later(4) })).toBe(false);
    expect(await may(document, { session: `x.${idOf(500)}`, issued: later(7) })).toBe(true);
  });
});

describe('the document', () => {
  test('nothing is ended where nothing is live, however many others there may be', () => {
    expect(boundaryOf(place, [], true)).toEqual(boundaryOf(place, []));
  });

  test('the denies of a kept document stay, whatever else is ended', async () => {
    const names = (numbers: number[]) =>
      boundaryOf(
        place,
        numbers.map((number) => ended(number)),
      );
    expect(boundaryOf(place, [ended(2)], false, names([0, 1, 2]).document)).toEqual(names([0, 1, 2]));
    expect(boundaryOf(place, [], false, names([0]).document)).toEqual(names([0]));
    expect(boundaryOf(place, [ended(0)], false, '{')).toEqual(names([0]));
    expect(boundaryOf(place, [ended(0)], false, names([0]).document.replace('*.', '*'))).toEqual(names([0]));
    const all = boundaryOf(place, [ended(0, 9)], true);
    const { document } = boundaryOf(place, [ended(1, 3)], false, all.document);
    expect(await may(document, { issued: later(9) })).toBe(false);
    expect(await may(document, { issued: later(30), session: `e.${idOf(1)}` })).toBe(false);
    expect(boundaryOf(place, [ended(1, 3)], true, all.document)).toEqual(all);
    const later12 = boundaryOf(place, [ended(1, 12)], true);
    expect(boundaryOf(place, [ended(1, 12)], true, all.document)).toEqual(later12);
  });

  test('is the same in whatever order they were revoked', () => {
    expect(boundaryOf(place, [ended(1), ended(0)])).toEqual(boundaryOf(place, [ended(0), ended(1)]));
  });

  test.each([
    ['the initial one', boundaryOf(place, []).document],
    ['one with denies', boundaryOf(place, many(3)).document],
    ['one that ends all', boundaryOf(place, many(300)).document],
    ['one with white space', JSON.stringify(JSON.parse(boundaryOf(place, many(3)).document), null, 2)],
  ])('%s is known as our own', (_what, document) => {
    expect(isOwnBoundary(place, document)).toBe(true);
  });

  const changed = (
    change: (policy: { Version: string; Statement: Record<string, unknown>[] }) => unknown,
  ) => {
    const policy = JSON.parse(boundaryOf(place, many(2)).document);
    return JSON.stringify(change(policy) ?? policy);
  };
  const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
  test.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no statements', '{"Version":"2012-10-17"}'],
    ['statements that are none', '{"Version":"2012-10-17","Statement":[null,1]}'],
    [
      'an Allow of everything and no more',
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    ],
    ['a restriction of somebody else', changed((policy) => void policy.Statement.push(deny))],
    [
      'an Allow of less',
      changed(({ Statement }) => void Object.assign(Statement[0] ?? {}, { Action: 's3:*' })),
    ],
    ['a protection that was taken out', changed((policy) => void policy.Statement.splice(1, 1))],
    ['another version', changed((policy) => void Object.assign(policy, { Version: '2008-10-17' }))],
    ['a field more', changed((policy) => ({ ...policy, Id: 'x' }))],
    [
      'a name that is a pattern',
      changed(
        ({ Statement }) =>
          void Object.assign(Statement[3] ?? {}, { Condition: { StringLike: { 'aws:userid': ['*'] } } }),
      ),
    ],
    [
      'a name that is a variable',
      changed(
        ({ Statement }) =>
          void Object.assign(Statement[3] ?? {}, {
            Condition: { StringLike: { 'aws:userid': [['*.$', '{aws:username}'].join('')] } },
          }),
      ),
    ],
    [
      'one name without a list',
      changed(
        ({ Statement }) =>
          void Object.assign(Statement[3] ?? {}, {
            Condition: { StringLike: { 'aws:userid': `*.${idOf(0)}` } },
          }),
      ),
    ],
    [
      'a condition that is none',
      changed(({ Statement }) => void Object.assign(Statement[3] ?? {}, { Condition: { StringLike: 1 } })),
    ],
    [
      'an instant that is none',
      changed(
        (policy) =>
          void policy.Statement.push({
            Sid: 'EndedBefore',
            Condition: { DateLessThanEquals: { 'aws:TokenIssueTime': ['x'] } },
          }),
      ),
    ],
    ['of another account', boundaryOf({ ...place, account: '444455556666' }, []).document],
  ])('%s is not', (_what, document) => {
    expect(isOwnBoundary(place, document)).toBe(false);
  });
});
