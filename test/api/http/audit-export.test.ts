import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { requestItem } from '../../../api/aws/request-items.ts';
import type { RequestView } from '../../../api/contract.ts';
import { create } from '../../../api/domain/creation.ts';
import { limits } from '../../../api/limits.ts';
import { inGroups, policyOf, ruleWith } from '../domain/one-rule.ts';
import { ada, allowed, alone, askFor, otto, policy, sessionRecord, stoppedWorld } from '../people.ts';
import { approved, changed, openStore, pending, type Store } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

let store: Store;
let api: Api;
const world = stoppedWorld('2026-10-31T23:30:00.000Z');
const breakGlass = {
  groups: ['on-call'],
  maxDurationMinutes: 60,
  justificationLength: 10,
  reviewMinutes: 240,
};
const withGlass = policyOf(ruleWith({}, { breakGlass }));
const count = limits.exportPageSize + 20;
const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'];
/** what a spreadsheet, or a careless reader of CSV, could trip over */
const odd = [
  'plain, with a comma',
  'a "quoted" word',
  'two\nlines of it',
  '=HYPERLINK("http://evil")',
  '@SUM(A1:A9)',
];

beforeAll(async () => {
  store = await openStore();
  const made = Array.from({ length: count }, (_none, index) => {
    if (index % 10 === 0) world.pass(2);
    const justification = `${odd[index % odd.length]}`.padEnd(12, '.');
    return allowed(create({ ...askFor(), justification }, ada, policy, world.now(), alone(world.newId())));
  });
  const { id: generation } = await store.table.generation();
  await store.putItems(made.map(({ request }) => requestItem(request, generation)));
  const request = await approved(store, world);
  await changed(store, world, request, { kind: 'intend-session', session: sessionRecord(request, world) });
});
beforeEach(() => {
  captureLog();
  api = startApi(store, world);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function exportAll(query: Record<string, string>): Promise<string[]> {
  const parts: string[] = [];
  let cursor: string | undefined;
  do {
    const asked = cursor === undefined ? query : { ...query, cursor };
    const answer = await api.call(otto, 'exportAudit', { query: asked });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    parts.push(answer.text);
    cursor = answer.headers['x-next-cursor'];
  } while (cursor !== undefined);
  return parts;
}

/** RFC 4180, and nothing more: quoted cells with doubled quotes, rows ended by CRLF. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end === '\r\n') rows.push(row.splice(0));
  }
  return rows;
}

describe('as JSON Lines', () => {
  test('every request comes once, over months and pages', async () => {
    const parts = await exportAll({ of: 'requests', format: 'jsonl' });
    expect(parts.length).toBeGreaterThan(1);
    const views = parts
      .join('')
      .trimEnd()
      .split('\n')
      .map((line): RequestView => JSON.parse(line));
    expect(new Set(views.map((view) => view.id)).size).toBe(count + 1);
    expect(views).toHaveLength(count + 1);
    expect(new Set(views.map((view) => view.createdAt.slice(0, 7)))).toEqual(new Set(['2026-10', '2026-11']));
  });
});

describe('as CSV', () => {
  test('the header comes once, every row is whole, and no cell is run as a formula', async () => {
    const rows = parseCsv((await exportAll({ of: 'requests', format: 'csv' })).join(''));
    expect(rows).toHaveLength(count + 2);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([rows[0]?.length]));
    expect(rows[0]?.slice(0, 3)).toEqual(['request', 'status', 'created']);
    expect(rows.filter((row) => row[0] === 'request')).toHaveLength(1);
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    const justifications = new Set(rows.map((row) => row[10]));
    expect(justifications).toContain('two\nlines of it');
    expect(justifications).toContain('a "quoted" word');
    expect(justifications).toContain('\'=HYPERLINK("http://evil")');
  });

  test.each(formulas)('a name that begins as %j begins with an apostrophe', async (name) => {
    const fresh = await openStore();
    await pending(fresh, world, { ...ada, name });
    const { text } = await startApi(fresh, world).call(otto, 'exportAudit', {
      query: { of: 'requests', format: 'csv' },
    });
    expect(parseCsv(text)[1]?.[3]).toBe(`'${name}`);
  });

  test('access by break-glass waits for no review before it, and for one afterwards', async () => {
    const fresh = await openStore();
    await pending(fresh, world);
    const onCall = inGroups({ ...ada, id: `${ada.id}-on-call` }, 'on-call');
    await pending(fresh, world, onCall, { ...askFor(), breakGlass: true }, withGlass);
    const { text } = await startApi(fresh, world).call(otto, 'exportAudit', {
      query: { of: 'requests', format: 'csv' },
    });
    const [header = [], ...rows] = parseCsv(text);
    const cells = rows.map((row) =>
      ['break_glass', 'review_by', 'after_review_due'].map((name) => row[header.indexOf(name)]),
    );
    const instant = expect.stringMatching(/^2026-1[01]-\d\dT/);
    expect(cells.sort()).toEqual([
      ['no', instant, ''],
      ['yes', '', instant],
    ]);
  });

  test('sessions have their own table and file name', async () => {
    const query = { of: 'sessions', format: 'csv' };
    const answer = await api.call(otto, 'exportAudit', { query });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="stepladder-sessions.csv"',
    });
    expect(parseCsv(answer.text).map((row) => row[0])).toEqual([
      'session',
      expect.stringMatching(/^[0-9a-z]{26}$/),
    ]);
  });
});

test.each([
  ['of', { format: 'csv' }],
  ['format', { of: 'requests', format: 'xlsx' }],
  ['email', { of: 'requests', format: 'csv', email: '' }],
])('names the parameter %s in %j', async (name, query) => {
  const answer = await api.call(otto, 'exportAudit', { query });
  expect([answer.status, Object.keys(answer.body.evidence)]).toEqual([400, [`query.${name}`]]);
});
