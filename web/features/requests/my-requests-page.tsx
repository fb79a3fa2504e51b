import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router-dom';
import type { RequestStatus, RequestsQuery, RequestView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { useMe } from '../../lib/me.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys, refreshIn } from '../../lib/query-client.ts';
import { ButtonLink } from '../../ui/app-link.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { statusOf } from '../../ui/status-badge.tsx';
import { NoRequests } from './no-requests.tsx';
import { columns } from './request-columns.tsx';
import { RequestFilter } from './request-filter.tsx';

/** The requester's dashboard: my requests, newest first, each with its status at this moment. */
export function MyRequestsPage() {
  const [address, setAddress] = useSearchParams();
  const search = address.get('search') ?? '';
  const status = statusOf(address.get('status'));
  const me = useMe();
  const list = useMyRequests(search, status);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = search !== '' || status !== undefined;

  const filterBy = (next: { search: string; status: RequestStatus | undefined }) =>
    setAddress(
      {
        ...(next.search === '' ? {} : { search: next.search }),
        ...(next.status ? { status: next.status } : {}),
      },
      // Each letter typed is no step of its own to go back to.
      { replace: true, preventScrollReset: true },
    );

  return (
    <>
      <PageHeader
        title="My requests"
        description="What you asked for, newest first. Access lasts only as long as its request is active."
        actions={
          me.data?.roles.engineer !== false && (
            <ButtonLink variant="primary" to={paths.newRequest}>
              Create request
            </ButtonLink>
          )
        }
      />
      {(rows.length > 0 || filtered) && <RequestFilter search={search} status={status} onChange={filterBy} />}
      {list.error && <ProblemAlert problem={asProblem(list.error)} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading what="your requests" />}
      {list.data && (
        <DataTable
          caption="My requests"
          rows={rows}
          columns={columns}
          rowKey={(request) => request.id}
          busy={list.isPlaceholderData}
          empty={
            <NoRequests
              filtered={filtered}
              searching={list.hasNextPage}
              eligible={me.data?.roles.engineer}
              onClear={() => filterBy({ search: '', status: undefined })}
            />
          }
        />
      )}
      <LoadMore
        cursor={list.data?.pages.at(-1)?.cursor}
        searchedBackTo={list.data?.pages.at(-1)?.searchedBackTo}
        loading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  );
}

function useMyRequests(search: string, status: RequestStatus | undefined) {
  const query: RequestsQuery = { search, status };
  return useInfiniteQuery({
    queryKey: keys.requests(query),
    queryFn: ({ pageParam, signal }) =>
      call('listRequests', { query: { ...query, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      refreshIn(state.data?.pages.flatMap(({ items }) => items.flatMap(changes)) ?? []),
  });
}

/** The instants at which time alone changes the request's status. */
function changes(request: RequestView): (string | undefined)[] {
  if (request.status === 'pending' || request.status === 'invited') return [request.reviewBy];
  return [request.window?.from, request.window?.until];
}
