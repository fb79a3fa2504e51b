/** What one probe took and cost in one site. */
export interface Row {
  readonly route: string;
  readonly what: string;
  /** how large the site is: '10,000 requests' */
  readonly site: string;
  /** milliseconds */
  readonly p50: number;
  readonly p95: number;
  /** per API request, on average: DynamoDB calls and capacity units */
  readonly calls: number;
  readonly read: number;
  readonly write: number;
}

/** Nearest rank: the smallest value that at least that many percent do not exceed. @throws RangeError without values */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('there is no percentile of nothing');
  return found;
}

/** @throws RangeError without values */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no mean of nothing');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Lines of a table: texts to the left, numbers to the right, a line under the head. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? written(cell) : cell)));
  const widths = head.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], numbers: readonly boolean[]) =>
    row
      .map((cell, column) =>
        numbers[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  return [
    line(head, numeric),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...cells.map((row) => line(row, numeric)),
  ];
}

/** Two digits behind the point at most. */
function written(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function rowsTable(rows: readonly Row[]): string[] {
  const head = ['route', 'what', 'size', 'p50 ms', 'p95 ms', 'calls', 'read units', 'write units'];
  return table(
    head,
    rows.map(({ route, what, site, p50, p95, calls, read, write }) => [
      ...[route, what, site],
      ...[p50, p95, calls, read, write],
    ]),
  );
}

/** More than this many times is growth. */
const notable = 1.5;
const growing = { p50: 'p50', calls: 'calls', read: 'read units', write: 'write units' } as const;

/** A sentence for each route whose p50, calls or units grew by more than half from the one site to the other. */
export function growth(rows: readonly Row[], from: string, to: string): string[] {
  const sentences = rows
    .filter((row) => row.site === from)
    .flatMap((small) => {
      const large = rows.find(
        (row) => row.site === to && row.route === small.route && row.what === small.what,
      );
      const grown = large === undefined ? [] : grownParts(small, large);
      const name = small.what === '' ? small.route : `${small.route} (${small.what})`;
      return grown.length === 0 ? [] : [`${name} grew: ${grown.join(', ')}.`];
    });
  return sentences.length > 0
    ? sentences
    : [`No route's p50, calls or units grew by more than ${notable} times from ${from} to ${to}.`];
}

function grownParts(small: Row, large: Row): string[] {
  return (Object.keys(growing) as (keyof typeof growing)[])
    .filter((part) => large[part] > small[part] * notable)
    .map((part) => `${growing[part]} from ${written(small[part])} to ${written(large[part])}`);
}
