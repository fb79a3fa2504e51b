import type { AccessRequest, VoidRequest } from './access-request.ts';
import { type Denial, deny } from './denial.ts';
import { type Instant, plusMinutes } from './instant.ts';

/**
 * What a table that was restored from a backup may not be believed. It knows nothing of what was done after the backup:
 * who was rejected or revoked, whom a reviewer stopped, which sessions are denied.
 */

/** Minutes in which what was lost by a restore could still have mattered. */
const lostFor = {
  /** The longest window (`limits.duration`). NB. Weak: a window that was ended before it began may be weeks ahead. */
  bars: 12 * 60,
  /** The longest session, twice. */
  denies: 2 * 60,
} as const;

/** The request, as it is to be seen in a table that it was not written in. What was closed before the backup stays so. */
export function restored(request: AccessRequest): AccessRequest {
  switch (request.status) {
    case 'invited':
    case 'pending':
      return { ...request, status: 'void', voidedAt: null, was: request.status };
    case 'approved':
      return { ...request, status: 'void', voidedAt: null, was: request.status };
    default:
      return request;
  }
}

/** Whether somebody may have been stopped by a reviewer, and the table has lost it. @param at of the restore, if any */
export function barsAreLost(at: Instant | null, now: Instant): boolean {
  return at !== null && now < plusMinutes(at, lostFor.bars);
}

/** Whether a boundary may deny sessions of whose revocation the table has lost the record. */
export function deniesAreLost(at: Instant | null, now: Instant): boolean {
  return at !== null && now < plusMinutes(at, lostFor.denies);
}

/** Whatever somebody wants to do with it. */
export function fromBackup({ was }: VoidRequest): { readonly ok: false; readonly denial: Denial } {
  return deny(
    'from-backup',
    'This request comes from a backup, and what became of it afterwards is not known. Ask again.',
    { was },
  );
}

/** What the trail says of it. */
export function voidedNote({ was }: VoidRequest): string {
  return `It comes from a backup, in which it was ${was}. What became of it afterwards is not known, so it counts no more.`;
}
