import type { JWTPayload } from 'jose';
import { type Instant, instantOf } from '../domain/instant.ts';
import type { Authentication } from '../domain/user.ts';

// What stands in a policy, in a challenge and in a token is compared whole, so it is printable and of some sane length.
const word = /^[\x21-\x7e]{1,256}$/;
const mostMethods = 32;

/**
 * When and how the person signed in at the provider, by the ID token (OpenID Connect Core 1.0, section 2: auth_time, acr,
 * amr). NB. Never by the access token: RFC 9068 lets it carry the same claims, but of another moment. What is malformed
 * is not known, and what is not known is never enough where something is demanded (`domain/step-up.ts`); so it locks
 * nobody out of the rest.
 * @param latest epoch milliseconds: whoever signed in later than that has not signed in yet
 */
export function authenticationOf(id: JWTPayload, latest: number): Authentication {
  return { at: instantIn(id.auth_time, latest), acr: isWord(id.acr) ? id.acr : null, amr: wordsIn(id.amr) };
}

function instantIn(seconds: unknown, latest: number): Instant | null {
  // NB. JSON can say 1e999, which is Infinity here, and a text that looks like a number is none.
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds * 1000 <= latest)) return null;
  return instantOf(Math.floor(seconds) * 1000);
}

/** All or nothing: of a list that is not what it should be, no part is believed. */
function wordsIn(value: unknown): string[] {
  return Array.isArray(value) && value.length <= mostMethods && value.every(isWord) ? value : [];
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && word.test(value);
}
