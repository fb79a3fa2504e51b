import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity } from '../../../api/http/identity.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../../../infra/local/openid-provider.ts';
import { type ReadyUser, readyUsers } from '../../../infra/local/ready-users.ts';
import { headersOf } from '../../support/tokens.ts';
import { createSignInClient, locationOf, tokensOf } from './sign-in-client.ts';

// Nothing listens there: the provider only sends people to it.
const appOrigin = 'http://localhost:4';
const client = { clientId: 'app', audience: 'https://api.example/' };
const accessSeconds = 120;
const markup: ReadyUser = {
  sub: 'markup',
  name: '<script>alert(1)</script>',
  email: 'markup@example.com',
  groups: [],
  what: '"><b>bold</b>',
};
const users = [...readyUsers, markup];
const directory = mkdtempSync(join(tmpdir(), 'openid-provider-'));
const keyFile = join(directory, 'key.json');

const start = () =>
  startOpenIdProvider({
    ...client,
    port: 0,
    appOrigins: [appOrigin],
    users,
    keyFile,
    tokenLifetimes: { accessSeconds },
  });

let provider: OpenIdProvider;
const identity = () =>
  createIdentity({
    profile: 'generic',
    ...client,
    issuer: provider.issuer,
    claims: ['department'],
    now: Date.now,
  });
const browser = () => createSignInClient({ ...client, appOrigin, issuer: provider.issuer });

beforeAll(async () => {
  provider = await start();
});
afterAll(async () => {
  await provider.stop();
  rmSync(directory, { recursive: true });
});

describe('signing in', () => {
  it.each(readyUsers)(
    'gives $name tokens that the API accepts',
    async ({ sub, name, email, groups, department }) => {
      expect(await identity().identify(headersOf(await browser().signIn(sub)))).toEqual({
        id: `${provider.issuer}#${sub}`,
        name,
        email,
        groups,
        claims: department === undefined ? {} : { department: [department] },
        authentication: { at: expect.any(String), acr: 'urn:example:one-factor', amr: ['user'] },
      });
    },
  );

  it('says whom the tokens are for and when the person signed in, and ends both when it was told to', async () => {
    const { access, id } = await browser().signIn('erin');
    const [accessClaims, idClaims] = [decodeJwt(access), decodeJwt(id)];
    expect(idClaims.aud).toBe(client.clientId);
    expect(Math.abs(Number(idClaims.auth_time) - Date.now() / 1000)).toBeLessThan(60);
    expect(accessClaims).toMatchObject({ aud: client.audience, client_id: client.clientId });
    for (const { exp, iat } of [idClaims, accessClaims])
      expect(Number(exp) - Number(iat)).toBe(accessSeconds);
  });

  it('asks once, and then remembers who it is until they sign out', async () => {
    const erin = browser();
    await erin.signIn('erin');
    const back = await erin.returnToApp(await erin.authorize({ prompt: 'none' }));
    expect(back.searchParams.get('code')).not.toBeNull();
    expect(back.searchParams.get('iss')).toBe(provider.issuer);
  });

  it('with a second factor says so, and goes on saying so when it is renewed', async () => {
    const erin = browser();
    const tokens = await erin.signIn('erin', { secondFactor: true });
    const renewed = await tokensOf(await erin.refresh(tokens.refresh));
    const [first, second] = [decodeJwt(tokens.id), decodeJwt(renewed.id)];
    expect(first).toMatchObject({ acr: 'urn:example:two-factors', amr: ['user', 'otp', 'mfa'] });
    const { acr, amr, auth_time } = first;
    expect(second).toMatchObject({ acr, amr, auth_time });
  });

  it.each([
    ['a new sign-in', { prompt: 'login' }],
    ['a sign-in that is younger than it can be', { max_age: '0' }],
    ['a level that was not reached', { acr_values: 'urn:example:two-factors' }],
  ])('asks again for %s', async (_what, changes) => {
    const erin = browser();
    await erin.signIn('erin');
    expect(locationOf(await erin.authorize(changes))).toMatch(/^\/interaction\//);
  });

  it.each([
    ['a sign-in that is young enough', { max_age: '3600' }],
    ['one of the levels that was reached', { acr_values: 'urn:example:two-factors urn:example:one-factor' }],
  ])('does not ask again for %s', async (_what, changes) => {
    const erin = browser();
    await erin.signIn('erin');
    const back = await erin.returnToApp(await erin.authorize(changes));
    expect(back.searchParams.has('code')).toBe(true);
  });

  it('asks once for a level: who does not give it comes back without it', async () => {
    const changes = { acr_values: 'urn:example:two-factors' };
    const weak = await browser().signIn('erin', { changes });
    expect(decodeJwt(weak.id).acr).toBe('urn:example:one-factor');
    const strong = await browser().signIn('erin', { changes, secondFactor: true });
    expect(decodeJwt(strong.id).acr).toBe('urn:example:two-factors');
  });

  it('lets another person sign in over the first, whose refresh token ends by that', async () => {
    const shared = browser();
    const first = await shared.signIn('erin');
    const page = locationOf(await shared.authorize({ prompt: 'login' }));
    const resumed = await shared.send(locationOf(await shared.send(page, { sub: 'robin' })));
    const [, action = ''] = /action="([^"]+)"/.exec(await resumed.clone().text()) ?? [];
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(await resumed.text()) ?? [];
    const back = await shared.returnToApp(await shared.send(action, { xsrf, logout: 'yes' }));
    const second = await tokensOf(await shared.exchange(back.searchParams.get('code')));
    expect(decodeJwt(second.id).sub).toBe('robin');
    expect((await shared.refresh(first.refresh)).status).toBe(400);
  });

  it('tells an app that must not ask that nobody is signed in', async () => {
    const back = new URL(locationOf(await browser().authorize({ prompt: 'none' })));
    expect(back.searchParams.get('error')).toBe('login_required');
  });
});

