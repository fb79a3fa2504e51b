import { type CompactJWSHeaderParameters, errors, exportJWK } from 'jose';
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
});

it('an issuer that stops in the middle of its answer is given up', async () => {
  issuer.state.mode = 'silent';
  const keys = createTokenKeys({ ...issuer.options, timeoutMs: 50 });
  await expect(keys({ alg: 'ES256' }, { payload: '', signature: '' })).rejects.toBeInstanceOf(
    IdentityUnavailable,
  );
});

/** An issuer that answers with exactly this: to the discovery document, and to its keys. */
function answering(discovery: Answer, keys: Answer = { keys: [] }, url = 'https://id.example') {
  const asked: { url: string; init: RequestInit | undefined }[] = [];
  const find = createTokenKeys({
    issuer: url,
    now: () => clock,
    fetch: async (address, init) => {
      asked.push({ url: String(address), init });
      const answer = asked.length % 2 === 1 ? discovery : keys;
      return answer instanceof Response ? answer : Response.json(answer);
    },
  });
  return {
    asked,
    find: async (header: CompactJWSHeaderParameters) => find(header, { payload: '', signature: '' }),
  };
}
type Answer = Response | object | string | number | null;
const id = 'https://id.example';
const right = { issuer: id, jwks_uri: `${id}/keys` };
const first = { alg: 'ES256', kid: 'first' };
const streamed = (...chunks: Uint8Array[]) =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    }),
  );
const bytes = (text: string) => new TextEncoder().encode(text);

describe('an issuer is asked', () => {
  it.each([
    [id, `${id}/.well-known/openid-configuration`],
    [`${id}/`, `${id}/.well-known/openid-configuration`],
    [`${id}/a/b`, `${id}/a/b/.well-known/openid-configuration`],
    [`${id}/a/b/`, `${id}/a/b/.well-known/openid-configuration`],
    ['http://[::1]:1', 'http://[::1]:1/.well-known/openid-configuration'],
  ])('%s at %s', async (url, address) => {
    const { asked, find } = answering(
      { issuer: url, jwks_uri: `${id}/keys` },
      { keys: [issuer.key.jwk] },
      url,
    );
    await find(first);
    expect(asked.map((one) => one.url)).toEqual([address, `${id}/keys`]);
    for (const { init } of asked) {
      expect(init).toMatchObject({ redirect: 'error', headers: { accept: 'application/json' } });
      expect(init?.signal).toBeInstanceOf(AbortSignal);
    }
  });
  it.each([
    ['a local issuer over https, for keys in the clear', 'https://localhost:1', 'http://localhost:1/keys'],
    ['another local issuer over https', 'https://127.0.0.1:1', 'http://[::1]:1/keys'],
    ['a local issuer, for keys in another way', 'http://localhost:1', 'ws://localhost:1/keys'],
  ])('no further: %s', async (_, url, jwks_uri) => {
    const { asked, find } = answering({ issuer: url, jwks_uri }, { keys: [issuer.key.jwk] }, url);
    await expect(find(first)).rejects.toBeInstanceOf(IdentityUnavailable);
    expect(asked).toHaveLength(1);
  });
});

