/**
 * The one table of routes. API Gateway (CDK), the local gateway, the handlers and the browser's client are made from
 * it. Paths are below `/api`; `{id}` is a request id.
 * `lambda` is the permission set that serves it; `caller` is checked before anything else runs:
 *   user      anyone who is signed in
 *   reviewer  a member of any group of reviewers that the policy names
 *   auditor   a member of the auditors' group
 *   operator  a member of the operators' group
 */
export const apiBase = '/api';

export type LambdaName = 'requests' | 'reviews' | 'sessions' | 'audit';
export type Caller = 'user' | 'reviewer' | 'auditor' | 'operator';
export interface Route {
  method: 'GET' | 'POST';
  path: `/${string}`;
  lambda: LambdaName;
  caller: Caller;
}

export const routes = {
  getMe: { method: 'GET', path: '/me', lambda: 'requests', caller: 'user' },
  listTargets: { method: 'GET', path: '/targets', lambda: 'requests', caller: 'user' },
  explainTarget: { method: 'GET', path: '/targets/explain', lambda: 'requests', caller: 'user' },
  createRequest: { method: 'POST', path: '/requests', lambda: 'requests', caller: 'user' },
  listRequests: { method: 'GET', path: '/requests', lambda: 'requests', caller: 'user' },
  getRequest: { method: 'GET', path: '/requests/{id}', lambda: 'requests', caller: 'user' },
  acceptInvitation: { method: 'POST', path: '/requests/{id}/accept', lambda: 'requests', caller: 'user' },
  cancelRequest: { method: 'POST', path: '/requests/{id}/cancel', lambda: 'requests', caller: 'user' },
  revokeRequest: { method: 'POST', path: '/requests/{id}/revoke', lambda: 'requests', caller: 'user' },
  reviewRequest: { method: 'POST', path: '/requests/{id}/reviews', lambda: 'reviews', caller: 'reviewer' },
  invite: { method: 'POST', path: '/invitations', lambda: 'reviews', caller: 'reviewer' },
  listReviews: { method: 'GET', path: '/reviews', lambda: 'reviews', caller: 'reviewer' },
  issueSession: { method: 'POST', path: '/requests/{id}/sessions', lambda: 'sessions', caller: 'user' },
  listAuditRequests: { method: 'GET', path: '/audit/requests', lambda: 'audit', caller: 'auditor' },
  listAuditSessions: { method: 'GET', path: '/audit/sessions', lambda: 'audit', caller: 'auditor' },
  listEntries: { method: 'GET', path: '/audit/requests/{id}/entries', lambda: 'audit', caller: 'auditor' },
  listRoles: { method: 'GET', path: '/preflights/targets', lambda: 'requests', caller: 'operator' },
  runPreflight: { method: 'POST', path: '/preflights', lambda: 'sessions', caller: 'operator' },
  exportAudit: { method: 'GET', path: '/audit/export', lambda: 'audit', caller: 'auditor' },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

/** The two headers that carry the tokens; both are the authorizer's identity sources. */
export const tokenHeaders = { access: 'Authorization', id: 'X-Id-Token' } as const;

/** Where CloudFront's function writes who calls; it takes names in lower case only. */
export const viewerAddressHeader = 'x-viewer-address';

/**
 * What every answer of the API is sent with, whoever makes it: a Lambda, or API Gateway. Never cached: what somebody may
 * do, and credentials all the more, are true for one moment and one person. Never rendered, framed or sniffed: an answer
 * holds words of people, and an export may be opened as if it were a page.
 */
export const answerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * What API Gateway itself answers, by its response types (API Gateway Developer Guide, "Gateway response types").
 * `$authorizer` takes code and sentence from the authorizer's context.
 */
export const gatewayResponses = {
  UNAUTHORIZED: {
    status: 401,
    code: 'unauthenticated',
    detail: 'Sign in again: the request carried no usable tokens.',
  },
  ACCESS_DENIED: { status: 401, code: '$authorizer', detail: '$authorizer' },
  AUTHORIZER_FAILURE: {
    status: 503,
    code: 'unavailable',
    detail: 'Who you are could not be checked just now. Try again in a moment.',
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 503,
    code: 'unavailable',
    detail: 'Who you are could not be checked just now. Try again in a moment.',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 404,
    code: 'no-such-route',
    detail: 'There is nothing at this address.',
  },
  REQUEST_TOO_LARGE: { status: 413, code: 'too-large', detail: 'The request is too large.' },
  WAF_FILTERED: {
    status: 403,
    code: 'filtered',
    detail:
      'The request looks like an attack, or there were too many from your address. Wait a few minutes and try again.',
  },
  THROTTLED: {
    status: 429,
    code: 'throttled',
    detail: 'Too many requests at once. Wait a few seconds and try again.',
  },
  INTEGRATION_TIMEOUT: {
    status: 503,
    code: 'unavailable',
    detail: 'That took too long and was stopped. Try again in a moment.',
  },
  INTEGRATION_FAILURE: {
    status: 503,
    code: 'unavailable',
    detail: 'Something that Stepladder needs did not answer. Try again in a moment.',
  },
  DEFAULT_4XX: { status: 400, code: 'bad-request', detail: 'The request could not be understood.' },
  DEFAULT_5XX: {
    status: 503,
    code: 'unavailable',
    detail: 'Something that Stepladder needs did not answer. Try again in a moment.',
  },
} as const;
