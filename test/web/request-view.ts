import type { RequestView } from '../../api/contract.ts';

/** A request as the API shows it, pending, with what is given in place of the rest. */
export function requestView(given: Partial<RequestView> = {}): RequestView {
  return {
    id: 'a-request',
    version: 1,
    status: 'pending',
    target: { account: '111122223333', accountName: 'Production', role: 'Admin' },
    requester: { id: 'issuer#erin', name: 'Erin', email: 'erin@example.com' },
    justification: 'Restart the payment workers.',
    ticket: null,
    durationMinutes: 60,
    start: null,
    breakGlass: false,
    extensionOf: null,
    together: [],
    invitation: null,
    createdAt: '2026-11-24T09:00:00.000Z',
    reviewBy: '2026-11-25T09:00:00.000Z',
    window: null,
    approval: null,
    reviews: [],
    approvalsNeeded: 1,
    reviewerGroups: ['aws-temp#Reviewer'],
    rule: { id: 'production', terms: ['One approval.'], because: ['"production" applies: it does.'] },
    closure: null,
    enforcement: null,
    sessions: { issued: 0, credentialsEndAt: null, endable: false },
    allowedActions: [],
    ...given,
  };
}
