import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { IdentityUnavailable } from './identity-errors.ts';

export interface TokenKeysOptions {
  /** Issuer identifier: the discovery document has to name exactly this one. */
  readonly issuer: string;
  /** epoch milliseconds */
  readonly now: () => number;
  readonly fetch?: typeof fetch;
  /** milliseconds for discovery and keys together */
  readonly timeoutMs?: number;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

const second = 1000;
const minute = 60 * second;
/** How old keys may be before they are fetched anew; a key that the issuer withdrew works no longer than this. */
const refreshAfter = 10 * minute;
/** How old keys may be while the issuer does not answer. */
const maxAge = 60 * minute;
/** How long an unknown key id cannot cause another fetch: after a success, and after a failure. */
const pause = { success: 30 * second, failure: 5 * second } as const;
const maxBytes = 256 * 1024;
const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The issuer's signature keys, found by OpenID Connect Discovery 1.0 and kept for a while. NB. Not jose's own remote
 * key set: that one goes by the machine's clock, reads a body of any size and knows no grace while the issuer is down.
 * The key function throws IdentityUnavailable where no keys are young enough, and jose's JWKSNoMatchingKey.
 */
export function createTokenKeys(options: TokenKeysOptions): JWTVerifyGetKey {
  const { now } = options;
  let kept: { set: KeySet; at: number } | undefined;
  let last: { at: number; failure: unknown } | undefined;
  let underway: Promise<void> | undefined;

  const attempt = async () => {
    last = { at: now(), failure: undefined };
    try {
      kept = { set: await fetchKeys(options), at: last.at };
    } catch (failure) {
      last = { at: last.at, failure };
    }
  };
  /** One fetch at a time, shared by all who wait for it; none during the pause. */
  const refresh = async (): Promise<void> => {
    const wait = last?.failure === undefined ? pause.success : pause.failure;
    if (underway === undefined && last !== undefined && now() - last.at < wait) return;
    underway ??= attempt().finally(() => {
      underway = undefined;
    });
    await underway;
  };
  const current = (): KeySet => {
    if (kept !== undefined && now() - kept.at < maxAge) return kept.set;
    throw new IdentityUnavailable("The issuer's keys cannot be fetched.", { cause: last?.failure });
  };

  return async (header, token) => {
    if (kept === undefined || now() - kept.at >= refreshAfter) await refresh();
    try {
      return await current()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await refresh();
    // The key may be one that the issuer has only just published: without an answer from there, nobody can tell.
    if (last?.failure !== undefined) {
      throw new IdentityUnavailable("The issuer's newest keys cannot be fetched.", { cause: last.failure });
    }
    return current()(header, token);
  };
}

async function fetchKeys(options: TokenKeysOptions): Promise<KeySet> {
  const { issuer, timeoutMs = 3 * second } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  const get = (url: string) => fetchJson(url, options.fetch ?? fetch, signal);
  // OpenID Connect Discovery 1.0, sections 4.1 (the address) and 4.3 (the issuer has to be the same).
  const discovery = await get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (discovery.issuer !== issuer) throw new Error('The discovery document names another issuer.');
  if (typeof discovery.jwks_uri !== 'string') throw new Error('The discovery document names no keys.');
  const { keys } = await get(discovery.jwks_uri);
  if (!Array.isArray(keys)) throw new Error('The key set is not a list of keys.');
  return createLocalJWKSet({ keys: keys.filter(isPublicKey) });
}

/** A shared secret or a private key has no place in a published set; whoever read it could sign with it. */
function isPublicKey(jwk: unknown): boolean {
  if (typeof jwk !== 'object' || jwk === null) return false;
  const { kty, d, k } = jwk as Record<string, unknown>;
  return (kty === 'RSA' || kty === 'EC' || kty === 'OKP') && d === undefined && k === undefined;
}

async function fetchJson(address: string, get: typeof fetch, signal: AbortSignal) {
  const url = new URL(address);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && loopback.includes(url.hostname));
  if (!isSafe) throw new Error('The issuer is asked over https only.');
  const response = await get(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The issuer answered ${response.status}.`);
  }
  const document: unknown = JSON.parse(await readText(response));
  if (typeof document !== 'object' || document === null) throw new Error('The issuer sent no JSON object.');
  return document as Record<string, unknown>;
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body, so the rest is never read.
    if (bytes > maxBytes) throw new Error('The issuer sent too much.');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
