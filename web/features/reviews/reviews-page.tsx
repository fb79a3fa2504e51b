import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router-dom';
import type { ReviewsQuery } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys, refreshIn } from '../../lib/query-client.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ViewSwitch } from '../../ui/view-switch.tsx';
import { decidedColumns, pendingColumns } from './review-columns.tsx';

type State = ReviewsQuery['state'];

/** What awaits this reviewer, soonest deadline first, and what was decided lately. */
export function ReviewsPage() {
  const [address] = useSearchParams();
  const state: State = address.get('state') === 'decided' ? 'decided' : 'pending';
  return (
    <div className="stack">
      <PageHeader title="Reviews" description="Requests of other people that need a reviewer's decision." />
      <ViewSwitch
        label="Which reviews"
        views={[
          { to: paths.reviews, text: 'Awaiting review', current: state === 'pending' },
          { to: paths.decidedReviews, text: 'Decided', current: state === 'decided' },
        ]}
      />
      <ReviewList key={state} state={state} />
    </div>
  );
}

function ReviewList({ state }: { state: State }) {
  const list = useReviews(state);
  const pages = list.data?.pages ?? [];
  const last = pages.at(-1);
  const problem = list.error === null ? null : asProblem(list.error);
  return (
    <section className="stack" aria-label={state === 'pending' ? 'Awaiting review' : 'Decided'}>
      {problem && <ProblemAlert problem={problem} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading what="reviews" />}
      {last && (
        <DataTable
          caption={
            state === 'pending'
              ? 'Requests that await your review, the soonest deadline first'
              : 'Requests that were decided, the latest decision first'
          }
          rows={pages.flatMap((page) => page.items)}
          columns={state === 'pending' ? pendingColumns : decidedColumns}
          rowKey={(request) => request.id}
          empty={<NoReviews state={state} more={last.cursor !== null} />}
        />
      )}
      {last && (
        <LoadMore
          cursor={last.cursor}
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
          label={state === 'pending' ? 'Load more' : 'Load older'}
        />
      )}
    </section>
  );
}

function useReviews(state: State) {
  return useInfiniteQuery({
    queryKey: keys.reviews({ state }),
    queryFn: ({ pageParam, signal }) =>
      call('listReviews', {
        query: pageParam === null ? { state } : { state, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    // A deadline or a window that passes changes what is to be seen at that moment.
    refetchInterval: ({ state: { data } }) =>
      refreshIn(
        data?.pages.flatMap((page) =>
          page.items.map((request) => (state === 'pending' ? request.reviewBy : request.window?.until)),
        ) ?? [],
      ),
  });
}

function NoReviews({ state, more }: { state: State; more: boolean }) {
  if (more) {
    return (
      <EmptyState title="Nothing found so far">There is more to look through: load the rest.</EmptyState>
    );
  }
  if (state === 'decided') {
    return (
      <EmptyState title="Nothing has been decided yet">
        Every approval and rejection appears here, whoever made it.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing awaits your review">
      New requests appear here by themselves, and reviewers are told of each one. Your own requests are for
      other reviewers.
    </EmptyState>
  );
}
