import type { ReactNode } from 'react';
import './data-table.css';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** The cell that names its row. */
  names?: boolean;
}

interface DataTableProps<Row> {
  /** says what the table holds; read out, not shown */
  caption: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** shown in place of the table when there are no rows */
  empty: ReactNode;
  /** Rows are being fetched that are not the ones shown. */
  busy?: boolean;
}

/**
 * A plain table; on a narrow screen each row becomes a card with its headers beside the values.
 * NB. Not Cloudscape's: that one alone would take a third of what the first screen may load.
 */
export function DataTable<Row>({ caption, rows, columns, rowKey, empty, busy = false }: DataTableProps<Row>) {
  if (rows.length === 0) return <div className="data-table-frame">{empty}</div>;
  return (
    <div className="data-table-frame">
      <table className="data-table" aria-busy={busy}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col">
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <Cell key={column.id} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const content = <div className="data-table-value">{column.cell(row)}</div>;
  if (column.names) {
    return (
      <th scope="row" data-label={column.header}>
        {content}
      </th>
    );
  }
  return <td data-label={column.header}>{content}</td>;
}
