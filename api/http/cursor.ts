import { z } from 'zod';
import type { Place } from '../actions/collect.ts';
import { instant, requestId } from '../contract.ts';
import type { Instant } from '../domain/instant.ts';

/**
 * A cursor is opaque to the client and trusted no further than its shape: it names a place in a list, and the list
 * itself (whose, which month, which filter) always comes from the caller and the query. A made-up cursor can only
 * begin the caller's own list elsewhere.
 */
const place = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .nullable(),
  after: z.strictObject({ at: instant, requestId, sessionId: requestId.nullable() }).nullable(),
});

export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

export function encodeCursor(next: Place | null): string | null {
  return next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url');
}

/** @throws InvalidCursor */
export function decodeCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  try {
    const parsed = place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return {
      month: parsed.month,
      after: parsed.after && { ...parsed.after, at: parsed.after.at as Instant },
    };
  } catch (cause) {
    throw new InvalidCursor('the cursor is not one of this API', { cause });
  }
}

/** For lists that are numbered: a cursor is the last number. @throws InvalidCursor */
export function decodeNumber(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d{1,6}$/.test(text)) throw new InvalidCursor('the cursor is not one of this API');
  return Number(text);
}

export function encodeNumber(number: number): string {
  return Buffer.from(String(number)).toString('base64url');
}