describe('why keys cannot be fetched is known to the log', () => {
  const why = async (find: Promise<unknown>, message = "The issuer's keys cannot be fetched.") => {
    const error = await find.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IdentityUnavailable);
    expect(error).toMatchObject({ message, cause: expect.any(Error) });
    return error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
  };
  const noObject = 'The issuer sent no JSON object.';
  const https = 'The issuer is asked over https only.';
  const noKeys = 'The discovery document names no keys.';
  const noList = 'The key set is not a list of keys.';

  it.each<[string, Answer, Answer | undefined, string]>([
    ['null', null, undefined, noObject],
    ['a text', 'https://id.example', undefined, noObject],
    ['a number', 7, undefined, noObject],
    ['nothing', new Response(null), undefined, noObject],
    ['no JSON', new Response('{'), undefined, noObject],
    ['nobody', new Response(null, { status: 204 }), undefined, 'The issuer answered 204.'],
    ['a refusal', Response.json(right, { status: 404 }), undefined, 'The issuer answered 404.'],
    ['another 200', Response.json(right, { status: 203 }), undefined, 'The issuer answered 203.'],
    [
      'an issuer like it',
      { ...right, issuer: `${id}/` },
      undefined,
      'The discovery document names another issuer.',
    ],
    ['no issuer', { jwks_uri: right.jwks_uri }, undefined, 'The discovery document names another issuer.'],
    ['no address', { issuer: id }, undefined, noKeys],
    ['a list of one address', { ...right, jwks_uri: [right.jwks_uri] }, undefined, noKeys],
    ['an address that is none', { ...right, jwks_uri: 'keys' }, undefined, https],
    ['an address in the clear', { ...right, jwks_uri: 'http://id.example/keys' }, undefined, https],
    ['no list of keys', right, {}, noList],
    ['an object of keys', right, { keys: { length: 0 } }, noList],
    ['a text of keys', right, { keys: 'first' }, noList],
    ['a list itself', right, [], noList],
    ['null as keys', right, null, noObject],
  ])('%s', async (_, discovery, keys, sentence) => {
    expect(await why(answering(discovery, keys).find(first))).toBe(sentence);
  });
  it('also where they are young, but not the one that is looked for', async () => {
    const flaky = { down: false };
    const keys = createTokenKeys({
      ...issuer.options,
      fetch: async (...asked) => {
        if (flaky.down) throw new Error('nobody is there');
        return fetch(...asked);
      },
    });
    const find = async (kid: string) => keys({ alg: 'ES256', kid }, { payload: '', signature: '' });
    await find('first');
    flaky.down = true;
    clock += 30_000;
    expect(await why(find('next'), "The issuer's newest keys cannot be fetched.")).toBe('nobody is there');
  });

  const padded = (length: number) => {
    const text = JSON.stringify({ ...right, padding: '' });
    return bytes(text.replace('""', `"${'x'.repeat(length - text.length)}"`));
  };
  const most = 256 * 1024;
  it('an answer that is a byte too long', async () => {
    const keys = { keys: [issuer.key.jwk] };
    await answering(streamed(padded(most)), keys).find(first);
    expect(await why(answering(streamed(padded(most + 1)), keys).find(first))).toBe(
      'The issuer sent too much.',
    );
    const halves = [padded(most + 1).slice(0, most), padded(most + 1).slice(most)];
    expect(await why(answering(streamed(...halves), keys).find(first))).toBe('The issuer sent too much.');
  });
  it('an answer that is no text, but not one that is cut within a character', async () => {
    const keys = { keys: [issuer.key.jwk] };
    const text = bytes(JSON.stringify({ ...right, name: 'é' }));
    const cut = text.indexOf(0xc3) + 1;
    await answering(streamed(text.slice(0, cut), text.slice(cut)), keys).find(first);
    expect(await why(answering(streamed(text.with(cut, 0x22)), keys).find(first))).toMatch(/not valid/);
  });
  it('a refusal, of which the rest is not read', async () => {
    const state = { cancelled: false };
    const body = new ReadableStream({
      cancel: () => {
        state.cancelled = true;
      },
    });
    await why(answering(new Response(body, { status: 500 })).find(first));
    expect(state.cancelled).toBe(true);
  });
});

describe('of the keys in a set', () => {
  const modulus = (bits: number, zeros = 0) => {
    const hex = (1n << BigInt(bits - 1)).toString(16);
    const number = Buffer.from(`${hex.length % 2 === 0 ? '' : '0'}${hex}`, 'hex');
    number.writeUInt8(1, number.length - 1);
    return Buffer.concat([Buffer.alloc(zeros), number]).toString('base64url');
  };
  const rsa = (n: unknown) => ({ kty: 'RSA', kid: 'rsa', e: 'AQAB', n });
  const find = (header: CompactJWSHeaderParameters, ...keys: unknown[]) =>
    answering(right, { keys }).find(header);
  const rs256 = { alg: 'RS256', kid: 'rsa' };

  it.each([
    ['RSA with as few bits as may be', rs256, () => rsa(modulus(2048))],
    ['RSA with more, after a zero', rs256, () => rsa(modulus(3072, 1))],
    ['EC', first, () => issuer.key.jwk],
    ['OKP', { alg: 'EdDSA', kid: 'ed' }, async () => (await createKey('ed', 'Ed25519')).jwk],
  ])('%s is used', async (_, header, made) => {
    const { alg, ...jwk } = (await made()) as Record<string, unknown>;
    expect(await find(header, jwk)).toMatchObject({ type: 'public' });
  });
  it.each([
    ['with a bit too few', modulus(2047)],
    ['with zeros in front', modulus(2040, 1)],
    ['with nothing', ''],
    ['with no modulus', undefined],
    ['with a number', 2 ** 52],
    ['with a list of bytes', Array.from({ length: 256 }, () => 255)],
  ])('RSA %s is not there, and the others are', async (_, n) => {
    await expect(find(rs256, rsa(n), issuer.key.jwk)).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    expect(await find(first, rsa(n), issuer.key.jwk)).toMatchObject({ type: 'public' });
  });
  it.each([
    ['its private part', { d: 'AA' }],
    ['a secret', { k: 'AA' }],
  ])('one with %s does not stand in the way of the same without', async (_, more) => {
    const both = [{ ...issuer.key.jwk, ...more }, issuer.key.jwk];
    expect(await find(first, ...both)).toMatchObject({ type: 'public' });
  });
  it('one that cannot be told from another is no reason to ask again, nor is one that is none', async () => {
    const bad = { ...issuer.key.jwk, kid: 'bad', y: undefined };
    const { asked, find: findOf } = answering(right, { keys: [issuer.key.jwk, issuer.key.jwk, bad] });
    await expect(findOf(first)).rejects.toBeInstanceOf(errors.JWKSMultipleMatchingKeys);
    clock += 30_000;
    await expect(findOf(first)).rejects.toBeInstanceOf(errors.JWKSMultipleMatchingKeys);
    await expect(findOf({ alg: 'ES256', kid: 'bad' })).rejects.toBeInstanceOf(errors.JWKSInvalid);
    expect(asked).toHaveLength(2);
    await expect(findOf({ alg: 'ES256', kid: 'next' })).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    expect(asked).toHaveLength(4);
  });
});
