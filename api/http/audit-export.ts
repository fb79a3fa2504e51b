import { stringify } from 'csv-stringify/sync';
import type { RequestView, SessionView } from '../contract.ts';

type Cell = string | number | null;
type Columns<View> = readonly (readonly [name: string, cell: (view: View) => Cell])[];

export const requestTable: Columns<RequestView> = [
  ['request', (view) => view.id],
  ['status', (view) => view.status],
  ['created', (view) => view.createdAt],
  ['requester', (view) => view.requester.name],
  ['requester_email', (view) => view.requester.email],
  ['requester_id', (view) => view.requester.id],
  ['account', (view) => view.target.account],
  ['account_name', (view) => view.target.accountName],
  ['role', (view) => view.target.role],
  ['duration_minutes', (view) => view.durationMinutes],
  ['justification', (view) => view.justification],
  // What was let through at once waits for no review before.
  ['review_by', (view) => (view.breakGlass ? null : view.reviewBy)],
  ['ticket', (view) => view.ticket],
  ['start', (view) => view.start],
  ['rule', (view) => view.rule.id],
  ['break_glass', (view) => (view.breakGlass ? 'yes' : 'no')],
  ['extension_of', (view) => view.extensionOf],
  ['invited_by_id', (view) => view.invitation?.by.id ?? null],
  ['approved_by', (view) => view.approval?.kind ?? null],
  ['approved', (view) => view.approval?.at ?? null],
  ['automatic_condition', (view) => view.approval?.condition ?? null],
  // Several reviewers stand in one cell, in the order of their reviews; JSON lines have them apart.
  ['decisions', (view) => joined(view, ({ decision }) => decision)],
  ['reviewers', (view) => joined(view, ({ reviewer }) => reviewer.name)],
  ['reviewer_ids', (view) => joined(view, ({ reviewer }) => reviewer.id)],
  ['reviewed', (view) => joined(view, ({ at }) => at)],
  ['review_comments', (view) => joined(view, ({ comment }) => comment)],
  ['after_review_due', (view) => view.approval?.reviewDue ?? null],
  ['after_review', (view) => view.approval?.afterReview?.decision ?? null],
  ['after_review_by_id', (view) => view.approval?.afterReview?.reviewer.id ?? null],
  ['after_review_comment', (view) => view.approval?.afterReview?.comment ?? null],
  ['window_from', (view) => view.window?.from ?? null],
  ['window_until', (view) => view.window?.until ?? null],
  ['closed_by_id', (view) => view.closure?.by.id ?? null],
  ['closed', (view) => view.closure?.at ?? null],
  ['close_comment', (view) => view.closure?.comment ?? null],
  ['sessions', (view) => view.sessions.issued],
  ['credentials_end', (view) => view.sessions.credentialsEndAt],
];

export const sessionTable: Columns<SessionView> = [
  ['session', (view) => view.id],
  ['request', (view) => view.requestId],
  ['kind', (view) => view.kind],
  ['state', (view) => view.state],
  ['at', (view) => view.at],
  ['ends', (view) => view.endsAt],
  ['user', (view) => view.user.name],
  ['user_email', (view) => view.user.email],
  ['user_id', (view) => view.user.id],
  ['account', (view) => view.target.account],
  ['account_name', (view) => view.target.accountName],
  ['role', (view) => view.target.role],
  ['access_key_id', (view) => view.accessKeyId],
  ['narrowed_from', (view) => view.narrowedFrom],
  ['ended_by', (view) => view.ending],
  ['not_narrowed', (view) => view.notNarrowed],
  ['assumed_role_id', (view) => view.assumedRoleId],
  ['session_name', (view) => view.sessionName],
  ['source_identity', (view) => view.sourceIdentity],
  ['source_ip', (view) => view.sourceIp],
  ['user_agent', (view) => view.userAgent],
];

function joined({ reviews }: RequestView, cell: (review: RequestView['reviews'][number]) => string) {
  return reviews.length === 0 ? null : reviews.map(cell).join('; ');
}

/**
 * RFC 4180 with CRLF. Cells that a spreadsheet would run as a formula begin with an apostrophe (OWASP, "CSV Injection").
 * NB. Account ids keep their leading zeros only where the reader imports the column as text.
 */
export function toCsv<View>(columns: Columns<View>, views: readonly View[], withHeader: boolean): string {
  const rows = views.map((view) => columns.map(([, cell]) => cell(view)));
  const header = withHeader ? [columns.map(([name]) => name)] : [];
  return stringify([...header, ...rows], {
    escape_formulas: true,
    quoted_string: true,
    record_delimiter: 'windows',
  });
}

/** One JSON value a line, each line ended. */
export function toJsonLines(views: readonly unknown[]): string {
  return views.map((view) => `${JSON.stringify(view)}\n`).join('');
}
