import type { AccessRequest } from './access-request.ts';
import { fromBackup } from './backup.ts';
import { deny } from './denial.ts';
import type { Instant } from './instant.ts';

/** A request's status at a moment. `scheduled` and `active` are `approved` seen at that moment and are never stored. */
export type Status =
  | 'invited'
  | 'pending'
  | 'scheduled'
  | 'active'
  | 'rejected'
  | 'cancelled'
  | 'expired'
  | 'ended'
  | 'revoked'
  | 'void';

/**
 * The status at `now`. Time decides, not a job: nothing has to run for a request to be expired or ended, and there is
 * no grace (invariant 9).
 */
export function statusAt(request: AccessRequest, now: Instant): Status {
  if (request.status === 'pending' || request.status === 'invited') {
    return now < request.reviewBy ? request.status : 'expired';
  }
  if (request.status !== 'approved') return request.status;
  if (now >= request.window.until) return 'ended';
  return now < request.window.from ? 'scheduled' : 'active';
}

export function wrongStatus(request: AccessRequest, now: Instant, needed: Status[]) {
  const status = statusAt(request, now);
  if (request.status === 'void') return fromBackup(request);
  return deny(
    'wrong-status',
    `The request is ${status} now, so this can no longer be done. Reload it to see what happened.`,
    { status, needed },
  );
}
