import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router-dom';
import type { RequestView, ReviewsQuery } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys, refreshIn } from '../../lib/query-client.ts';
import { ButtonLink } from '../../ui/app-link.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ViewSwitch } from '../../ui/view-switch.tsx';
import { decidedColumns, pendingColumns, unreviewedColumns } from './review-columns.tsx';

type State = ReviewsQuery['state'];

interface View {
  path: string;
  text: string;
  caption: string;
  columns: readonly Column<RequestView>[];
  more: string;
}

const views: Record<State, View> = {
  pending: {
    path: paths.reviews,
    text: 'Awaiting review',
    caption: 'Requests that await your review, the soonest deadline first',
    columns: pendingColumns,
    more: 'Load more',
  },
  unreviewed: {
    path: paths.unreviewed,
    text: 'Break-glass to review',
    caption: 'Break-glass access that awaits your review, the soonest deadline first',
    columns: unreviewedColumns,
    more: 'Load more',
  },
  decided: {
    path: paths.decidedReviews,
    text: 'Decided',
    caption: 'Requests that were decided, the latest decision first',
    columns: decidedColumns,
    more: 'Load older',
  },
};
const states = Object.keys(views) as State[];

/** What awaits this reviewer, soonest deadline first, and what was decided lately. */
export function ReviewsPage() {
  const [address] = useSearchParams();
  const state = states.find((one) => one === address.get('state')) ?? 'pending';
  return (
    <div className="stack">
      <PageHeader
        title="Reviews"
        description="Requests of other people that need a reviewer's decision."
        actions={<ButtonLink to={paths.invite}>Invite</ButtonLink>}
      />
      <ViewSwitch
        label="Which reviews"
        views={states.map((one) => ({ to: views[one].path, text: views[one].text, current: one === state }))}
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
  const { text, caption, columns, more } = views[state];
  return (
    <section className="stack" aria-label={text}>
      {problem && <ProblemAlert problem={problem} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading what="reviews" />}
      {last && (
        <DataTable
          caption={caption}
          rows={pages.flatMap((page) => page.items)}
          columns={columns}
          rowKey={(request) => request.id}
          empty={<NoReviews state={state} more={last.cursor !== null} />}
        />
      )}
      {last && (
        <LoadMore
          cursor={last.cursor}
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
          label={more}
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
      refreshIn(data?.pages.flatMap((page) => page.items.flatMap(changes)) ?? []),
  });
}

/** The instants at which time alone changes what is shown. */
function changes({ status, reviewBy, window }: RequestView): (string | undefined)[] {
  return status === 'pending' ? [reviewBy] : [window?.from, window?.until];
}

function NoReviews({ state, more }: { state: State; more: boolean }) {
  if (more) {
    return (
      <EmptyState title="Nothing found so far">There is more to look through: load the rest.</EmptyState>
    );
  }
  if (state === 'unreviewed') {
    return (
      <EmptyState title="No break-glass access awaits your review">
        Access that somebody takes without an approval appears here until a reviewer has confirmed or flagged
        it.
      </EmptyState>
    );
  }
  if (state === 'decided') {
    return (
      <EmptyState title="Nothing has been decided yet">
        Every decision appears here, whoever made it.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing awaits your review">
      New requests appear here by themselves, and reviewers are told of each one. Your own requests are for
      other reviewers. Access that somebody took without an approval is under {views.unreviewed.text}.
    </EmptyState>
  );
}
