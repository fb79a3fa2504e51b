/**
 * The numbers that the server enforces and the forms announce. Lengths in UTF-16 code units.
 * NB. A file of its own because the browser needs the numbers but not zod, which contract.ts brings along.
 */
export const limits = {
  justification: { min: 10, max: 1000 },
  comment: { max: 1000 },
  search: { max: 100 },
  /** minutes */
  duration: { min: 15, max: 720 },
  /** how long a request may wait for its reviews, at the longest */
  pending: { maxMinutes: 7 * 24 * 60 },
  /** how far ahead a start may be asked for, at the longest */
  startAhead: { maxMinutes: 14 * 24 * 60 },
  /** how long ago a sign-in may have been where the policy asks, at the longest */
  signInAge: { maxMinutes: 7 * 24 * 60 },
  ticket: { max: 64 },
  /** how many targets one form may ask for */
  targets: { max: 10 },
  pageSize: 25,
  exportPageSize: 200,
} as const;
