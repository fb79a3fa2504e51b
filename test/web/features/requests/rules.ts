import type { EligibleTargetView, RuleView } from '../../../../api/contract.ts';

/** Rules and roles as the API shows them, for the checks of the forms. */

export const rule: RuleView = {
  id: 'production',
  maxDurationMinutes: 240,
  justificationLength: 10,
  startAheadMinutes: 1440,
  ticket: null,
  breakGlass: null,
  terms: ['One approval.'],
};

export const glass = { maxDurationMinutes: 30, justificationLength: 40, reviewMinutes: 240 };

export const admin: EligibleTargetView = {
  account: '111122223333',
  accountName: 'Production',
  role: 'Admin',
  rule,
};
export const reader: EligibleTargetView = { ...admin, role: 'ReadOnly' };
export const emergency: EligibleTargetView = { ...admin, rule: { ...rule, breakGlass: glass } };

export const why = 'Restart the payment workers.';
/** epoch ms */
export const now = Date.UTC(2026, 10, 24, 9, 0);
