import { createIdentity } from '../../api/http/identity.ts';
import type { ProfileName } from '../../api/http/identity-profiles.ts';
import { clientId, createIssuer, headersOf, type PairOverrides, subject } from './tokens.ts';

/** Issuers whose tokens are shaped like those of real providers, each claim as its documentation has it. */

export const tenant = '0f5d2a1c-7d3e-4b52-9a57-3c2f8f0e6b11';
const oid = '6c1d8f52-1f0a-4a9e-8f3b-0d9e5a7b4c21';
export const reviewers = 'aws-temp#Reviewer';

interface Shape {
  /** of the issuer identifier */
  readonly path: string;
  /** what the API knows the person by, after the issuer */
  readonly person: string;
  /** where groups are, and how the group of reviewers is written there */
  readonly groups: { readonly claim: string; readonly written: string };
  readonly tokens: PairOverrides;
}

export const shapes: Readonly<Record<ProfileName, Shape>> = {
  generic: {
    path: '',
    person: subject,
    groups: { claim: 'groups', written: reviewers },
    tokens: {},
  },
  keycloak: {
    path: '/realms/staff',
    person: subject,
    groups: { claim: 'groups', written: `/${reviewers}` },
    tokens: {
      access: {
        ...{ typ: 'Bearer', azp: clientId, client_id: undefined, jti: 'onrtac:8d4c', sid: 'b1', acr: '1' },
        ...{ scope: 'openid profile email', preferred_username: 'ada', email: 'ada@example.com' },
      },
      id: {
        ...{ typ: 'ID', azp: clientId, jti: '3f1e', sid: 'b1', acr: '1', auth_time: 1_790_000_000 },
        ...{ email_verified: true, preferred_username: 'ada' },
      },
      accessHeader: { typ: 'JWT' },
    },
  },
  cognito: {
    path: '/eu-central-1_AbCdEf123',
    person: subject,
    groups: { claim: 'cognito:groups', written: reviewers },
    tokens: {
      access: {
        ...{ token_use: 'access', version: 2, username: 'ada', scope: 'openid profile email' },
        ...{ auth_time: 1_790_000_000, origin_jti: 'a1', jti: 'b2', event_id: 'c3' },
      },
      id: {
        ...{ token_use: 'id', email_verified: true, 'cognito:username': 'ada', origin_jti: 'a1', jti: 'd4' },
        ...{ auth_time: 1_790_000_000, event_id: 'c3' },
      },
      accessHeader: { typ: undefined },
      idHeader: { typ: undefined },
    },
  },
  okta: {
    path: '/oauth2/aus9x8y7z6',
    person: '00uid4BxXw6I6TV4m0g3',
    groups: { claim: 'groups', written: reviewers },
    tokens: {
      access: {
        ...{ ver: 1, jti: 'AT.0mP4JKAZX1', cid: clientId, client_id: undefined, uid: '00uid4BxXw6I6TV4m0g3' },
        ...{ sub: 'ada@example.com', scp: ['openid', 'profile', 'email'], auth_time: 1_790_000_000 },
      },
      id: {
        ...{
          ver: 1,
          jti: 'ID.4eAWJOCMB3SX8',
          sub: '00uid4BxXw6I6TV4m0g3',
          idp: '00oi1',
          amr: ['pwd', 'mfa'],
        },
        ...{ preferred_username: 'ada@example.com', auth_time: 1_790_000_000 },
      },
      accessHeader: { typ: undefined },
      idHeader: { typ: undefined },
    },
  },
  entra: {
    path: `/${tenant}/v2.0`,
    person: oid,
    groups: { claim: 'roles', written: reviewers },
    tokens: {
      access: {
        ...{ ver: '2.0', azp: clientId, azpacr: '0', client_id: undefined, oid, tid: tenant, scp: 'access' },
        ...{
          sub: 'pairwise-for-the-api',
          uti: 'u1',
          rh: '0.A',
          aio: 'x',
          preferred_username: 'ada@example.com',
        },
      },
      id: {
        ...{ ver: '2.0', oid, tid: tenant, sub: 'pairwise-for-the-app', uti: 'u2', rh: '0.A' },
        // Entra ID gives at_hash only to tokens of its authorization endpoint.
        ...{ at_hash: undefined, xms_edov: true, preferred_username: 'ada@example.com' },
      },
      accessHeader: { typ: 'JWT' },
    },
  },
};

/** @param path of the issuer, where it is another than the provider's usual one */
export async function createProvider(name: ProfileName, now: () => number, path = shapes[name].path) {
  const issuer = await createIssuer(now, path);
  const identity = createIdentity({ ...issuer.options, profile: name, claims: [] });
  const pair = (overrides: PairOverrides = {}) => issuer.pair(merged(shapes[name].tokens, overrides));
  return {
    ...issuer,
    pair,
    identify: async (overrides: PairOverrides = {}) => identity.identify(headersOf(await pair(overrides))),
    identity,
  };
}

export type TestProvider = Awaited<ReturnType<typeof createProvider>>;

function merged(shape: PairOverrides, overrides: PairOverrides): PairOverrides {
  return {
    ...overrides,
    access: { ...shape.access, ...overrides.access },
    id: { ...shape.id, ...overrides.id },
    accessHeader: { ...shape.accessHeader, ...overrides.accessHeader },
    idHeader: { ...shape.idHeader, ...overrides.idHeader },
  };
}
