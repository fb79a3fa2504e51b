import { createHash } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify } from 'jose';
import { type User, userId } from '../domain/user.ts';
import { Unauthenticated } from './identity-errors.ts';
import {
  type IdentityProfile,
  identityProfiles,
  type ProfileName,
  plainProfileOf,
  type TokenKind,
} from './identity-profiles.ts';
import { authenticationOf } from './token-authentication.ts';
import { claimsOf, displayOf, groupsOf, subjectOf } from './token-claims.ts';
import { readTokens } from './token-headers.ts';
import { createTokenKeys } from './token-keys.ts';

export interface IdentityOptions {
  readonly profile: ProfileName;
  /** Issuer identifier, exactly as tokens carry it in `iss` */
  readonly issuer: string;
  readonly clientId: string;
  /** the API's, in `aud` of access tokens */
  readonly audience: string;
  /** the claims beside groups that the policy asks for */
  readonly claims: readonly string[];
  /** epoch milliseconds */
  readonly now: () => number;
  readonly fetch?: typeof fetch;
}

export interface Identity {
  /**
   * Who is calling: DESIGN section 4.
   * @param headers `multiValueHeaders` of an API Gateway event, names in any letter case
   * @throws Unauthenticated if the tokens do not prove it; IdentityUnavailable if the issuer's keys cannot be had
   */
  identify(headers: Readonly<Record<string, readonly string[] | undefined>>): Promise<User>;
}

/** What an access token and an ID token are told apart by. */
interface Expectation {
  readonly name: string;
  readonly audience: string;
  /** A token for this audience too could be used as the other kind. */
  readonly foreignAudience: string;
  /** `typ` in lower case, without "application/" */
  readonly types: readonly string[];
  /** claims with the value that they must have */
  readonly marks: Readonly<Record<string, string>>;
}

// Only signatures that the issuer alone can make: no HS*, which the holder of a public key could forge, and no "none".
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'];
/** Seconds by which the issuer's clock may be ahead. NB. Not for `exp`: expired is expired. */
const clockGrace = 60;

/**
 * Recognises callers by their pair of tokens.
 * @throws Error if client id and audience are the same, or the issuer is no issuer identifier (RFC 8414, section 2), or
 * none of the profile's provider, or plainly of one that has a profile of its own
 */
export function createIdentity(options: IdentityOptions): Identity {
  const { issuer, clientId } = options;
  const profile = identityProfiles[options.profile];
  const expected = expectations(options, profile);
  const keys = createTokenKeys(options);
  return {
    async identify(headers) {
      const tokens = readTokens(headers);
      const access = await verify(tokens.access, expected.access, options, keys);
      const id = await verify(tokens.id, expected.id, options, keys);
      checkPair(access.payload, id.payload, clientId, profile);
      checkHash(tokens.access, id);
      const display = displayOf(id.payload, profile);
      // NB. The client chooses its scopes: without this, whoever leaves out "email" would escape the rule that nobody
      // reviews the request of a person with the same e-mail, and every search for a person.
      if (display.email === '') throw new Unauthenticated('email-missing', 'ID token: no usable e-mail');
      return {
        id: userId(issuer, subjectOf(access.payload, 'access', profile)),
        ...display,
        groups: groupsOf(access.payload, id.payload, profile),
        claims: claimsOf(access.payload, id.payload, options.claims),
        authentication: authenticationOf(id.payload, options.now() + clockGrace * 1000),
      };
    },
  };
}

