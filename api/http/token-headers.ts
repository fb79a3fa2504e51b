import { tokenHeaders } from '../routes.ts';
import { headerValues } from './header-values.ts';
import { Unauthenticated } from './identity-errors.ts';

export interface Tokens {
  readonly access: string;
  readonly id: string;
}

/** What API Gateway lets through of all headers together, in bytes (API Gateway quotas, "REST API"). */
const maxLength = 10_240;

// JWS Compact Serialization (RFC 7515, section 7.1): three parts, so never an encrypted or an unsigned-short form.
const jws = /^[\w-]+\.[\w-]+\.[\w-]+$/;
// RFC 6750, section 2.1, with RFC 9110, section 11.1: the scheme in any case, then one space.
const bearer = /^bearer (.+)$/i;

/**
 * The two tokens of a request. NB. A header that is there twice, under any casing, is refused rather than chosen from:
 * what stands before the API may have looked at the other one.
 * @param headers `multiValueHeaders` of an API Gateway event, names in any letter case
 * @throws Unauthenticated where there is not exactly one of each, or one is not exactly a token
 */
export function readTokens(headers: Readonly<Record<string, readonly string[] | undefined>>): Tokens {
  const access = bearer.exec(only(headers, tokenHeaders.access))?.[1] ?? '';
  const id = only(headers, tokenHeaders.id);
  if (!jws.test(access)) throw new Unauthenticated('unauthenticated', 'access token: not a bearer token');
  if (!jws.test(id)) throw new Unauthenticated('unauthenticated', 'ID token: not a token');
  if (access === id) throw new Unauthenticated('unauthenticated', 'one token in both headers');
  return { access, id };
}

function only(headers: Readonly<Record<string, readonly string[] | undefined>>, name: string): string {
  const values = headerValues(headers, name);
  const [value] = values;
  if (value === undefined) throw new Unauthenticated('unauthenticated', `${name}: missing`);
  if (values.length > 1) throw new Unauthenticated('unauthenticated', `${name}: more than one`);
  if (value.length > maxLength) throw new Unauthenticated('token-too-large', `${name}: too long`);
  return value;
}
