import { type Cost, monthlyCosts, privateNetworkCosts } from './costs.ts';
import type { Measured } from './measured.ts';

/** requests for access in a month */
const sizes = [10, 1_000, 10_000] as const;

/** The costs as a table in Markdown, as `README.md` has it. */
export function costTable(measured: Measured): string[] {
  const columns = sizes.map((requests) => monthlyCosts(measured, requests));
  const parts = columns[0]?.map(({ of }) => of) ?? [];
  const added = privateNetworkCosts();
  return aligned([
    ['a month with', ...sizes.map((requests) => `${requests.toLocaleString('en')} requests`)],
    ...parts.map((part) => [
      part,
      ...columns.map((column) => dollars(column.filter(({ of }) => of === part))),
    ]),
    ['**all of it**', ...columns.map((column) => `**${dollars(column)}**`)],
    ['the private network adds', ...columns.map(() => dollars(added))],
  ]);
}

/** The first column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const [head = '', ...rest] = rows.map((row) =>
    line(
      row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      ),
    ),
  );
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(Math.max(1, width - 1))}:`,
  );
  return [head, line(rule), ...rest];
}

function dollars(costs: readonly Cost[]): string {
  return `$${costs.reduce((all, { usd }) => all + usd, 0).toFixed(2)}`;
}