describe('what is refused', () => {
  it.each(['http://localhost:4/other', 'http://localhost:5/callback', 'https://evil.example/callback'])(
    'a way back to %s: it is shown, not followed',
    async (redirectUri) => {
      const response = await browser().authorize({ redirect_uri: redirectUri });
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await response.text()).toContain('redirect_uri');
    },
  );

  it.each([
    ['no code challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['a plain code challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['tokens in the address', { response_type: 'token' }, 'unsupported_response_type'],
    ['tokens for another API', { resource: 'https://other.example/' }, 'invalid_target'],
  ])('%s', async (_what, changes, code) => {
    const response = await browser().authorize(changes);
    const location = new URL(locationOf(response));
    const answer = new URLSearchParams(location.search || location.hash.slice(1));
    expect([location.origin, answer.get('error')]).toEqual([appOrigin, code]);
  });

  it.each([
    ['with another verifier', { code_verifier: 'v'.repeat(43) }],
    ['without a verifier', { code_verifier: undefined }],
    ['with another way back', { redirect_uri: `${appOrigin}/popup-callback` }],
  ])('a code %s', async (_what, changes) => {
    const erin = browser();
    const code = (await erin.chooseUser('erin')).searchParams.get('code');
    const response = await erin.exchange(code, changes);
    expect([response.status, (await response.json()).error]).toEqual([400, 'invalid_grant']);
  });

  it('a code that was used: what it gave is taken back', async () => {
    const erin = browser();
    const code = (await erin.chooseUser('erin')).searchParams.get('code');
    const tokens = await tokensOf(await erin.exchange(code));
    expect((await erin.exchange(code)).status).toBe(400);
    expect((await erin.refresh(tokens.refresh)).status).toBe(400);
  });

  it('a path that is no address, without harm to the next request', async () => {
    expect((await fetch(`${provider.issuer}//`)).status).toBe(404);
    expect((await fetch(`${provider.issuer}/jwks`)).status).toBe(200);
  });

  it('a person who is not on the page', async () => {
    const stranger = browser();
    const page = locationOf(await stranger.authorize());
    expect((await stranger.send(page, { sub: 'root' })).status).toBe(400);
  });

  it('a choice in a sign-in that another browser began', async () => {
    const page = locationOf(await browser().authorize());
    const response = await browser().send(page, { sub: 'erin' });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('sign in again')]);
  });
});

