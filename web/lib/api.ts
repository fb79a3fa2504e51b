import type {
  AcceptBody,
  AuditExportQuery,
  AuditRequestsQuery,
  AuditSessionsQuery,
  CancelBody,
  CreatedView,
  CreateRequestBody,
  EntriesQuery,
  EntryView,
  ExplainQuery,
  ExplanationView,
  InviteBody,
  IssuedSessionView,
  IssueSessionBody,
  MeView,
  PageView,
  PreflightBody,
  PreflightView,
  RequestDetailView,
  RequestsQuery,
  RequestView,
  ReviewBody,
  ReviewsQuery,
  RevokeBody,
  RolePageView,
  SessionView,
  TargetPageView,
  TargetsQuery,
} from '../../api/contract.ts';
import { apiBase, type RouteName, routes, tokenHeaders } from '../../api/routes.ts';
import { renew, tokens, waitForSignIn } from './auth.ts';
import { learnServerTime } from './clock.ts';
import { offline, Problem, problemOf, signedOut } from './problem.ts';
import { confirmIdentity } from './step-up.ts';
import { notConfirmed, notEnough, stepUpCode } from './step-up-words.ts';

/** What each route takes and answers. */
export interface Calls {
  getMe: { response: MeView };
  listTargets: { query: TargetsQuery; response: TargetPageView };
  explainTarget: { query: ExplainQuery; response: ExplanationView };
  createRequest: { body: CreateRequestBody; idempotencyKey: string; response: CreatedView };
  listRequests: { query: RequestsQuery; response: PageView<RequestView> };
  getRequest: { id: string; response: RequestDetailView };
  acceptInvitation: { id: string; body: AcceptBody; response: RequestView };
  cancelRequest: { id: string; body: CancelBody; response: RequestView };
  revokeRequest: { id: string; body: RevokeBody; response: RequestView };
  reviewRequest: { id: string; body: ReviewBody; response: RequestView };
  invite: { body: InviteBody; idempotencyKey: string; response: RequestView };
  listReviews: { query: ReviewsQuery; response: PageView<RequestView> };
  issueSession: { id: string; body: IssueSessionBody; response: IssuedSessionView };
  listAuditRequests: { query: AuditRequestsQuery; response: PageView<RequestView> };
  listAuditSessions: { query: AuditSessionsQuery; response: PageView<SessionView> };
  listEntries: { id: string; query: EntriesQuery; response: PageView<EntryView> };
  listRoles: { query: TargetsQuery; response: RolePageView };
  runPreflight: { body: PreflightBody; response: PreflightView };
  exportAudit: { query: AuditExportQuery; response: never };
}

/** What goes into a call of this route, a signal that gives it up, and what to do before the person is asked to sign in. */
export type Input<Name extends RouteName> = Omit<Calls[Name], 'response'> & {
  signal?: AbortSignal;
  beforeAsking?: () => void;
};

interface Parts {
  id?: string;
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
  beforeAsking?: () => void;
}

/**
 * Call the API.
 * @throws Problem for every refusal, and with code `offline` where there was no answer; AbortError if given up.
 */
export async function call<Name extends RouteName>(
  name: Name,
  input: Input<Name>,
): Promise<Calls[Name]['response']> {
  const sentAt = Date.now();
  const response = await send(name, input);
  const body: unknown = await response.json();
  const serverTime = (body as { serverTime?: unknown }).serverTime;
  if (typeof serverTime === 'string') learnServerTime(serverTime, sentAt);
  return body as Calls[Name]['response'];
}

/** One page of an export as it came, and the cursor of the next one; null after the last. */
export interface ExportPage {
  text: string;
  cursor: string | null;
}

/** One page of GET /audit/export. @throws Problem as `call` does */
export async function exportPage(query: AuditExportQuery, signal?: AbortSignal): Promise<ExportPage> {
  const response = await send('exportAudit', { query, ...(signal ? { signal } : {}) });
  return { text: await response.text(), cursor: response.headers.get('x-next-cursor') };
}

/**
 * A response with a good status. Where the action needs a newer or stronger sign-in (RFC 9470), the person is asked for
 * it, and the very same call is made again, once. NB. A refusal says that nothing was done.
 */
async function send(name: RouteName, parts: Parts): Promise<Response> {
  const first = await sendSignedIn(name, parts);
  if (!(first instanceof Problem)) return first;
  if (first.code !== stepUpCode) throw first;
  parts.beforeAsking?.();
  if (!(await confirmIdentity(first))) throw notConfirmed(first);
  const second = await sendSignedIn(name, parts);
  if (!(second instanceof Problem)) return second;
  throw second.code === stepUpCode ? notEnough(second) : second;
}

/** The answer to a call with tokens that are in time: expired ones are renewed, or the person is asked to sign in. */
async function sendSignedIn(name: RouteName, parts: Parts): Promise<Response | Problem> {
  const first = await attempt(name, parts);
  if (!isSignInNeeded(first)) return first;
  if (await renew()) {
    const second = await attempt(name, parts);
    // A provider may renew the access token and leave the ID token as old as it is (OpenID Connect Core 1.0, section
    // 12.2): then a new sign-in helps. Nothing else about fresh tokens is a matter of time.
    if (!(second instanceof Problem && second.code === 'token-expired')) return second;
  }
  parts.beforeAsking?.();
  return (await waitForSignIn()) ? attempt(name, parts) : signedOut();
}

function isSignInNeeded(answer: Response | Problem): boolean {
  return answer instanceof Problem && answer.status === 401 && answer.code !== stepUpCode;
}

/** @throws Problem where there is no answer, or nobody is signed in */
async function attempt(name: RouteName, parts: Parts): Promise<Response | Problem> {
  const held = await tokens();
  if (!held) throw signedOut();
  const headers = new Headers({
    [tokenHeaders.access]: `Bearer ${held.access}`,
    [tokenHeaders.id]: held.id,
    Accept: 'application/json, application/problem+json',
  });
  if (parts.body !== undefined) headers.set('Content-Type', 'application/json');
  if (parts.idempotencyKey) headers.set('Idempotency-Key', parts.idempotencyKey);
  const init: RequestInit = { method: routes[name].method, headers, cache: 'no-store', credentials: 'omit' };
  if (parts.body !== undefined) init.body = JSON.stringify(parts.body);
  if (parts.signal) init.signal = parts.signal;
  try {
    const response = await fetch(addressOf(name, parts), init);
    return response.ok ? response : await problemOf(response);
  } catch (error) {
    if (parts.signal?.aborted) throw error;
    throw offline();
  }
}

function addressOf(name: RouteName, { id, query }: Parts): string {
  const path = routes[name].path.replace('{id}', encodeURIComponent(id ?? ''));
  const wanted = Object.entries(query ?? {}).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, value]],
  );
  const search = new URLSearchParams(wanted).toString();
  return `${apiBase}${path}${search === '' ? '' : `?${search}`}`;
}
