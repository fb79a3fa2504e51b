import { describe, expect, test } from 'vitest';
import type { OpenIdProvider } from '../../../infra/config.ts';
import { providerProblem } from '../../../infra/deploy/provider-check.ts';

const issuer = 'https://id.example.com/realms/staff';
const identity: OpenIdProvider = {
  kind: 'openid',
  profile: 'keycloak',
  issuer,
  clientId: 'web',
  audience: 'api',
  scope: 'openid email',
  resource: null,
  origins: ['https://id.example.com'],
};
const good = { issuer, token_endpoint: `${issuer}/token` };

/** @param answer what the provider says; an error where it says nothing */
async function problemWith(answer: unknown, status = 200) {
  const asked: string[] = [];
  const ask: typeof fetch = async (address) => {
    asked.push(String(address));
    if (answer instanceof Error) throw answer;
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer), { status });
  };
  return { problem: await providerProblem(identity, ask), asked };
}

test('a provider that is what the file says is no problem', async () => {
  const { problem, asked } = await problemWith(good);
  expect(problem).toBeUndefined();
  expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`]);
});

describe('a problem, with what to do about it', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'the token endpoint is elsewhere',
      { ...good, token_endpoint: 'https://token.example.com/token' },
      /^The token endpoint is at https:\/\/token\.example\.com, .*write it as identity\.origins\.$/,
    ],
    [
      'the token endpoint only begins like the origin',
      { ...good, token_endpoint: 'https://id.example.com.attacker.example/token' },
      /id\.example\.com\.attacker\.example/,
    ],
    ['another issuer', { ...good, issuer: `${issuer}/` }, /names another issuer.*letter for letter/],
    ['no token endpoint', { issuer }, /no token endpoint with https/],
    [
      'plain http',
      { ...good, token_endpoint: 'http://id.example.com/token' },
      /no token endpoint with https/,
    ],
    ['no JSON', '<html>', /could not be read .* With --offline it is not asked/],
    ['nothing', 'null', /holds no discovery document/],
    [
      'nobody there',
      new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }),
      /ENOTFOUND/,
    ],
  ])('%s', async (_, answer, message) => {
    expect((await problemWith(answer)).problem).toMatch(message);
  });
  test('an error', async () => {
    expect((await problemWith(good, 404)).problem).toMatch(/answers 404: is identity\.issuer right\?$/);
  });
});
