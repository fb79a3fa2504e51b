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
/** NIST SP 800-131A, and RFC 7518, section 3.3: what is shorter can be broken. */
const minRsaBits = 2048;
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
  // NB. A clock that was set back makes keys old, not young for ever: hence Math.abs.
  /** One fetch at a time, shared by all who wait for it; none during the pause. */
  const refresh = async (): Promise<void> => {
    const wait = last?.failure === undefined ? pause.success : pause.failure;
    if (underway === undefined && last !== undefined && Math.abs(now() - last.at) < wait) return;
    underway ??= attempt().finally(() => {
      underway = undefined;
    });
    await underway;
  };
  const isYounger = (age: number) => kept !== undefined && Math.abs(now() - kept.at) < age;
  const find: JWTVerifyGetKey = async (header, token) => {
    if (kept === undefined || !isYounger(maxAge)) {
      throw new IdentityUnavailable("The issuer's keys cannot be fetched.", { cause: last?.failure });
    }
    try {
      return await kept.set(header, token);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw error;
      // It is published, but no key: a part is missing, or is not what it should be.
      throw new errors.JWKSInvalid();
    }
  };

  return async (header, token) => {
    if (!isYounger(refreshAfter)) await refresh();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await refresh();
    // The key may be one that the issuer has only just published: without an answer from there, nobody can tell.
    if (last?.failure !== undefined) {
      throw new IdentityUnavailable("The issuer's newest keys cannot be fetched.", { cause: last.failure });
    }
    return find(header, token);
  };
}

async function fetchKeys(options: TokenKeysOptions): Promise<KeySet> {
  const { issuer, timeoutMs = 3 * second } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  const get = (address: string) => {
    const url = URL.parse(address);
    if (url === null || !mayBeAsked(url, issuer)) throw new Error('The issuer is asked over https only.');
    return fetchJson(url, options.fetch ?? fetch, signal);
  };
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
  const { kty, d, k, n } = jwk as Record<string, unknown>;
  if (d !== undefined || k !== undefined) return false;
  return kty === 'EC' || kty === 'OKP' || (kty === 'RSA' && bitsOf(n) >= minRsaBits);
}

/** @param modulus Base64urlUInt: RFC 7518, section 2 */
function bitsOf(modulus: unknown): number {
  const hex = typeof modulus === 'string' ? Buffer.from(modulus, 'base64url').toString('hex') : '';
  return hex === '' ? 0 : BigInt(`0x${hex}`).toString(2).length;
}

/** Keys may be on any host, but only where nobody can answer in its name. http is for an issuer on this machine. */
function mayBeAsked({ protocol, hostname }: URL, issuer: string): boolean {
  if (protocol === 'https:') return true;
  const isLocal = new URL(issuer).protocol === 'http:' && loopback.includes(new URL(issuer).hostname);
  return isLocal && protocol === 'http:' && loopback.includes(hostname);
}

async function fetchJson(url: URL, get: typeof fetch, signal: AbortSignal) {
  const response = await get(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The issuer answered ${response.status}.`);
  }
  const document = parseJson(await readText(response));
  if (typeof document !== 'object' || document === null) throw new Error('The issuer sent no JSON object.');
  return document as Record<string, unknown>;
}

/** NB. Without the parser's own error, which quotes what it could not read: what the issuer sends is never logged. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
