export type DenialCode =
  | 'insufficient-user-authentication'
  | 'not-found'
  | 'not-eligible'
  | 'duration-too-long'
  | 'justification-too-short'
  | 'ticket-needed'
  | 'ticket-malformed'
  | 'start-out-of-range'
  | 'team-unknown'
  | 'break-glass-not-allowed'
  | 'break-glass-unreviewed'
  | 'extension-not-possible'
  | 'rule-changed'
  | 'already-open'
  | 'idempotency-key-reused'
  | 'not-reviewer'
  | 'own-request'
  | 'own-invitation'
  | 'same-team'
  | 'already-reviewed'
  | 'not-requester'
  | 'not-invited'
  | 'version-changed'
  | 'wrong-status'
  | 'from-backup'
  | 'conflict'
  | 'session-discarded'
  | 'too-many-sessions'
  | 'too-many-requests'
  | 'too-many-invitations'
  | 'too-many-preflights'
  | 'account-unknown';

export type Evidence = Readonly<Record<string, string | number | boolean | null | string[]>>;

/** A refusal as a value: a stable code, a sentence that says what to do, and what it was based on. */
export interface Denial {
  readonly code: DenialCode;
  readonly sentence: string;
  readonly evidence: Evidence;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly denial: Denial };

export function allow<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function deny(
  code: DenialCode,
  sentence: string,
  evidence: Evidence = {},
): { readonly ok: false; readonly denial: Denial } {
  return { ok: false, denial: { code, sentence, evidence } };
}

/**
 * Absent, or another person's: one answer for both, so that nobody learns whether an id exists (invariant 8).
 */
export function notFound() {
  return deny(
    'not-found',
    'There is no such request, or it is not yours to see. Check the link, or ask whoever sent it.',
  );
}
