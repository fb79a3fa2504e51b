import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createProvider, shapes } from '../../support/provider-tokens.ts';
import {
  audience,
  clientId,
  createIssuer,
  headersOf,
  subject,
  type TestIssuer,
} from '../../support/tokens.ts';

const api = 'arn:aws:execute-api:eu-central-1:111122223333:a1b2c3/live';
/** It asks for a claim, so the authorizer has to read it. */
const file = {
  accounts: [{ id: '111122223333', name: 'Production' }],
  rules: [
    {
      id: 'platform',
      who: { claims: { department: 'platform' } },
      what: { accounts: '111122223333', roles: 'Admin' },
    },
  ],
};
const directory = mkdtempSync(join(tmpdir(), 'authorizer-'));
const policyFile = join(directory, 'policy.json');
let issuer: TestIssuer;
let authorize: (headers?: Record<string, string[]>, path?: string) => Promise<unknown>;

beforeAll(async () => {
  issuer = await createIssuer();
  vi.stubEnv('OIDC_ISSUER', issuer.url);
  vi.stubEnv('OIDC_CLIENT_ID', clientId);
  vi.stubEnv('OIDC_AUDIENCE', audience);
  vi.stubEnv('POLICY_FILE', policyFile);
  writeFileSync(policyFile, JSON.stringify(file));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
  issuer.state.mode = 'well';
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
  await issuer[Symbol.asyncDispose]();
});

async function start() {
  const { handler } = await import('../../../api/handlers/authorizer.ts');
  authorize = (multiValueHeaders, path = 'GET/api/me') =>
    handler({ methodArn: `${api}/${path}`, multiValueHeaders } as APIGatewayRequestAuthorizerEvent);
}

function policy(effect: 'Allow' | 'Deny') {
  const statement = { Action: 'execute-api:Invoke', Effect: effect, Resource: `${api}/*` };
  return { Version: '2012-10-17', Statement: [statement] };
}

it('lets a user through, with the user as JSON', async () => {
  await start();
  const id = `${issuer.url}#${subject}`;
  const user = {
    id,
    name: 'Ada Engineer',
    email: 'ada@example.com',
    groups: ['a', 'b'],
    claims: { department: ['platform'] },
    authentication: { at: '2026-11-24T09:00:00.000Z', acr: 'urn:example:gold', amr: ['pwd', 'otp', 'mfa'] },
  };
  const signedIn = {
    auth_time: Date.UTC(2026, 10, 24, 9) / 1000,
    acr: 'urn:example:gold',
    amr: ['pwd', 'otp', 'mfa'],
  };
  const access = { groups: ['a', 'b'], department: 'platform', salary: 'a lot' };
  expect(await authorize(headersOf(await issuer.pair({ access, id: signedIn })))).toEqual({
    principalId: id,
    policyDocument: policy('Allow'),
    context: { user: JSON.stringify(user) },
  });
});

it('reads tokens as the configured provider writes them, and no others', async () => {
  await using okta = await createProvider('okta', Date.now);
  vi.stubEnv('OIDC_ISSUER', okta.url);
  vi.stubEnv('OIDC_PROFILE', 'okta');
  await start();
  vi.stubEnv('OIDC_ISSUER', issuer.url);
  vi.stubEnv('OIDC_PROFILE', 'generic');
  expect(await authorize(headersOf(await okta.pair()))).toMatchObject({
    principalId: `${okta.url}#${shapes.okta.person}`,
    policyDocument: policy('Allow'),
  });
  // The same issuer and key, with the claims of another make.
  const generic = { client_id: clientId, cid: undefined, uid: undefined, sub: shapes.okta.person };
  expect(await authorize(headersOf(await okta.pair({ access: generic })))).toMatchObject({
    policyDocument: policy('Deny'),
    context: { code: 'unauthenticated' },
  });
});

it.each(['okta', 'entra', 'keycloak', 'cognito'])(
  'does not start as %s with an issuer of another kind',
  async (profile) => {
    vi.stubEnv('OIDC_PROFILE', profile);
    await expect(start()).rejects.toThrow("none of this provider's");
    vi.stubEnv('OIDC_PROFILE', 'generic');
  },
);

it('does not start with a policy that is invalid', async () => {
  writeFileSync(policyFile, JSON.stringify({ ...file, rules: [{ id: 'Platform' }] }));
  await expect(start()).rejects.toMatchObject({ name: 'InvalidPolicy' });
  writeFileSync(policyFile, JSON.stringify(file));
});

it('answers for the stage alone, whatever the path says', async () => {
  await start();
  const answer = await authorize(headersOf(await issuer.pair()), `GET/api/requests/${'*/'.repeat(400)}`);
  expect(answer).toMatchObject({ policyDocument: policy('Allow') });
});

it('refuses with a code and a sentence', async () => {
  await start();
  const pair = await issuer.pair({ access: { exp: 1 } });
  expect(await authorize(headersOf(pair))).toEqual({
    principalId: 'nobody',
    policyDocument: policy('Deny'),
    context: { code: 'token-expired', detail: 'Your sign-in has expired. Sign in again.' },
  });
});

it('refuses a request without headers', async () => {
  await start();
  expect(await authorize()).toMatchObject({
    policyDocument: policy('Deny'),
    context: { code: 'unauthenticated' },
  });
});

it('throws where the keys cannot be had, so that API Gateway answers 503', async () => {
  issuer.state.mode = 'down';
  await start();
  await expect(authorize(headersOf(await issuer.pair()))).rejects.toThrow('the log');
});

it('logs why somebody was refused, and nothing of the tokens', async () => {
  const written: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts) => void written.push(parts.join(' ')));
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  }
  vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
  await start();
  const pair = await issuer.pair({ access: { aud: 'https://other.example', note: 'secret-claim' } });
  await authorize(headersOf(pair));
  const log = written.join('');
  expect(log).toContain('access token: claim aud');
  for (const part of [...pair.access.split('.'), ...pair.id.split('.'), 'secret-claim', 'ada@example.com']) {
    expect(log).not.toContain(part);
  }
});
