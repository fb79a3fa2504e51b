import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAuditor, isReviewer } from '../../api/domain/eligibility.ts';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import type { UnauthenticatedCode } from '../../api/http/identity-errors.ts';
import { policy } from '../api/people.ts';
import { type Claims, createIssuer, headersOf, type TestIssuer, type TokenPair } from '../support/tokens.ts';

const clock = Date.UTC(2026, 10, 24, 9);
let issuer: TestIssuer;
let identity: Identity;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: [] });
});
afterAll(() => issuer[Symbol.asyncDispose]());

async function refused(pair: TokenPair, code: UnauthenticatedCode) {
  await expect(identity.identify(headersOf(pair))).rejects.toMatchObject({ name: 'Unauthenticated', code });
}

describe('refuses groups that', () => {
  const group = 'aws-temp#Reviewer';
  const shapes: [string, unknown][] = [
    ['are one bare text', group],
    ['are a joined list', `a,${group}`],
    ['are an object', { 0: group, length: 1 }],
    ['are null', null],
    ['are true', true],
    ['hold a list', [[group]]],
    ['hold a number', [group, 7]],
    ['hold null', [group, null]],
    ['hold objects', [{ name: group }]],
  ];
  it.each(shapes)('%s, in the access token', async (_, groups) => {
    await refused(await issuer.pair({ access: { groups }, id: { groups: [] } }), 'groups-unreadable');
  });
  it.each(shapes)('%s, in the ID token', async (_, groups) => {
    await refused(await issuer.pair({ id: { groups } }), 'groups-unreadable');
  });

  const overages: [string, Claims][] = [
    [
      'are elsewhere',
      { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://x' } } },
    ],
    ['are elsewhere in part', { groups: [group], _claim_names: { groups: 'src1' } }],
    ['are too many', { hasgroups: true }],
    ['are too many, said in words', { hasgroups: 'true' }],
  ];
  it.each(overages)('%s, by the access token', async (_, access) => {
    await refused(await issuer.pair({ access, id: { groups: [group] } }), 'groups-overage');
  });
  it.each(overages)('%s, by the ID token', async (_, id) => {
    await refused(await issuer.pair({ id }), 'groups-overage');
  });
});

describe('takes nobody for a reviewer or an auditor because of a group that', () => {
  it.each([
    ['only contains the name', 'my-aws-temp#Reviewer'],
    ['only begins with the name', 'aws-temp#Reviewers'],
    ['has a space more', 'aws-temp#Auditor '],
    ['has another case', 'AWS-TEMP#REVIEWER'],
    ['has full-width letters', 'aws-temp#Ｒeviewer'],
    ['has a full-width sign', 'aws-temp＃Auditor'],
    ['has an unseen character', 'aws-temp#Revie\u200bwer'],
    ['has a Cyrillic letter', 'aws-temp#Аuditor'],
    ['joins two by a comma', 'a,aws-temp#Reviewer,aws-temp#Auditor'],
    ['joins two by a line feed', 'a\naws-temp#Reviewer'],
  ])('%s', async (_, group) => {
    const user = await identity.identify(headersOf(await issuer.pair({ access: { groups: [group] } })));
    expect(user.groups).toEqual([group]);
    expect([isReviewer(user, policy), isAuditor(user)]).toEqual([false, false]);
  });
  it('is in the ID token while the access token has a list of its own', async () => {
    const groups = ['aws-temp#Reviewer', 'aws-temp#Auditor'];
    const user = await identity.identify(
      headersOf(await issuer.pair({ access: { groups: [] }, id: { groups } })),
    );
    expect(user.groups).toEqual([]);
  });
  it('is in another claim', async () => {
    const claims = { roles: ['aws-temp#Reviewer'], 'cognito:groups': ['aws-temp#Auditor'] };
    expect(
      (await identity.identify(headersOf(await issuer.pair({ access: claims, id: claims })))).groups,
    ).toEqual([]);
  });
});
