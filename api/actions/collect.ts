import { type Instant, monthBefore, monthOf, parseInstant } from '../domain/instant.ts';
import type { Chunk, ChunkQuery, Listed, Partition, Position, Range } from './ports.ts';

/** A page asks at most this many Queries of at most this many items, however large the history is. */
const bounds = { queries: 12, items: 200 } as const;

/** Where the next page begins: in which month (for lists by month), behind which item. */
export interface Place {
  readonly month: string | null;
  readonly after: Position | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: Place | null;
  /** how far the list was looked through, if that was not far enough for a full page; else null */
  readonly searchedBackTo: Instant | null;
}

export interface Collection<T> {
  readonly fetch: (query: ChunkQuery) => Promise<Chunk<Listed<T>>>;
  readonly partition: Partition;
  readonly range: Range;
  readonly keep: (item: T) => boolean;
  /** whether `keep` may drop anything: then more is fetched than shown */
  readonly selective: boolean;
  readonly size: number;
  readonly place: Place | null;
}

/**
 * A page of a list that is filtered here and not in the database, so that the meaning of a status has one home. It
 * costs a fixed number of bounded reads: a page may come back short and still have a next one.
 */
export async function collect<T>(list: Collection<T>): Promise<Page<T>> {
  const items: T[] = [];
  let place: Place | null = list.range.from > list.range.until ? null : startOf(list);
  let lookedBackTo: Instant | null = null;
  for (let query = 0; query < bounds.queries && place !== null && items.length < list.size; query += 1) {
    const chunk: Chunk<Listed<T>> = await list.fetch({
      partition: inMonth(list.partition, place.month),
      range: list.range,
      after: place.after,
      limit: list.selective ? selectively(list.size, query) : list.size - items.length,
    });
    const looked = take(chunk.items, list.keep, list.size - items.length);
    items.push(...looked.kept);
    const unread = chunk.more || looked.count < chunk.items.length;
    lookedBackTo = unread ? (looked.last?.at ?? lookedBackTo) : startOfMonth(place.month);
    place =
      unread && looked.last ? { month: place.month, after: looked.last } : olderMonth(place, list.range);
  }
  const short = place !== null && items.length < list.size;
  return { items, next: place, searchedBackTo: short ? lookedBackTo : null };
}

/** Most filters keep much of what there is: a page's first query asks for little more than is shown, the others for all. */
function selectively(size: number, query: number): number {
  return query === 0 ? Math.min(2 * size, bounds.items) : bounds.items;
}

/** The first `size` items to keep, how many were looked at for them, and where the last of those stands. */
function take<T>(listed: readonly Listed<T>[], keep: (item: T) => boolean, size: number) {
  const kept: T[] = [];
  let count = 0;
  while (count < listed.length && kept.length < size) {
    const item = listed[count] as Listed<T>;
    if (keep(item.value)) kept.push(item.value);
    count += 1;
  }
  return { kept, count, last: listed[count - 1]?.position };
}

/**
 * NB. A place outside the range is where no query may start; a cursor gets there when time moves the range (a deadline
 * passed while the reader looked at the page), so the partition is begun anew.
 */
function startOf<T>({ place, partition, range }: Collection<T>): Place {
  const month = partition.by === 'month' ? (place?.month ?? partition.month) : null;
  const at = place?.after?.at;
  const inside = at !== undefined && at >= range.from && at <= range.until;
  return { month, after: inside ? (place?.after ?? null) : null };
}

function inMonth(partition: Partition, month: string | null): Partition {
  return partition.by === 'month' && month !== null ? { by: 'month', month } : partition;
}

/** The next older month of the range, or null where there is none. */
function olderMonth(place: Place, range: Range): Place | null {
  if (place.month === null || place.month <= monthOf(range.from)) return null;
  return { month: monthBefore(place.month), after: null };
}

function startOfMonth(month: string | null): Instant | null {
  return month === null ? null : (parseInstant(`${month}-01T00:00:00.000Z`) ?? null);
}
