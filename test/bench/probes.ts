import type { CreatedView, PageView, RequestView } from '../../api/contract.ts';
import type { RouteName } from '../../api/routes.ts';
import { targetOf } from './history.ts';

/** What is asked of each route. TypeScript demands an entry for every route of `api/routes.ts`. */

export type Part = 'engineer' | 'reviewer' | 'auditor' | 'operator';

export interface Ask {
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One table with the whole product before it. */
export interface Site {
  /** @throws Error where the answer is not 2xx */
  readonly call: <T>(by: Part, route: RouteName, ask: Ask) => Promise<T>;
  /** closed requests of the engineer who asks, the oldest first */
  readonly own: readonly string[];
  /** an active request of that engineer, for sessions */
  readonly active: string;
}

export interface Probe {
  /** what tells it from the other probes of its route */
  readonly what: string;
  readonly by: Part;
  /** Prepares one round; this is not measured. */
  readonly ask: (site: Site, round: number) => Ask | Promise<Ask>;
  /** Leaves the site as it was; not measured either. */
  readonly tidy?: (site: Site, answered: unknown) => Promise<void>;
}

const nothing = {};
const justification = 'Measure how long this takes, and what it costs.';

/** New requests of the engineer for roles that the history leaves free. `Network` is for sessions. */
export function newRequests(...roles: ('Deploy' | 'Support' | 'Network')[]): Ask {
  const targets = roles.map((role) => targetOf(0, role));
  return { body: { targets, durationMinutes: 240, justification } };
}

/** The only request of an answer to `newRequests`. */
export function onlyOne({ requests: [request, ...others] }: CreatedView): RequestView {
  if (request === undefined || others.length > 0) throw new Error('one target makes one request');
  return request;
}

async function created(site: Site): Promise<RequestView> {
  return onlyOne(await site.call<CreatedView>('engineer', 'createRequest', newRequests('Deploy')));
}

const invitation: Ask = {
  body: {
    email: 'engineer-0@example.com',
    ...targetOf(0, 'Deploy'),
    durationMinutes: 240,
    justification,
  },
};

export function reviewOf({ id, version }: RequestView): Ask {
  return { id, body: { decision: 'approve', comment: '', version } };
}

async function approved(site: Site): Promise<RequestView> {
  return site.call<RequestView>('reviewer', 'reviewRequest', reviewOf(await created(site)));
}

const cancel = (by: Part) => async (site: Site, answered: unknown) => {
  await site.call(by, 'cancelRequest', { id: (answered as RequestView).id, body: {} });
};
const cancelAll = async (site: Site, answered: unknown) => {
  for (const request of (answered as CreatedView).requests) await cancel('engineer')(site, request);
};
const revoke = async (site: Site, answered: unknown) => {
  await site.call('reviewer', 'revokeRequest', { id: (answered as RequestView).id, body: { comment: '' } });
};

/** Another request each round, old and new in turn. */
function ownIn({ own }: Site, round: number): string {
  return own[(round * 7) % own.length] as string;
}

/** The page behind the first one, where there is one. */
const secondPage = (by: Part, route: RouteName, query: Record<string, string>) => async (site: Site) => {
  const { cursor } = await site.call<PageView<unknown>>(by, route, { query });
  return { query: { ...query, ...(cursor !== null && { cursor }) } };
};

export const probes: Readonly<Record<RouteName, readonly [Probe, ...Probe[]]>> = {
  getMe: [{ what: '', by: 'engineer', ask: () => nothing }],
  listTargets: [
    { what: 'all', by: 'engineer', ask: () => nothing },
    { what: 'search', by: 'engineer', ask: () => ({ query: { search: 'network' } }) },
  ],
  explainTarget: [{ what: '', by: 'engineer', ask: () => ({ query: { ...targetOf(0, 'Deploy') } }) }],
  createRequest: [
    { what: 'one role', by: 'engineer', ask: () => newRequests('Deploy'), tidy: cancelAll },
    { what: 'two roles', by: 'engineer', ask: () => newRequests('Deploy', 'Support'), tidy: cancelAll },
  ],
  listRequests: [
    { what: 'first page', by: 'engineer', ask: () => nothing },
    { what: 'second page', by: 'engineer', ask: secondPage('engineer', 'listRequests', {}) },
    { what: 'by status', by: 'engineer', ask: () => ({ query: { status: 'rejected' } }) },
    { what: 'search, found nowhere', by: 'engineer', ask: () => ({ query: { search: 'found nowhere' } }) },
  ],
  getRequest: [
    { what: 'requester', by: 'engineer', ask: (site, round) => ({ id: ownIn(site, round) }) },
    { what: 'reviewer', by: 'reviewer', ask: (site, round) => ({ id: ownIn(site, round) }) },
  ],
  acceptInvitation: [
    {
      what: '',
      by: 'engineer',
      ask: async (site) => {
        const { id } = await site.call<RequestView>('reviewer', 'invite', invitation);
        return { id, body: {} };
      },
      tidy: cancel('engineer'),
    },
  ],
  cancelRequest: [
    { what: '', by: 'engineer', ask: async (site) => ({ id: (await created(site)).id, body: {} }) },
  ],
  revokeRequest: [
    {
      what: '',
      by: 'reviewer',
      ask: async (site) => ({ id: (await approved(site)).id, body: { comment: '' } }),
    },
  ],
  reviewRequest: [
    { what: 'approve', by: 'reviewer', ask: async (site) => reviewOf(await created(site)), tidy: revoke },
  ],
  invite: [{ what: '', by: 'reviewer', ask: () => invitation, tidy: cancel('reviewer') }],
  listReviews: [
    { what: 'pending', by: 'reviewer', ask: () => ({ query: { state: 'pending' } }) },
    { what: 'unreviewed', by: 'reviewer', ask: () => ({ query: { state: 'unreviewed' } }) },
    { what: 'decided', by: 'reviewer', ask: () => ({ query: { state: 'decided' } }) },
  ],
  issueSession: [
    { what: 'cli', by: 'engineer', ask: ({ active }) => ({ id: active, body: { kind: 'cli' } }) },
    { what: 'console', by: 'engineer', ask: ({ active }) => ({ id: active, body: { kind: 'console' } }) },
  ],
  listAuditRequests: [
    { what: 'first page', by: 'auditor', ask: () => nothing },
    { what: 'second page', by: 'auditor', ask: secondPage('auditor', 'listAuditRequests', {}) },
    { what: 'by person', by: 'auditor', ask: () => ({ query: { email: 'engineer-0@example.com' } }) },
    { what: 'by account', by: 'auditor', ask: () => ({ query: { account: targetOf(0, 'Deploy').account } }) },
    { what: 'by role, found nowhere', by: 'auditor', ask: () => ({ query: { role: 'FoundNowhere' } }) },
  ],
  listAuditSessions: [
    { what: 'first page', by: 'auditor', ask: () => nothing },
    { what: 'by person', by: 'auditor', ask: () => ({ query: { email: 'engineer-0@example.com' } }) },
  ],
  listEntries: [{ what: '', by: 'auditor', ask: (site, round) => ({ id: ownIn(site, round) }) }],
  listRoles: [
    { what: 'all', by: 'operator', ask: () => nothing },
    { what: 'search', by: 'operator', ask: () => ({ query: { search: 'network' } }) },
  ],
  runPreflight: [{ what: '', by: 'operator', ask: () => ({ body: targetOf(0, 'Deploy') }) }],
  exportAudit: [
    { what: 'csv page', by: 'auditor', ask: () => ({ query: { of: 'requests', format: 'csv' } }) },
    { what: 'jsonl page', by: 'auditor', ask: () => ({ query: { of: 'sessions', format: 'jsonl' } }) },
  ],
};
