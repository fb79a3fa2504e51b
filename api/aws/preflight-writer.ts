import { type PreflightWriter, Unavailable } from '../actions/ports.ts';
import type { Take } from '../domain/quota.ts';
import type { Table } from './dynamo-table.ts';
import { type Item, preflightItem } from './request-items.ts';
import { noneLeft, putNew, takeWrite, transact } from './transaction.ts';

/** Two items for each preflight, neither of which is ever changed. */
export function preflightWriter(table: Table): PreflightWriter {
  return {
    notePreflight: (preflight, takes) =>
      note(table, preflightItem(preflight.id, 'ASKED', { preflight }), takes),
    noteFindings: async (id, at, findings) => {
      await note(table, preflightItem(id, 'FINDINGS', { at, findings }), []);
    },
  };
}

async function note(table: Table, item: Item, takes: readonly Take[]) {
  const writes = [putNew(table, item)];
  const race = await transact(table, [...writes, ...takes.map((take) => takeWrite(table, take))]);
  if (race === undefined) return null;
  const full = noneLeft(race, writes.length, takes);
  if (full !== undefined) return full;
  throw new Unavailable('recording a preflight lost a race');
}
