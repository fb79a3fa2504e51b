import { useInfiniteQuery } from '@tanstack/react-query';
import type { PageView } from '../../../api/contract.ts';
import { asProblem } from '../../lib/problem.ts';

/** Pages of an audit list as the list and its form need them. */
export type AuditPages<Row> = ReturnType<typeof useAuditPages<Row>>;

/**
 * Fetches an audit list page by page.
 * NB. It stays as it was fetched until it is asked for again: a list that moves while it is read is hard to audit.
 */
export function useAuditPages<Row>(
  queryKey: readonly unknown[],
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<PageView<Row>>,
) {
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchOnWindowFocus: false,
  });
  const pages = list.data?.pages ?? [];
  const problem = list.error === null ? null : asProblem(list.error);
  // A refused cursor is good for nothing more; anything else goes on from where it stopped.
  const goOn = list.isFetchNextPageError && problem?.code !== 'invalid-cursor';
  return {
    rows: pages.flatMap((page) => page.items),
    last: pages.at(-1) ?? null,
    problem,
    loading: list.isPending,
    loadingMore: list.isFetchingNextPage,
    busy: list.isRefetching,
    more: () => void list.fetchNextPage(),
    reload: () => void list.refetch(),
    retry: () => void (goOn ? list.fetchNextPage() : list.refetch()),
  };
}
