import { describe, expect, it } from 'vitest';
import type { AuditExportQuery } from '../../../../api/contract.ts';
import {
  beginExport,
  continueExport,
  countRows,
  type Export,
  fileName,
} from '../../../../web/features/audit/export-audit.ts';
import type { ExportPage } from '../../../../web/lib/api.ts';

const query: AuditExportQuery = { of: 'sessions', format: 'jsonl', role: 'Admin' };
const pages: Record<string, ExportPage> = {
  first: { text: '{"n":1}\n{"n":2}\n', cursor: 'b' },
  b: { text: '', cursor: 'c' },
  c: { text: '{"n":3}\n', cursor: null },
};

/** Serves the pages; each cursor in `failures` fails once. */
function server(failures: string[] = []) {
  const asked: AuditExportQuery[] = [];
  const fetchPage = async (wanted: AuditExportQuery): Promise<ExportPage> => {
    asked.push(wanted);
    const at = wanted.cursor ?? 'first';
    if (failures.includes(at)) {
      failures.splice(failures.indexOf(at), 1);
      throw new Error(`no page ${at}`);
    }
    const page = pages[at];
    if (page === undefined) throw new Error(`an unknown cursor: ${at}`);
    return page;
  };
  return { asked, fetchPage };
}
const { signal } = new AbortController();

describe('an export', () => {
  it('fetches every page with the same filter, also behind one without rows', async () => {
    const { asked, fetchPage } = server();
    const rows: number[] = [];
    const whole = await continueExport(beginExport(query), ({ rows: n }) => rows.push(n), signal, fetchPage);
    expect(whole.parts.join('')).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
    expect(rows).toEqual([2, 2, 3]);
    expect(asked).toEqual([query, { ...query, cursor: 'b' }, { ...query, cursor: 'c' }]);
  });

  it.each(['first', 'b', 'c'])(
    'goes on where it stopped: no row missing, none twice (%s)',
    async (failing) => {
      const { fetchPage } = server([failing]);
      let reached: Export = beginExport(query);
      const keep = (progress: Export) => {
        reached = progress;
      };
      await expect(continueExport(reached, keep, signal, fetchPage)).rejects.toThrow(`no page ${failing}`);
      const whole = await continueExport(reached, keep, signal, fetchPage);
      expect(whole.parts.join('')).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
      expect(whole.rows).toBe(3);
    },
  );

  it('has a name that says what it is and when it was made', () => {
    expect(fileName(query, Date.UTC(2026, 10, 24, 9, 5))).toBe('stepladder-sessions-2026-11-24T09-05.jsonl');
  });
});

describe('the number of rows', () => {
  it.each([
    ['id,why\n1,"a\nb"\n2,"say ""hi""\n"\n', 'csv', true, 2],
    ['3,c\r\n4,"d\r\ne"\r\n', 'csv', false, 2],
    ['id,why\n', 'csv', true, 0],
    ['', 'csv', true, 0],
    ['{"a":"\\"x"}\n{"b":1}', 'jsonl', true, 2],
  ] as const)('of %j is counted by records, not by lines', (text, format, first, rows) => {
    expect(countRows(text, format, first)).toBe(rows);
  });
});