describe('renewing', () => {
  it('gives a new pair that the API accepts, and a new refresh token', async () => {
    const erin = browser();
    const first = await erin.signIn('erin');
    const second = await tokensOf(await erin.refresh(first.refresh));
    expect(second.refresh).not.toBe(first.refresh);
    expect(await identity().identify(headersOf(second))).toMatchObject({ name: 'Erin Engström' });
  });

  it('with a refresh token that was used is refused, and ends the newer one too', async () => {
    const erin = browser();
    const first = await erin.signIn('erin');
    const second = await tokensOf(await erin.refresh(first.refresh));
    expect((await erin.refresh(first.refresh)).status).toBe(400);
    expect((await erin.refresh(second.refresh)).status).toBe(400);
  });
});

describe('signing out', () => {
  const signOut = `/session/end?${new URLSearchParams({
    client_id: client.clientId,
    post_logout_redirect_uri: `${appOrigin}/signed-out`,
  })}`;

  it('asks, returns to the app, forgets the person and ends their refresh tokens', async () => {
    const erin = browser();
    const tokens = await erin.signIn('erin');
    const page = await erin.send(signOut);
    const [, action = ''] = /action="([^"]+)"/.exec(await page.clone().text()) ?? [];
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(await page.text()) ?? [];
    const response = await erin.send(action, { xsrf, logout: 'yes' });
    expect(locationOf(response)).toBe(`${appOrigin}/signed-out`);
    expect(locationOf(await erin.authorize())).toMatch(/^\/interaction\//);
    expect((await erin.refresh(tokens.refresh)).status).toBe(400);
  });

  it('does not happen without the secret of the page that asks', async () => {
    const erin = browser();
    await erin.signIn('erin');
    await erin.send(signOut);
    expect((await erin.send('/session/end/confirm', { xsrf: 'guessed', logout: 'yes' })).status).toBe(400);
    const back = await erin.returnToApp(await erin.authorize({ prompt: 'none' }));
    expect(back.searchParams.has('code')).toBe(true);
  });

  it('returns to the app and nowhere else', async () => {
    const response = await browser().send(signOut.replace('signed-out', 'elsewhere'));
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('not registered'),
    ]);
  });
});

describe('the sign-in page', () => {
  const openPage = async () => {
    const anybody = browser();
    return anybody.send(locationOf(await anybody.authorize()));
  };

  it('loads nothing but its style, may be framed by nobody, and leads to the provider and the app only', async () => {
    const page = await openPage();
    expect(page.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${appOrigin}; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('shows names as text', async () => {
    const page = await (await openPage()).text();
    expect(page).toMatch(/^(?!.*(<script|<b>)).*&lt;script&gt;alert\(1\)&lt;/s);
  });
});

describe('the keys', () => {
  const publishedBy = async ({ issuer }: OpenIdProvider) => (await fetch(`${issuer}/jwks`)).json();

  it('are the same after a restart, and only their owner can read the file', async () => {
    const second = await start();
    expect(await publishedBy(second)).toEqual(await publishedBy(provider));
    expect(statSync(keyFile).mode & 0o077).toBe(0);
    await second.stop();
  });

  it('are published without their private part', async () => {
    const { keys } = await publishedBy(provider);
    expect(Object.keys(keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});

describe('pages of other origins', () => {
  const paths = ['/.well-known/openid-configuration', '/jwks', '/token'];
  const allowedFor = async (path: string, origin: string) => {
    const response = await fetch(`${provider.issuer}${path}`, {
      method: path === '/token' ? 'POST' : 'GET',
      headers: { origin },
      ...(path === '/token' && { body: new URLSearchParams({ client_id: client.clientId }) }),
    });
    await response.body?.cancel();
    return response.headers.get('access-control-allow-origin');
  };

  it.each(paths)('cannot read %s, the app can', async (path) => {
    expect(await allowedFor(path, appOrigin)).toBe(appOrigin);
    expect(await allowedFor(path, 'https://evil.example')).toBeNull();
    expect(await allowedFor(path, 'null')).toBeNull();
  });
});
