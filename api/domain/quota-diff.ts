import type { Policy } from './policy-document.ts';
import type { Quotas } from './quota.ts';

/** A quota that is another one than before, for everybody. */
export interface QuotaDifference {
  readonly quota: keyof Quotas;
  readonly before: number;
  readonly after: number;
}

/** The quotas that change, in the order of the policy's. */
export function diffQuotas({ quotas: before }: Policy, { quotas: after }: Policy): QuotaDifference[] {
  const names = Object.keys(before) as (keyof Quotas)[];
  return names
    .map((quota) => ({ quota, before: before[quota], after: after[quota] }))
    .filter((one) => one.before !== one.after);
}
