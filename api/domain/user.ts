import type { Instant } from './instant.ts';

/** A signed-in person. Built in one place only, `http/identity.ts`, from verified tokens. */
export interface User extends Person {
  /** every group of the tokens, as the provider spelled it */
  readonly groups: readonly string[];
  /** the claims that the policy asks for, each with its values; a claim that the tokens lack is not there */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  readonly authentication: Authentication;
}

/** How the person last proved to the provider who they are, as far as the ID token says (OpenID Connect Core 1.0, section 2). */
export interface Authentication {
  /** `auth_time`; null where it is not known. NB. Not when the tokens were made: renewing them leaves it as it was. */
  readonly at: Instant | null;
  /** the level that was reached, in the provider's own words; null where it is not known */
  readonly acr: string | null;
  /** the methods that were used (RFC 8176 has names for them); none where they are not known */
  readonly amr: readonly string[];
}

/** A person as kept on requests and entries. */
export interface Person {
  /**
   * issuer + '#' + subject. An issuer has no fragment (RFC 8414, section 2), so the first '#' splits it and
   * two providers can never produce the same id.
   */
  readonly id: string;
  /** NB. Name and e-mail are for display; nobody is recognised by them. */
  readonly name: string;
  readonly email: string;
}

/** The user's stable id. @param issuer `iss` @param subject `sub`, both from a verified token */
export function userId(issuer: string, subject: string): string {
  return `${issuer}#${subject}`;
}

/** Only what is kept: groups belong to the moment of a decision, not to the record. */
export function personOf(user: Person): Person {
  return { id: user.id, name: user.name, email: user.email };
}

/**
 * Whether two persons are, or may be, one human being: the same id, or the same e-mail whatever its case.
 * Used where the answer "the same" is the safe one: nobody decides on their own request (invariant 3). Two without an
 * e-mail may be one as well; identification refuses tokens without one.
 */
export function maybeSamePerson(a: Person, b: Person): boolean {
  return a.id === b.id || plainEmail(a) === plainEmail(b);
}

/** One spelling for what the eye takes for one address. */
function plainEmail({ email }: Person): string {
  return email.normalize('NFKC').trim().toLowerCase();
}
