import { describe, expect, it } from 'vitest';
import { providerOrigins } from '../../infra/provider-origins.ts';
import { securityHeaders } from '../../infra/security-headers.ts';

const issuer = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123';
const domain = 'https://acme.auth.eu-central-1.amazoncognito.com';

describe('the origins that the pages call', () => {
  it.each([
    ['where all is in one place', { token_endpoint: `${issuer}/token` }, [new URL(issuer).origin]],
    [
      'where the token endpoint has a host of its own',
      { token_endpoint: `${domain}/oauth2/token`, jwks_uri: `${issuer}/.well-known/jwks.json` },
      [new URL(issuer).origin, domain],
    ],
  ])('%s', (_, discovery, origins) => {
    expect(providerOrigins(issuer, { issuer, ...discovery })).toEqual(origins);
  });
  it('may be this machine', () => {
    const local = 'http://localhost:3001';
    expect(providerOrigins(local, { issuer: local, token_endpoint: `${local}/token` })).toEqual([local]);
  });
  it.each([
    ['of another issuer', { issuer: `${issuer}/`, token_endpoint: `${domain}/token` }],
    ['of no issuer', { issuer: undefined, token_endpoint: `${domain}/token` }],
    ['without a token endpoint', {}],
    ['with a token endpoint that is no address', { token_endpoint: 'token' }],
    ['with a list of token endpoints', { token_endpoint: [`${domain}/token`] }],
    ['with a token endpoint without https', { token_endpoint: 'http://acme.example/token' }],
    ['with a script for a token endpoint', { token_endpoint: 'javascript:alert(1)' }],
    [
      'with a token endpoint that only begins like this machine',
      { token_endpoint: 'http://localhost.example/' },
    ],
  ])('are not taken from a document %s', (_, discovery) => {
    expect(() => providerOrigins(issuer, { issuer, ...discovery })).toThrow('The discovery document names');
  });
});

it('the pages may call these origins and no others', () => {
  const policy = securityHeaders(['https://a.example', 'https://b.example'], true)['Content-Security-Policy'];
  expect(policy?.split('; ')).toContain("connect-src 'self' https://a.example https://b.example");
});
