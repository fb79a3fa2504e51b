import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

export const clientId = 'stepladder-web';
export const audience = 'https://stepladder.example/api';
export const subject = 'f3b1c2d4-ada';

/** How the issuer's server behaves: well, or in one of the ways that must not hurt. */
export type Mode = 'well' | 'down' | 'silent' | 'dripping' | 'huge' | 'packed' | 'redirect' | 'garbage';

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export type Claims = Record<string, unknown>;
export interface TokenPair {
  readonly access: string;
  readonly id: string;
}
/** A claim or header parameter that is overridden with undefined is left out. */
export interface PairOverrides {
  readonly access?: Claims;
  readonly id?: Claims;
  readonly accessHeader?: Claims;
  readonly idHeader?: Claims;
  readonly accessKey?: SigningKey;
  readonly idKey?: SigningKey;
}

/** A new key pair. @param alg as in a JWS header: ES256 is quickest to make */
export async function createKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** A signed token with exactly this payload; a text is signed as it is, valid JSON or not. */
export async function sign(key: SigningKey, payload: Claims | string, header: Claims = {}): Promise<string> {
  const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const complete = JSON.parse(JSON.stringify({ alg: key.alg, kid: key.kid, ...header }));
  // jose signs with an extension only where it is told to.
  const crit = Object.fromEntries([complete.crit ?? []].flat().map((name: string) => [name, true]));
  return new CompactSign(bytes).setProtectedHeader(complete).sign(key.privateKey, { crit });
}

/** A token whose parts are exactly these, signed by nobody. */
export function assemble(header: Claims, payload: Claims, signature = ''): string {
  const part = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

/** OpenID Connect Core 1.0, section 3.1.3.6. @param bits of the SHA-2 that goes with the ID token's algorithm */
export function hashOf(accessToken: string, bits = 256): string {
  const digest = createHash(`sha${bits}`).update(accessToken).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** The headers of a request that carries the pair, as in `multiValueHeaders` of an event. */
export function headersOf(pair: TokenPair): Record<string, string[]> {
  return { Authorization: [`Bearer ${pair.access}`], 'X-Id-Token': [pair.id] };
}

/**
 * An OpenID provider on a free port of 127.0.0.1: discovery, keys, and tokens of its own making.
 * @param path of its issuer identifier
 */
export async function createIssuer(now: () => number = Date.now, path = '') {
  const key = await createKey('first');
  const published: unknown[] = [key.jwk];
  const counts = { discovery: 0, keys: 0 };
  /** keysMode: where its keys are served in another way than its discovery document */
  const state: { mode: Mode; keysMode?: Mode; discovery: Claims } = { mode: 'well', discovery: {} };
  const server = createServer((request, response) => {
    const asked = request.url ?? '';
    const isDiscovery = asked.endsWith('/.well-known/openid-configuration');
    counts[isDiscovery ? 'discovery' : 'keys'] += 1;
    const well = isDiscovery
      ? { issuer: url, jwks_uri: `${url}/keys`, ...state.discovery }
      : { keys: published };
    // What a redirect leads to is right in every part, so only not following it is a refusal.
    const mode = isDiscovery ? state.mode : (state.keysMode ?? state.mode);
    if (mode === 'redirect' && !asked.startsWith('/moved')) {
      response.writeHead(302, { location: `/moved${asked}` }).end();
      return;
    }
    respond(response, mode, well);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const claims = () => ({ iss: url, sub: subject, iat: seconds(now()), exp: seconds(now()) + 300 });

  const pair = async (overrides: PairOverrides = {}): Promise<TokenPair> => {
    const { accessKey = key, idKey = key } = overrides;
    const access = await sign(
      accessKey,
      { ...claims(), aud: audience, client_id: clientId, ...overrides.access },
      { typ: 'at+jwt', ...overrides.accessHeader },
    );
    const display = { name: 'Ada Engineer', email: 'ada@example.com' };
    const id = await sign(
      idKey,
      { ...claims(), aud: clientId, ...display, at_hash: hashOf(access), ...overrides.id },
      { typ: 'JWT', ...overrides.idHeader },
    );
    return { access, id };
  };

  return {
    url,
    /** signs the tokens unless another is named */
    key,
    /** the JWKs that are served: change it to publish and withdraw */
    published,
    counts,
    state,
    claims,
    pair,
    /** what createIdentity takes */
    options: { profile: 'generic' as const, issuer: url, clientId, audience, now },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestIssuer = Awaited<ReturnType<typeof createIssuer>>;

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function respond(response: ServerResponse, mode: Mode, document: unknown) {
  const text = JSON.stringify(document);
  switch (mode) {
    case 'well':
    case 'redirect':
      return response.setHeader('content-type', 'application/json').end(text);
    case 'down':
      return response.writeHead(503).end('down');
    case 'silent':
      return response.writeHead(200).write(text.slice(0, 1));
    case 'dripping': {
      const timer = setInterval(() => response.write(' '), 5);
      return response.on('close', () => clearInterval(timer));
    }
    case 'packed':
      // 10 MB that are 10 KB on the way.
      return response
        .setHeader('content-encoding', 'gzip')
        .end(gzipSync(`${text.slice(0, -1)},"padding":"${'x'.repeat(10_000_000)}"}`));
    case 'huge':
      return response.end(`${text.slice(0, -1)},"padding":"${'x'.repeat(300_000)}"}`);
    case 'garbage':
      return response.end(text.slice(0, -2));
  }
}
