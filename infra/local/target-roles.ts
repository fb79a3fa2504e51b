import { sameTarget, type Target } from '../../api/domain/eligibility.ts';

/** A target role that exists locally, and how it is set up. */
export interface LocalRole extends Target {
  /** what its trust policy forgot to demand */
  readonly forgets?: readonly ('external-id' | 'source-identity' | 'session-tags')[];
  /** false: its permissions do not let it read itself */
  readonly readsItself?: boolean;
  /** false: nobody attached the permissions boundary to it */
  readonly bounded?: boolean;
  /** seconds; without it, AWS's default */
  readonly maxSession?: number;
}

const account = '555566667777';
/** Roles that somebody made by hand and in a hurry, so that `npm run doctor` has something to find. */
const careless: readonly LocalRole[] = [
  { account, role: 'LegacyAdministrator', forgets: ['external-id'], bounded: false, maxSession: 12 * 3600 },
  { account, role: 'LegacyReadOnly', forgets: ['source-identity', 'session-tags'], readsItself: false },
];
/** Named by the policy, but nobody made it, or it was deleted since. */
const missing: readonly Target[] = [{ account, role: 'Retired' }];

/** How the role is set up, as its template has it or by hand; undefined: it does not exist. */
export function asSetUp(target: Target): LocalRole | undefined {
  if (missing.some((one) => sameTarget(one, target))) return undefined;
  return careless.find((one) => sameTarget(one, target)) ?? target;
}