function expectations(options: IdentityOptions, profile: IdentityProfile): Record<TokenKind, Expectation> {
  const { issuer, clientId, audience } = options;
  if (clientId === audience) throw new Error('The client id and the API audience must differ.');
  if (/[?#]/.test(issuer)) throw new Error('An issuer has no query and no fragment.');
  const url = new URL(issuer);
  const path = url.pathname;
  if (!profile.issuerPath.test(path)) {
    throw new Error("The issuer is none of this provider's: see how the provider is set up for Stepladder.");
  }
  const plain = options.profile === 'generic' ? plainProfileOf(url) : undefined;
  if (plain !== undefined) {
    throw new Error(`This provider's tokens have a profile of their own: set OIDC_PROFILE to ${plain}.`);
  }
  const { access, id } = profile.marks(path);
  return {
    access: {
      name: 'access token',
      audience,
      foreignAudience: clientId,
      // RFC 9068, section 2.1; providers from before it write JWT, or nothing.
      types: ['at+jwt', 'jwt'],
      marks: access,
    },
    id: { name: 'ID token', audience: clientId, foreignAudience: audience, types: ['jwt'], marks: id },
  };
}

async function verify(token: string, expected: Expectation, options: IdentityOptions, keys: JWTVerifyGetKey) {
  const refuse = (reason: string) => new Unauthenticated('unauthenticated', `${expected.name}: ${reason}`);
  try {
    const now = options.now();
    const verified = await jwtVerify(token, keys, {
      algorithms,
      issuer: options.issuer,
      audience: expected.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(now),
      clockTolerance: clockGrace,
    });
    const wrong = wrongHeader(verified, expected) ?? wrongClaims(verified.payload, expected, now);
    if (wrong !== undefined) throw refuse(wrong);
    if (Number(verified.payload.exp) * 1000 <= now) throw expired(expected);
    return verified;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw expired(expected);
    if (error instanceof errors.JWTClaimValidationFailed) throw refuse(`claim ${error.claim}`);
    if (error instanceof errors.JOSEError) throw refuse(error.code);
    throw error;
  }
}

function expired(expected: Expectation) {
  return new Unauthenticated('token-expired', `${expected.name}: expired`);
}

function wrongHeader({ protectedHeader }: JWTVerifyResult, expected: Expectation): string | undefined {
  const { typ, crit } = protectedHeader;
  // jose refuses extensions that it does not know; none is used here, so the ones that it knows are refused as well.
  if (crit !== undefined) return 'crit';
  if (typ === undefined) return undefined;
  if (typeof typ !== 'string') return 'typ';
  return expected.types.includes(typ.toLowerCase().replace(/^application\//, '')) ? undefined : 'typ';
}

/** What jose leaves open. It has checked that exp and iat are numbers, and nbf where there is one. */
function wrongClaims(claims: JWTPayload, expected: Expectation, now: number): string | undefined {
  // JSON can say 1e999, which JavaScript reads as Infinity: a token for ever.
  if (!Number.isFinite(claims.exp)) return 'claim exp';
  if (!Number.isFinite(claims.iat) || Number(claims.iat) * 1000 > now + clockGrace * 1000) return 'claim iat';
  const audiences = [claims.aud].flat();
  if (audiences.includes(expected.foreignAudience) || audiences.some((one) => typeof one !== 'string')) {
    return 'claim aud';
  }
  // RFC 9449, section 7.2: a token that is bound to a key proves nothing without the proof.
  if (Object.hasOwn(claims, 'cnf')) return 'claim cnf';
  return Object.entries(expected.marks)
    .filter(([claim, value]) => claims[claim] !== value)
    .map(([claim]) => `claim ${claim}`)[0];
}

/** Both tokens were made for the same person and for this client. Their issuer is the same: `verify` saw to it. */
function checkPair(access: JWTPayload, id: JWTPayload, clientId: string, profile: IdentityProfile) {
  if (subjectOf(access, 'access', profile) !== subjectOf(id, 'id', profile)) {
    throw new Unauthenticated('unauthenticated', 'the tokens are of two people');
  }
  const clients = profile.client
    .filter((claim) => Object.hasOwn(access, claim))
    .map((claim) => access[claim]);
  if (clients.length === 0 || clients.some((client) => client !== clientId)) {
    throw new Unauthenticated('unauthenticated', 'access token: of another client');
  }
  // OpenID Connect Core 1.0, section 3.1.3.7, rules 3 to 5.
  const severalAudiences = Array.isArray(id.aud) && id.aud.length > 1;
  if ((Object.hasOwn(id, 'azp') || severalAudiences) && id.azp !== clientId) {
    throw new Unauthenticated('unauthenticated', 'ID token: of another client');
  }
}

/** OpenID Connect Core 1.0, section 3.1.3.6: the left half of the hash, by the algorithm of the ID token's signature. */
function checkHash(accessToken: string, { payload, protectedHeader }: JWTVerifyResult) {
  if (!Object.hasOwn(payload, 'at_hash')) return;
  const bits = protectedHeader.alg === 'EdDSA' ? '512' : protectedHeader.alg.slice(-3);
  const digest = createHash(`sha${bits}`).update(accessToken, 'ascii').digest();
  if (payload.at_hash !== digest.subarray(0, digest.length / 2).toString('base64url')) {
    throw new Unauthenticated('unauthenticated', 'ID token: at_hash is of another access token');
  }
}
