import type { RouteName } from '../../api/routes.ts';

/**
 * How Stepladder is taken to be used, where that is not measured. All of it is on the safe side: a month costs less
 * where people look less often.
 */

/** How often the app asks again while a page is visible: `refreshMs` of `web/lib/query-client.ts`. */
const pollsPerMinute = 60 / 15;

/** One request for access, with everybody who has to do with it. */
export const perRequest = {
  /** Times that somebody opens the app: who asks does it twice, and each of three reviewers once. */
  visits: 5,
  /** minutes for which somebody has a page of it open and visible */
  minutes: 20,
  /** entries of the audit trail, each an event of the bus: created, approved, three sessions begun and issued, ended */
  events: 9,
  /** messages to the reviewers: created, handled; to the requester: approved, ending soon */
  published: 2,
  mailed: 2,
  /** who is mailed by the topic */
  reviewers: 5,
} as const;

const polled = perRequest.visits + perRequest.minutes * pollsPerMinute;

/** Calls of each route for one request. Every page asks who is signed in, and for what it shows. */
export const callsPerRequest: Readonly<Record<RouteName, number>> = {
  getMe: polled,
  listTargets: 3,
  explainTarget: 2,
  createRequest: 1,
  listRequests: polled / 4,
  getRequest: polled / 2,
  listReviews: polled / 4,
  reviewRequest: 1,
  issueSession: 3,
  revokeRequest: 0.25,
  cancelRequest: 0.05,
  invite: 0.05,
  acceptInvitation: 0.05,
  listAuditRequests: 0.1,
  listAuditSessions: 0.1,
  listEntries: 0.1,
  // Both exports of the month, with some fifty lines a page.
  exportAudit: 2 / 50,
  listRoles: 0,
  runPreflight: 0,
};

/** And each month, whatever is asked for: auditors look, operators check every role. */
export const callsPerMonth: Readonly<Partial<Record<RouteName, number>>> = {
  listAuditRequests: 100,
  listAuditSessions: 50,
  listEntries: 50,
  exportAudit: 8,
  listRoles: 20,
  runPreflight: 200,
};

/** How a Lambda on AWS compares with the machine that measured: a part of a processor, and a network in between. */
export const slower = 4;

/** GB, as `infra/constructs/functions.ts` has it: of those that people wait for, and of the others. */
export const memory = { answering: 1, unattended: 0.5 } as const;

/** Each visit finds two Lambdas that have to be started: the authorizer, and the one that answers. */
export const coldPerVisit = 2;

export const bytes = {
  /** sent for one visit: the app, as if no browser ever kept it */
  visit: 700_000,
  /** the answer to one call of the API */
  answer: 4_000,
  /** one line of the API's access log */
  accessLog: 800,
  /** what the Lambda service and the Lambda log of one invocation */
  invocationLog: 1_200,
} as const;

/** Files of one visit. */
export const filesPerVisit = 12;

/** Services and roles that use the key at any time: each asks KMS once in five minutes, and keeps what it was told. */
export const keyUsers = 15;

/** At most so many are in the stack; a test counts them. */
export const parts = {
  webAclRules: 6,
  /** Two yearly rotations are paid for, too. */
  keys: 3,
  secrets: 1,
  alarms: 30,
  dashboards: 1,
  metrics: 10,
} as const;

/** The private network: endpoints (each in two zones), and the load balancer before the pages. */
export const privateNetwork = { endpoints: 6, zones: 2, balancers: 1 } as const;

/** Months after which the table's size is looked at. */
export const months = 12;
