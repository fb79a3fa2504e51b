import { createHash, randomBytes } from 'node:crypto';
import type { World } from '../actions/ports.ts';
import { instantOf } from '../domain/instant.ts';

/** Crockford's base 32: no letter that is mistaken for a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 26;

/** The server's own clock and randomness: the only place where either is read. */
export const world: World = {
  now: () => instantOf(Date.now()),
  // 256 is a multiple of 32, so every letter is as likely as any other.
  newId: () => [...randomBytes(idLength)].map((byte) => alphabet[byte % alphabet.length]).join(''),
  digest: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
};
