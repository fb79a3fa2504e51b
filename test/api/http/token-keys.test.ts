import { exportJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../../api/http/identity.ts';
import { IdentityUnavailable } from '../../../api/http/identity-errors.ts';
import { createTokenKeys } from '../../../api/http/token-keys.ts';
import { createIssuer, createKey, headersOf, type Mode, type TestIssuer } from '../../support/tokens.ts';

const minute = 60_000;
let clock: number;
let issuer: TestIssuer;
let identity: Identity;

beforeEach(async () => {
  clock = Date.UTC(2026, 10, 24, 9);
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: [] });
});
afterEach(() => issuer[Symbol.asyncDispose]());

const identify = async (key = issuer.key) =>
  identity.identify(headersOf(await issuer.pair({ accessKey: key, idKey: key })));
const accepted = async (key = issuer.key) =>
  expect(await identify(key)).toMatchObject({ name: 'Ada Engineer' });
const refused = async (key = issuer.key) =>
  expect(identify(key)).rejects.toMatchObject({ code: 'unauthenticated' });
const unavailable = async (key = issuer.key) =>
  expect(identify(key)).rejects.toBeInstanceOf(IdentityUnavailable);

describe('keys are fetched', () => {
  it('once for all who ask at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => accepted()));
    expect(issuer.counts).toEqual({ discovery: 1, keys: 1 });
  });
  it('anew after ten minutes and not before', async () => {
    await accepted();
    clock += 10 * minute - 1;
    await accepted();
    expect(issuer.counts.keys).toBe(1);
    clock += 1;
    await accepted();
    expect(issuer.counts.keys).toBe(2);
  });
  it('once however many unknown keys arrive, and again half a minute later', async () => {
    await accepted();
    clock += 30_000;
    const strangers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((kid) => createKey(kid)));
    await Promise.all(strangers.map((key) => refused(key)));
    for (const key of strangers) await refused(key);
    expect(issuer.counts.keys).toBe(2);
    clock += 29_999;
    for (const key of strangers) await refused(key);
    expect(issuer.counts.keys).toBe(2);
    clock += 1;
    for (const key of strangers) await refused(key);
    expect(issuer.counts.keys).toBe(3);
  });
});

describe('a key', () => {
  it('that is new works as soon as it is met, half a minute after the last fetch', async () => {
    await accepted();
    const next = await createKey('next');
    issuer.published.push(next.jwk);
    clock += 30_000;
    await accepted(next);
    await accepted();
  });
  it('that was withdrawn works no longer than ten minutes', async () => {
    await accepted();
    issuer.published.splice(0, 1, (await createKey('next')).jwk);
    clock += 10 * minute;
    await refused();
  });
  it('that was replaced under the same id no longer works after a fetch', async () => {
    await accepted();
    issuer.published.splice(0, 1, (await createKey('first')).jwk);
    clock += 10 * minute;
    await refused();
  });
  it('that fits as well as another is not guessed from when the token names none', async () => {
    issuer.published.push((await createKey('second')).jwk);
    const header = { kid: undefined };
    const pair = await issuer.pair({ accessHeader: header });
    await expect(identity.identify(headersOf(pair))).rejects.toMatchObject({ code: 'unauthenticated' });
  });
  it('that is for encryption is not for signatures', async () => {
    issuer.published.splice(0, 1, { ...issuer.key.jwk, use: 'enc' });
    await refused();
  });
  it('that is published with its private part is not used, and the others still are', async () => {
    const leaked = await createKey('leaked');
    const secret = { kty: 'oct', kid: 'secret', k: 'c2VjcmV0', alg: 'HS256' };
    issuer.published.push({ ...(await exportJWK(leaked.privateKey)), kid: 'leaked' }, secret, null, 'key');
    await accepted();
    await refused(leaked);
  });
});

describe.each<Mode>(['down', 'huge', 'redirect', 'garbage'])('while the issuer is %s', (mode) => {
  it('nobody is recognised without keys, and everybody again soon afterwards', async () => {
    issuer.state.mode = mode;
    await unavailable();
    issuer.state.mode = 'well';
    await unavailable();
    clock += 5_000;
    await accepted();
  });
  it('known keys work for an hour and no longer', async () => {
    await accepted();
    issuer.state.mode = mode;
    clock += 60 * minute - 1;
    await accepted();
    clock += 1;
    await unavailable();
  });
  it('an unknown key cannot be told from a new one', async () => {
    await accepted();
    issuer.state.mode = mode;
    clock += 30_000;
    await unavailable(await createKey('next'));
    await accepted();
  });
});

describe('keys are not taken', () => {
  it.each([
    ['from an issuer of another name', { issuer: 'https://evil.example' }],
    ['from an issuer with a slash more', { issuer: 'URL/' }],
    ['from an address that is not https', { jwks_uri: 'http://evil.example/keys' }],
    ['from a file', { jwks_uri: 'file:///dev/null' }],
    ['from text in the address itself', { jwks_uri: 'data:application/json,{"keys":[]}' }],
    ['from no address', { jwks_uri: undefined }],
    ['from something that is no address', { jwks_uri: ['x'] }],
  ])('%s', async (_, discovery) => {
    issuer.state.discovery = JSON.parse(JSON.stringify(discovery).replace('URL', issuer.url));
    if ('jwks_uri' in discovery) issuer.state.discovery.jwks_uri = discovery.jwks_uri;
    await unavailable();
    expect(issuer.counts.keys).toBe(0);
  });
  it('from a set that is no list', async () => {
    const keys = createTokenKeys({
      ...issuer.options,
      fetch: async () => Response.json({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, keys: {} }),
    });
    await expect(keys({ alg: 'ES256' }, { payload: '', signature: '' })).rejects.toBeInstanceOf(
      IdentityUnavailable,
    );
  });
});

it('an issuer that stops in the middle of its answer is given up', async () => {
  issuer.state.mode = 'silent';
  const keys = createTokenKeys({ ...issuer.options, timeoutMs: 50 });
  await expect(keys({ alg: 'ES256' }, { payload: '', signature: '' })).rejects.toBeInstanceOf(
    IdentityUnavailable,
  );
});
