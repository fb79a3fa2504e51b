import { createSign, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import { IdentityUnavailable } from '../../api/http/identity-errors.ts';
import { createTokenKeys } from '../../api/http/token-keys.ts';
import {
  audience,
  type Claims,
  clientId,
  createIssuer,
  createKey,
  headersOf,
  type Mode,
  type SigningKey,
  type TestIssuer,
} from '../support/tokens.ts';

/** Keys that an attacker would like to have used, and load that an attacker would like to cause. */

let clock: number;
let issuer: TestIssuer;
let identity: Identity;

beforeEach(async () => {
  clock = Date.UTC(2026, 10, 24, 9);
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: [] });
});
afterEach(() => issuer[Symbol.asyncDispose]());

const identify = async (key: SigningKey = issuer.key) =>
  identity.identify(headersOf(await issuer.pair({ accessKey: key, idKey: key })));
const refused = async (key?: SigningKey) =>
  expect(identify(key)).rejects.toMatchObject({ name: 'Unauthenticated', code: 'unauthenticated' });

describe('a published key is not used', () => {
  const changed = (jwk: Claims) => issuer.published.splice(0, 1, { ...issuer.key.jwk, ...jwk });
  it.each<[string, Claims]>([
    ['for signatures if it is for encryption', { use: 'enc' }],
    ['if it may only be encrypted with', { key_ops: ['encrypt'] }],
    ['if it may only be signed with', { key_ops: ['sign'] }],
    ['for another algorithm than its own', { alg: 'ES384' }],
    ['for another curve', { crv: 'P-384' }],
    ['under the id of another', { kid: 'second' }],
    ['if it is of another kind', { kty: 'OKP' }],
    ['if it is of no kind', { kty: undefined }],
    ['if its kind is a shared secret', { kty: 'oct' }],
    ['if it holds a secret', { k: 'c2VjcmV0' }],
    ['if it holds its private part', { d: 'AA' }],
    ['if a part of it is missing', { y: undefined }],
    ['if a part of it is no number', { x: '!' }],
    ['if it is no point of its curve', { x: 'AA', y: 'AA' }],
  ])('%s', async (_, jwk) => {
    changed(jwk);
    await refused();
  });

  it('of RSA if it is for another algorithm', async () => {
    const rsa = await createKey('rsa', 'RS256');
    issuer.published.push({ ...rsa.jwk, alg: 'PS256' });
    await refused(rsa);
    await identify();
  });

  it.each([1024, 2040])('of RSA with %i bits', async (modulusLength) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
    issuer.published.push({ ...publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256', use: 'sig' });
    // jose would not sign with it.
    const signed = (claims: Claims) => {
      const part = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const input = `${part({ alg: 'RS256', kid: 'short' })}.${part({ ...issuer.claims(), ...claims })}`;
      return `${input}.${createSign('sha256').update(input).sign(privateKey, 'base64url')}`;
    };
    const access = signed({ aud: audience, client_id: clientId });
    const id = signed({ aud: clientId, email: 'ada@example.com' });
    await expect(identity.identify(headersOf({ access, id }))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('once the issuer publishes none', async () => {
    await identify();
    issuer.published.length = 0;
    clock += 10 * 60_000;
    await refused();
  });
});

describe('keys are asked for at', () => {
  const elsewhere = (issuerUrl: string, keysUrl: string) => {
    const asked: string[] = [];
    const keys = createTokenKeys({
      issuer: issuerUrl,
      now: () => clock,
      fetch: async (address) => {
        asked.push(String(address));
        if (String(address) === keysUrl) return Response.json({ keys: [issuer.key.jwk] });
        return Response.json({ issuer: issuerUrl, jwks_uri: keysUrl });
      },
    });
    const key = keys({ alg: 'ES256', kid: 'first' }, { payload: '', signature: '' });
    return { asked, key };
  };
  const discovery = '/.well-known/openid-configuration';

  it.each([
    ['another host with https', 'https://id.example', 'https://keys.example/jwks'],
    [
      'another host with https, by an issuer of this machine',
      'http://localhost:1',
      'https://keys.example/jwks',
    ],
    [
      'another port of this machine, by an issuer of this machine',
      'http://localhost:1',
      'http://127.0.0.1:2/',
    ],
  ])('%s', async (_, issuerUrl, keysUrl) => {
    const { asked, key } = elsewhere(issuerUrl, keysUrl);
    await key;
    expect(asked).toEqual([`${issuerUrl}${discovery}`, keysUrl]);
  });
  it.each([
    ['no other host without https', 'https://id.example', 'http://keys.example/jwks'],
    [
      'no other host without https, by an issuer of this machine',
      'http://localhost:1',
      'http://keys.example/',
    ],
    ['nothing of this machine, by an issuer elsewhere', 'https://id.example', 'http://localhost:1/jwks'],
    ['no host that is only called like this machine', 'http://localhost:1', 'http://localhost.example/jwks'],
    ['no service for instances', 'https://id.example', 'http://169.254.169.254/latest/meta-data'],
    ['no path', 'https://id.example', '/jwks'],
    ['no file', 'https://id.example', 'file:///dev/null'],
    ['nothing empty', 'https://id.example', ''],
  ])('%s', async (_, issuerUrl, keysUrl) => {
    const { asked, key } = elsewhere(issuerUrl, keysUrl);
    await expect(key).rejects.toBeInstanceOf(IdentityUnavailable);
    expect(asked).toEqual([`${issuerUrl}${discovery}`]);
  });
  it('no issuer without https, not even for its discovery document', async () => {
    const { asked, key } = elsewhere('http://id.example', 'https://keys.example/jwks');
    await expect(key).rejects.toBeInstanceOf(IdentityUnavailable);
    expect(asked).toEqual([]);
  });
});

describe('however many unknown keys arrive', () => {
  const strangers = () =>
    Promise.all(Array.from({ length: 8 }, (_, number) => createKey(`stranger-${number}`)));
  const all = async (keys: SigningKey[]) => {
    await Promise.allSettled(keys.flatMap((key) => [identify(key), identify(key), identify(key)]));
    for (const key of keys) await identify(key).catch(() => undefined);
  };

  it('a healthy issuer is asked once in thirty seconds', async () => {
    await identify();
    const keys = await strangers();
    for (const round of [2, 3, 4]) {
      clock += 30_000;
      await all(keys);
      expect(issuer.counts).toEqual({ discovery: round, keys: round });
    }
  });
  it.each<Mode>(['down', 'redirect', 'garbage'])(
    'one that is %s is asked once in five seconds',
    async (mode) => {
      await identify();
      issuer.state.mode = mode;
      const keys = await strangers();
      clock += 30_000;
      for (const round of [2, 3, 4]) {
        await all(keys);
        expect(issuer.counts.discovery).toBe(round);
        clock += 5_000;
      }
      await identify();
    },
  );
  it('one that is down from the start is asked once in five seconds', async () => {
    issuer.state.mode = 'down';
    const keys = await strangers();
    for (const round of [1, 2, 3]) {
      await all(keys);
      expect(issuer.counts.discovery).toBe(round);
      clock += 5_000;
    }
  });
});

describe('a clock that was set back', () => {
  it('does not keep a withdrawn key alive', async () => {
    await identify();
    issuer.published.length = 0;
    clock -= 10 * 60_000;
    await refused();
  });
  it('does not keep keys alive while the issuer is down', async () => {
    await identify();
    issuer.state.mode = 'down';
    clock -= 60 * 60_000;
    await expect(identify()).rejects.toBeInstanceOf(IdentityUnavailable);
  });
});

describe.each<Mode>(['down', 'huge', 'packed', 'redirect', 'garbage'])('keys that are served %s', (mode) => {
  it('are not taken, though discovery is well', async () => {
    issuer.state.keysMode = mode;
    await expect(identify()).rejects.toBeInstanceOf(IdentityUnavailable);
    expect(issuer.counts).toEqual({ discovery: 1, keys: 1 });
  });
});

describe('an issuer that', () => {
  it.each<Mode>(['silent', 'dripping'])('is %s is given up in time, wherever it is', async (mode) => {
    for (const part of ['mode', 'keysMode'] as const) {
      issuer.state.mode = 'well';
      issuer.state[part] = mode;
      const keys = createTokenKeys({ ...issuer.options, timeoutMs: 60 });
      const begun = performance.now();
      await expect(keys({ alg: 'ES256' }, { payload: '', signature: '' })).rejects.toBeInstanceOf(
        IdentityUnavailable,
      );
      expect(performance.now() - begun).toBeLessThan(3_000);
    }
  });
});

describe('what the issuer sends is not repeated in an error:', () => {
  const canary = 'canary-4711';
  it.each<[string, () => Response]>([
    ['text that is no JSON', () => new Response(`${canary}{`)],
    ['JSON that ends too early', () => new Response(`{"${canary}":`)],
    ['a text', () => Response.json(canary)],
    ['the name of another issuer', () => Response.json({ issuer: `https://${canary}` })],
    ['an address that is none', () => Response.json({ issuer: issuer.url, jwks_uri: canary })],
    ['an address without https', () => Response.json({ issuer: issuer.url, jwks_uri: `http://${canary}/` })],
    ['an answer that is an error', () => new Response(canary, { status: 500, statusText: canary })],
    [
      'keys that are no list',
      () => Response.json({ issuer: issuer.url, jwks_uri: issuer.url, keys: canary }),
    ],
    ['bytes that are no text', () => new Response(Buffer.concat([Buffer.from(canary), Buffer.from([0xff])]))],
  ])('%s', async (_, answer) => {
    const keys = createTokenKeys({ ...issuer.options, fetch: async () => answer() });
    const error: unknown = await Promise.resolve(
      keys({ alg: 'ES256' }, { payload: '', signature: '' }),
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IdentityUnavailable);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary);
  });
});
