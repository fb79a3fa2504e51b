import type { Target } from '../domain/eligibility.ts';

/** How AWS refuses a session. `ports.ts` says who throws it. */

/** AWS is asked too often, by whomever: later it will answer. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
}

/** AWS does not take the broker's own credentials: if that goes on, its operators have to act. */
export class BrokerRefused extends Error {
  override readonly name = 'BrokerRefused';
}

export type RefusalReason =
  | 'access-denied'
  | 'region-disabled'
  | 'policy-too-large'
  | 'malformed-policy'
  | 'invalid-input';

/** AWS said no to AssumeRole: trying again does not help, an operator has to change the role or the broker. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
  readonly target: Target;
  readonly reason: RefusalReason;
  /** whom to ask, as the policy file says; null where it says nothing */
  readonly contact: string | null;
  constructor(target: Target, reason: RefusalReason, options: ErrorOptions & { contact?: string | null }) {
    super(`AWS refused ${target.role} in ${target.account}: ${reason}`, options);
    this.target = target;
    this.reason = reason;
    this.contact = options.contact ?? null;
  }
}
