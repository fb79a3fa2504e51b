import type { AuditExportQuery } from '../../../api/contract.ts';
import { type ExportPage, exportPage } from '../../lib/api.ts';

/** An export under way: what has come so far, and from where it goes on. */
export interface Export {
  query: AuditExportQuery;
  parts: string[];
  rows: number;
  /** undefined: not begun; null: complete */
  cursor: string | null | undefined;
}

/** An export of everything that the filter finds. */
export function beginExport(query: AuditExportQuery): Export {
  return { query, parts: [], rows: 0, cursor: undefined };
}

/**
 * Fetch page after page until the export is complete. After a failure, the export as it was last told to `onPage`
 * goes on from where it stopped: no row is missing and none comes twice.
 * @throws Problem as `exportPage` does; AbortError when given up
 */
export async function continueExport(
  started: Export,
  onPage: (progress: Export) => void,
  signal: AbortSignal,
  fetchPage: (query: AuditExportQuery, signal: AbortSignal) => Promise<ExportPage> = exportPage,
): Promise<Export> {
  let current = started;
  while (current.cursor !== null) {
    const { cursor } = current;
    const page = await fetchPage(cursor === undefined ? current.query : { ...current.query, cursor }, signal);
    current = {
      query: current.query,
      parts: [...current.parts, page.text],
      rows: current.rows + countRows(page.text, current.query.format, cursor === undefined),
      cursor: page.cursor,
    };
    onPage(current);
  }
  return current;
}

/**
 * Rows in one page of an export.
 * NB. In CSV a line break inside quotes belongs to the cell (RFC 4180, section 2); a doubled quote toggles twice.
 * @param first the first page of a CSV export begins with the names of the columns
 */
export function countRows(text: string, format: AuditExportQuery['format'], first: boolean): number {
  let rows = 0;
  let quoted = false;
  for (const character of text) {
    if (format === 'csv' && character === '"') quoted = !quoted;
    else if (character === '\n' && !quoted) rows += 1;
  }
  if (text !== '' && !text.endsWith('\n')) rows += 1;
  return format === 'csv' && first ? Math.max(0, rows - 1) : rows;
}

/** What is exported, when: `stepladder-sessions-2026-11-24T09-30.csv`. @param nowMs epoch ms */
export function fileName({ of, format }: AuditExportQuery, nowMs: number): string {
  const minute = new Date(nowMs).toISOString().slice(0, 16).replace(':', '-');
  return `stepladder-${of}-${minute}.${format}`;
}

/** Hand the complete export to the person as a file. */
export function saveExport({ query, parts }: Export, name: string): void {
  const type = query.format === 'csv' ? 'text/csv;charset=utf-8' : 'application/jsonl';
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file over once the click is handled; until then the address has to live.
  setTimeout(() => URL.revokeObjectURL(url));
}
