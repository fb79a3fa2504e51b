import type { JWTPayload } from 'jose';
import { Unauthenticated } from './identity-errors.ts';

/** How a provider names things in its tokens: the claims of an access token, and where groups are. */
export interface IdentityProfile {
  /** the same value in both tokens, for one person */
  readonly person: string;
  /** Every one that is there has to be the client id, and one has to be there. */
  readonly client: readonly string[];
  readonly groups: string;
}

/** OpenID Connect Core 1.0, section 2 (sub, azp), and RFC 9068, section 2.2 (client_id). */
export const genericProfile: IdentityProfile = {
  person: 'sub',
  client: ['client_id', 'azp'],
  groups: 'groups',
};

const nameLength = 128;
// RFC 5321, section 4.5.3.1.3: a path of 256 with its two angle brackets.
const emailLength = 254;
// OpenID Connect Core 1.0, section 2, sub: at most 255 ASCII characters. Printable, as ids are shown and logged.
const subject = /^[\x20-\x7e]{1,255}$/;
const address = /^[^\s@<>()[\]\\,;:"/?#&%]+@[^\s@<>()[\]\\,;:"/?#&%]+$/;
const claimLength = 256;
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The person whom a token is about. @throws Unauthenticated if it names nobody in a usable way */
export function subjectOf(claims: JWTPayload, profile: IdentityProfile): string {
  const value = claims[profile.person];
  if (typeof value === 'string' && subject.test(value)) return value;
  throw new Unauthenticated('unauthenticated', `${profile.person}: missing or malformed`);
}

/**
 * The groups that count: the access token's if it says anything of groups, else the ID token's, and never both
 * together, because two lists made at different times are nobody's groups. None at all is a user without groups.
 * NB. One bare string is refused like every other shape: whether it is a name or a joined list cannot be known.
 * @throws Unauthenticated groups-overage where the provider left groups out; groups-unreadable
 */
export function groupsOf(access: JWTPayload, id: JWTPayload, profile: IdentityProfile): string[] {
  const source = [access, id].find((claims) => hasGroups(claims, profile) || isOverage(claims, profile));
  if (source === undefined) return [];
  if (isOverage(source, profile))
    throw new Unauthenticated('groups-overage', 'groups: left out by the provider');
  const groups = source[profile.groups];
  if (Array.isArray(groups) && groups.every((group) => typeof group === 'string')) return groups;
  throw new Unauthenticated('groups-unreadable', 'groups: not a list of strings');
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

function hasGroups(claims: JWTPayload, profile: IdentityProfile): boolean {
  return Object.hasOwn(claims, profile.groups);
}

/**
 * OpenID Connect Core 1.0, section 5.6.2 (distributed claims); Microsoft identity platform, "Groups overage claim"
 * (`_claim_names`, and `hasgroups` where an address would not have fitted).
 */
function isOverage(claims: JWTPayload, profile: IdentityProfile): boolean {
  const names = claims._claim_names;
  const elsewhere = typeof names === 'object' && names !== null && Object.hasOwn(names, profile.groups);
  return elsewhere || (Object.hasOwn(claims, 'hasgroups') && claims.hasgroups !== false);
}

/** Name and e-mail of an ID token, for display only; '' where there is none, or none that can be shown. */
export function displayOf(id: JWTPayload): { name: string; email: string } {
  const email = clean(id.email, emailLength + 1);
  // Where the provider says that nobody checked the address, it is whatever the person typed.
  const verified = id.email_verified !== false && id.email_verified !== 'false';
  const isAddress = verified && email === id.email && email.length <= emailLength && address.test(email);
  const name = clean(id.name, nameLength) || clean(id.preferred_username, nameLength);
  return { name: name || (isAddress ? email.slice(0, nameLength) : ''), email: isAddress ? email : '' };
}

function clean(value: unknown, maxLength: number): string {
  if (typeof value !== 'string') return '';
  const shown = value.replace(unseen, ' ').replace(/\s+/g, ' ').trim();
  // The cut may leave half of a surrogate pair behind.
  return shown.slice(0, maxLength).replace(unseen, '');
}
