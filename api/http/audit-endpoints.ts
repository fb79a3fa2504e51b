import type { APIGatewayProxyResult } from 'aws-lambda';
import type { z } from 'zod';
import type { Page } from '../actions/collect.ts';
import type { RequestReader, World } from '../actions/ports.ts';
import { auditRequests, auditSessions, listEntries } from '../actions/read-requests.ts';
import {
  auditExportQuery,
  auditRequestsQuery,
  auditSessionsQuery,
  type auditExportQuery as ExportQuery,
  entriesQuery,
} from '../contract.ts';
import type { AccessRequest } from '../domain/access-request.ts';
import type { Instant } from '../domain/instant.ts';
import { limits } from '../limits.ts';
import { requestTable, sessionTable, toCsv, toJsonLines } from './audit-export.ts';
import { decodeCursor, decodeNumber, encodeCursor, encodeNumber } from './cursor.ts';
import { entryView, pageView, requestView, sessionView } from './present.ts';
import { json, Refused, refuse, text } from './respond.ts';
import { endpoint } from './router.ts';

export interface AuditTools {
  readonly store: RequestReader;
  readonly world: Pick<World, 'now'>;
}

interface Filter {
  from?: string | undefined;
  until?: string | undefined;
  cursor?: string | undefined;
}

/** The routes of the `audit` Lambda: they only read. */
export function auditEndpoints({ store, world }: AuditTools) {
  // An auditor acts on nothing: no action is offered, whatever other part the person has elsewhere.
  const seen = (now: Instant) => (request: AccessRequest) => requestView(request, now, []);
  return {
    listAuditRequests: endpoint(auditRequestsQuery, null, async ({ query }) => {
      const now = world.now();
      const page = await auditRequests(
        store,
        requestFilter(query),
        periodOf(query),
        asked(query, limits.pageSize, now),
      );
      return json(200, pageView(page, seen(now), now));
    }),
    listAuditSessions: endpoint(auditSessionsQuery, null, async ({ query }) => {
      const now = world.now();
      const page = await auditSessions(
        store,
        sessionFilter(query),
        periodOf(query),
        asked(query, limits.pageSize, now),
      );
      return json(200, pageView(page, sessionView, now));
    }),
    listEntries: endpoint(entriesQuery, null, async ({ id, query }) => {
      const found = await listEntries(store, id, decodeNumber(query.cursor));
      if (!found.ok) throw refuse(found.denial);
      const { items, more } = found.value;
      const last = items.at(-1)?.version ?? 0;
      const cursor = more ? encodeNumber(last) : null;
      return json(200, {
        items: items.map(entryView),
        cursor,
        searchedBackTo: null,
        serverTime: world.now(),
      });
    }),
    exportAudit: endpoint(auditExportQuery, null, async ({ query }) => exportPage(store, query, world.now())),
  };
}

type ExportAsk = z.output<typeof ExportQuery>;

/** One page of the export; the client appends pages until no X-Next-Cursor comes. CSV begins with its header row. */
async function exportPage(
  store: RequestReader,
  query: ExportAsk,
  now: Instant,
): Promise<APIGatewayProxyResult> {
  const place = asked(query, limits.exportPageSize, now);
  if (query.of === 'requests') {
    const page = await auditRequests(store, requestFilter(query), periodOf(query), place);
    const views = page.items.map((request) => requestView(request, now, []));
    return exported(
      query,
      page,
      query.format === 'csv' ? toCsv(requestTable, views, !query.cursor) : toJsonLines(views),
    );
  }
  const page = await auditSessions(store, sessionFilter(query), periodOf(query), place);
  const views = page.items.map(sessionView);
  return exported(
    query,
    page,
    query.format === 'csv' ? toCsv(sessionTable, views, !query.cursor) : toJsonLines(views),
  );
}

function exported(query: ExportAsk, page: Page<unknown>, body: string): APIGatewayProxyResult {
  const next = encodeCursor(page.next);
  const type = query.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8';
  return text(body, type, {
    'content-disposition': `attachment; filename="stepladder-${query.of}.${query.format}"`,
    ...(next !== null && { 'x-next-cursor': next }),
  });
}

function asked({ cursor }: Filter, size: number, now: Instant) {
  return { size, place: decodeCursor(cursor), now };
}

function requestFilter(query: z.output<typeof auditRequestsQuery>) {
  const { email, account, role, status, breakGlass } = query;
  return { email, account, role, status, breakGlass: breakGlass && breakGlass === 'yes' };
}

function sessionFilter({ email, account, role, kind }: z.output<typeof auditSessionsQuery>) {
  return { email, account, role, kind };
}

function periodOf({ from, until }: Filter) {
  if (from !== undefined && until !== undefined && from > until) {
    throw new Refused({
      status: 400,
      code: 'invalid-input',
      detail: 'The period ends before it begins. Correct its dates.',
      evidence: { 'query.until': 'not before query.from' },
    });
  }
  // The contract checked both for being instants.
  return { from: from as Instant | undefined, until: until as Instant | undefined };
}
