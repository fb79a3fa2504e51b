import { describe, expect, test } from 'vitest';
import {
  boundaryDocument,
  type CutOff,
  type Denies,
  deniesOf,
  initialBoundary,
  isOwnBoundary,
} from '../../../api/domain/boundary.ts';
import { iamTime } from '../../../api/domain/instant.ts';
import { type Asked, account, idOf, later, markOf, may, place, sessionOf } from './simulated-boundary.ts';

/** What the boundary says, by an evaluation of IAM that is not ours. */

const boundary = `arn:aws:iam::${account}:policy${place.boundary}`;
const documentOf = (denies: Partial<Denies>) =>
  boundaryDocument(place, { sessions: [], cutOff: null, ...denies });
const naming = (...numbers: number[]) => documentOf({ sessions: numbers.map((one) => `*.${idOf(one)}`) });
const until = (minutes: number, people: CutOff['people'] = null): CutOff => ({
  until: iamTime(later(minutes)),
  people,
});

describe('of a request that was revoked', () => {
  const document = naming(0, 7);

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
    const document = initialBoundary(place);
    expect(await may(document, { action, resource, permissions: [] })).toBe(false);
    const reads = [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }];
    expect(await may(document, { action, resource, permissions: reads })).toBe(false);
  });

  test.each(everything)('loses %s where no session was ended', async (action, resource) => {
    expect(await may(initialBoundary(place), { action, resource })).toBe(true);
  });
});

describe('a session that administers IAM', () => {
  const document = initialBoundary(place);
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

describe('of sessions that were ended by when they were issued', () => {
  test.each<[string, Asked, boolean]>([
    ['one of the person', sessionOf(3, 1, later(5)), false],
    ['one of the person at the last second', sessionOf(3, 1, later(10)), false],
    ['one of the person a second later', sessionOf(3, 1, later(10.1)), true],
    [
      'one of the person under another e-mail',
      { ...sessionOf(3, 1, later(5)), sourceIdentity: `e${markOf(1)}` },
      false,
    ],
    [
      'one of a person without a readable part',
      { ...sessionOf(3, 1, later(5)), sourceIdentity: markOf(1) },
      false,
    ],
    ["another person's", sessionOf(3, 2, later(5)), true],
    ['that of another person who writes the mark into their e-mail', sessionOfSpoof(), true],
  ])('%s', async (_what, asked, allowed) => {
    expect(await may(documentOf({ cutOff: until(10, [`*${markOf(1)}`]) }), asked)).toBe(allowed);
    // Everybody's, whoever it is.
    expect(await may(documentOf({ cutOff: until(10) }), asked)).toBe(String(asked.issued) > later(10));
  });

  function sessionOfSpoof(): Asked {
    return { ...sessionOf(3, 2, later(5)), sourceIdentity: `x${markOf(1)}${markOf(2)}` };
  }
});

describe('the document', () => {
  const wide = documentOf({ sessions: [`*.${idOf(0)}`], cutOff: until(10) });
  const forOne = documentOf({ cutOff: until(10, [`*${markOf(0)}`]) });

  test.each([
    ['the initial one', initialBoundary(place)],
    ['one with denies', naming(0, 1, 2)],
    ['one that ends all', documentOf({ cutOff: until(10) })],
    ["one that ends some people's", forOne],
    ['one of every kind', wide],
    ['one with white space', JSON.stringify(JSON.parse(naming(0, 1, 2)), null, 2)],
  ])('%s is known as our own', (_what, document) => {
    expect(isOwnBoundary(place, document)).toBe(true);
  });

  test('has statements whose names say what they are for', () => {
    expect(JSON.parse(wide).Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual([
      ...['WhatTheRoleAllows', 'KeepsItself', 'GivesNobodyAnything', 'EndedSessions', 'EndedBefore'],
    ]);
  });

  test('is known as our own with its fields in another order, as a template may have written it', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, part]) => [name, turned(part)]),
      );
    };
    const text = JSON.stringify(turned(JSON.parse(forOne)));
    expect(text).not.toBe(forOne);
    expect(isOwnBoundary(place, text)).toBe(true);
  });

  test('is read as it was written', () => {
    expect(deniesOf(initialBoundary(place))).toEqual({ sessions: [], cutOff: null });
    expect(deniesOf(wide)).toEqual({ sessions: [`*.${idOf(0)}`], cutOff: until(10) });
    expect(deniesOf(forOne)).toEqual({ sessions: [], cutOff: until(10, [`*${markOf(0)}`]) });
  });

  const changed = (
    change: (policy: { Version: string; Statement: Record<string, unknown>[] }) => unknown,
    document = naming(0, 1),
  ) => {
    const policy = JSON.parse(document);
    return JSON.stringify(change(policy) ?? policy);
  };
  const namedAs =
    (name: string) =>
    ({ Statement }: { Statement: Record<string, unknown>[] }) =>
      void Object.assign(Statement[3] ?? {}, { Condition: { StringLike: { 'aws:userid': [name] } } });
  const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
  const issued = (at: unknown = '2026-11-23T09:40:00Z') => ({
    DateLessThanEquals: { 'aws:TokenIssueTime': at },
  });
  const people = (marks: unknown) => ({ StringLike: { 'aws:SourceIdentity': marks } });
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
    ['a longer name', changed(namedAs(`*.${idOf(0)}x`))],
    ['a name with more before it', changed(namedAs(`x*.${idOf(0)}`))],
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
    ...(
      [
        ['an instant that is none', { ...issued('x') }],
        ['an instant in a list', { ...issued(['2026-11-23T09:40:00Z']) }],
        ['an instant with more behind it', { ...issued('2026-11-23T09:40:00Zx') }],
        ['an instant with more before it', { ...issued('x2026-11-23T09:40:00Z') }],
        ['an instant with a fraction', { ...issued('2026-11-23T09:40:00.000Z') }],
        ['people without an instant', { StringLike: { 'aws:SourceIdentity': [`*${markOf(0)}`] } }],
        ['no person', { ...issued(), ...people([]) }],
        ['a person without a list', { ...issued(), ...people(`*${markOf(0)}`) }],
        ['everybody, as a pattern', { ...issued(), ...people(['*']) }],
        ['a person as a longer pattern', { ...issued(), ...people([`*${markOf(0)}*`]) }],
        ['a person as a pattern with two stars', { ...issued(), ...people([`**${markOf(0)}`]) }],
        ['one person who is none', { ...issued(), ...people([`*${markOf(0)}`, '*-']) }],
      ] as const
    ).map(([what, Condition]): [string, string] => [
      what,
      changed(({ Statement }) => void Object.assign(Statement[3] ?? {}, { Condition }), forOne),
    ]),
    ['of another account', initialBoundary({ ...place, account: '444455556666' })],
  ])('%s is not', (_what, document) => {
    expect(isOwnBoundary(place, document)).toBe(false);
  });
});
