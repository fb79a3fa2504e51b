import type { JWTPayload } from 'jose';
import { Unauthenticated } from './identity-errors.ts';
import type { GroupClaim, IdentityProfile, TokenKind } from './identity-profiles.ts';

const nameLength = 128;
// RFC 5321, section 4.5.3.1.3: a path of 256 with its two angle brackets.
const emailLength = 254;
// OpenID Connect Core 1.0, section 2, sub: at most 255 ASCII characters. Printable, as ids are shown and logged.
const subject = /^[\x20-\x7e]{1,255}$/;
const address = /^[^\s@<>()[\]\\,;:"/?#&%]+@[^\s@<>()[\]\\,;:"/?#&%]+$/;
const claimLength = 256;
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The person whom a token is about. @throws Unauthenticated if it names nobody in a usable way */
export function subjectOf(claims: JWTPayload, kind: TokenKind, { person }: IdentityProfile): string {
  const value = claims[person[kind]];
  if (typeof value === 'string' && subject.test(value)) return value;
  throw new Unauthenticated('unauthenticated', `${person[kind]}: missing or malformed`);
}

/**
 * The groups that count: of the first token that says anything of groups, and never of both together, because two
 * lists made at different times are nobody's groups. None at all is a user without groups.
 * NB. One bare string is refused like every other shape: whether it is a name or a joined list cannot be known.
 * @throws Unauthenticated groups-overage where the provider left groups out; groups-unreadable
 */
export function groupsOf(access: JWTPayload, id: JWTPayload, { groups }: IdentityProfile): string[] {
  const source = groups.from
    .map((kind) => ({ access, id })[kind])
    .find(
      (claims) =>
        isOverage(claims, groups) || groups.claims.some(({ claim }) => Object.hasOwn(claims, claim)),
    );
  if (source === undefined) return [];
  if (isOverage(source, groups)) throw overage();
  return groups.claims
    .filter(({ claim }) => Object.hasOwn(source, claim))
    .flatMap((one) => {
      const read = groupsIn(source[one.claim], one);
      if (read.length >= groups.cutAt) throw overage();
      return read;
    });
}

function groupsIn(value: unknown, { claim, group }: GroupClaim): string[] {
  if (!Array.isArray(value)) throw unreadable(`${claim}: not a list`);
  return value.map((one: unknown) => {
    const name = typeof one === 'string' ? group(one) : undefined;
    if (name === undefined) throw unreadable(`${claim}: not as this provider's groups are written`);
    return name;
  });
}

function overage(): Unauthenticated {
  return new Unauthenticated('groups-overage', 'groups: left out by the provider');
}

function unreadable(reason: string): Unauthenticated {
  return new Unauthenticated('groups-unreadable', reason);
}

/**
 * The claims that the policy asks for, each as a list of texts: of the access token if it says anything of that claim,
 * else of the ID token. A claim that neither has is left out: it is not known, which is not the same as empty.
 * @throws Unauthenticated claims-unreadable where a value is no text: what it would have meant cannot be known
 */
export function claimsOf(
  access: JWTPayload,
  id: JWTPayload,
  names: readonly string[],
): Record<string, string[]> {
  const found = names.flatMap((name): [string, string[]][] => {
    const source = [access, id].find((claims) => Object.hasOwn(claims, name));
    return source === undefined ? [] : [[name, [source[name]].flat().map((value) => claimText(name, value))]];
  });
  return Object.fromEntries(found);
}

function claimText(name: string, value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.length <= claimLength) return value;
  throw new Unauthenticated('claims-unreadable', `${name}: not a text or a list of texts`);
}

/**
 * OpenID Connect Core 1.0, section 5.6.2 (distributed claims); Microsoft identity platform, "Groups overage claim"
 * (`_claim_names`, and `hasgroups` where an address would not have fitted).
 */
function isOverage(claims: JWTPayload, groups: IdentityProfile['groups']): boolean {
  const names = claims._claim_names;
  const elsewhere =
    typeof names === 'object' &&
    names !== null &&
    groups.claims.some(({ claim }) => Object.hasOwn(names, claim));
  return elsewhere || (Object.hasOwn(claims, 'hasgroups') && claims.hasgroups !== false);
}

/**
 * Name and e-mail of an ID token, for display; '' where there is none, or none that can be shown. NB. Nobody is
 * recognised by the e-mail, but it keeps two accounts of one person apart as reviewers, and it is where an invitation
 * goes. So one that nobody checked, which is whatever the person typed, is none.
 */
export function displayOf(
  id: JWTPayload,
  { emailVerified }: IdentityProfile,
): { name: string; email: string } {
  const email = clean(id.email, emailLength + 1);
  const isAddress =
    isVerified(id, emailVerified) && email === id.email && email.length <= emailLength && address.test(email);
  const name = clean(id.name, nameLength) || clean(id.preferred_username, nameLength);
  return { name: name || (isAddress ? email.slice(0, nameLength) : ''), email: isAddress ? email : '' };
}

/** NB. Some providers write truth values as texts (Cognito, of attributes that it was given) or as numbers (Entra ID). */
function isVerified(id: JWTPayload, { claim, unsaid }: IdentityProfile['emailVerified']): boolean {
  return Object.hasOwn(id, claim) ? [true, 'true', 1, '1'].some((yes) => yes === id[claim]) : unsaid;
}

function clean(value: unknown, maxLength: number): string {
  if (typeof value !== 'string') return '';
  const shown = value.replace(unseen, ' ').replace(/\s+/g, ' ').trim();
  // The cut may leave half of a surrogate pair behind.
  return shown.slice(0, maxLength).replace(unseen, '');
}
