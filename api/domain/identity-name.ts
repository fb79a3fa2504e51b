import type { Digest } from './session.ts';
import type { Person } from './user.ts';

/**
 * A readable name that is one person's alone: e-mail (or name) in the allowed characters, cut, and a piece of the
 * digest of the user id. NB. Always the digest too: an e-mail can be handed on to somebody else, an id can not. The
 * comma is left out because session tags, unlike names, do not take it.
 */
export function identityName(person: Person, maxLength: number, digest: Digest): string {
  const suffix = personMark(person, digest);
  const readable = (person.email || person.name).replace(/[^A-Za-z0-9_+=.@-]+/g, '-');
  return `${readable.slice(0, maxLength - suffix.length)}${suffix}`;
}

/** How every identity name of that person ends, and of nobody else: also after their e-mail has changed. */
export function personMark({ id }: Person, digest: Digest): string {
  return `-${digest(id).slice(0, 10)}`;
}
