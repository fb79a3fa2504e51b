/** How groups come from a SAML assertion, and how they are kept at a user of the pool until tokens are made. */

/** What a sign-in cannot go on with: Cognito hands the sentence to the pages. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

/** An attribute of a user pool takes this many characters (Amazon Cognito Developer Guide, "Quotas"). */
const mostCharacters = 2048;

/**
 * The values of an attribute as Cognito writes them: one as it is; several as `[a,b]`, each form-encoded but for
 * letters, digits and `.-*_` (Amazon Cognito Developer Guide, "Mapping IdP attributes to profiles and tokens"). NB. One
 * value may hold commas and brackets of its own; so what only looks like a list, and is not encoded like one, is refused:
 * whoever may name a group could otherwise name several. A name that is a well encoded list cannot be told from one.
 * @throws SignInRefused
 */
export function valuesOf(written: string | undefined): string[] {
  if (written === undefined || written === '' || written === '[]') return [];
  if (!(written.startsWith('[') && written.endsWith(']'))) return [written];
  return written.slice(1, -1).split(/, ?/).map(decoded);
}

function decoded(part: string): string {
  try {
    const value = decodeURIComponent(part.replaceAll('+', ' '));
    if (value !== '' && encoded(value) === part) return value;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new SignInRefused('The groups of the assertion are not written as Amazon Cognito writes a list.');
}

/** As `application/x-www-form-urlencoded` has it, which is how Java writes it. */
function encoded(value: string): string {
  return encodeURIComponent(value)
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** @param seconds since 1970 @throws SignInRefused where they do not fit */
export function keptForm(groups: readonly string[], seconds: number): string {
  const text = JSON.stringify({ at: seconds, groups });
  if (text.length <= mostCharacters) return text;
  throw new SignInRefused(
    `The assertion names ${groups.length} groups, more than fit: let the provider send only those that begin with aws-temp# and those that rules name.`,
  );
}

/** The groups that were kept, and since when; null where that is nothing that we wrote. */
export function readKept(text: string | undefined): { at: number; groups: string[] } | null {
  if (text === undefined) return null;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null || !('at' in kept) || !('groups' in kept)) return null;
    const { at, groups } = kept;
    if (!Number.isSafeInteger(at) || !Array.isArray(groups)) return null;
    const named = groups.filter((group): group is string => typeof group === 'string');
    return named.length === groups.length ? { at: Number(at), groups: named } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
