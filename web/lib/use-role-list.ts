import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { limits } from '../../api/limits.ts';
import { asProblem } from './problem.ts';

/** Of what was typed, as far as it has been fetched. */
export interface RoleList<Target> {
  readonly targets: readonly Target[];
  readonly search: string;
  readonly status: 'loading' | 'error' | 'pending' | 'finished';
  /** what went wrong; '' where nothing did */
  readonly problem: string;
  /** what the list asks for while somebody types and scrolls */
  load(detail: { filteringText: string; firstPage: boolean; samePage: boolean }): void;
}

interface Page<Target> {
  readonly items: readonly Target[];
  readonly cursor: string | null;
}
type Fetch<Target> = (
  query: { search: string; cursor: string | undefined },
  signal: AbortSignal,
) => Promise<Page<Target>>;

/** Roles that are found by what is typed, page by page, as `ui/role-select.tsx` shows them. */
export function useRoleList<Target>(
  keyOf: (search: string) => readonly unknown[],
  fetch: Fetch<Target>,
): RoleList<Target> {
  const [search, setSearch] = useState('');
  const list = useInfiniteQuery({
    queryKey: keyOf(search),
    queryFn: ({ pageParam, signal }) => fetch({ search, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  return {
    targets: list.data?.pages.flatMap((page) => page.items) ?? [],
    search,
    status: statusOf(list),
    problem: list.error ? asProblem(list.error).detail : '',
    load: ({ filteringText, firstPage, samePage }) => {
      setSearch(filteringText.trim().slice(0, limits.search.max));
      if (samePage) void list.refetch();
      else if (!firstPage && list.hasNextPage) void list.fetchNextPage();
    },
  };
}

function statusOf(list: {
  isError: boolean;
  isFetching: boolean;
  hasNextPage: boolean;
}): RoleList<unknown>['status'] {
  if (list.isError) return 'error';
  if (list.isFetching) return 'loading';
  return list.hasNextPage ? 'pending' : 'finished';
}
