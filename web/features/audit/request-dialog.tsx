import Button from '@cloudscape-design/components/button';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { RequestView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys } from '../../lib/query-client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Instant } from '../../ui/instant.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { TargetName } from '../../ui/target-name.tsx';
import { Timeline } from '../../ui/timeline.tsx';

/** One request as it is now, and every entry of it, oldest first. */
export function RequestDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const detail = useQuery({
    queryKey: keys.request(id),
    queryFn: ({ signal }) => call('getRequest', { id, signal }),
  });
  return (
    <Dialog
      title="Request on record"
      wide
      onDismiss={onClose}
      footer={
        <Button variant="primary" onClick={() => onClose()}>
          Close
        </Button>
      }
    >
      <div className="stack">
        {detail.error && (
          <ProblemAlert problem={asProblem(detail.error)} onRetry={() => void detail.refetch()} />
        )}
        {detail.isPending && <Loading what="the request" />}
        {detail.data && <Facts request={detail.data.request} />}
        {detail.data && <Entries id={id} />}
      </div>
    </Dialog>
  );
}

function Facts({ request }: { request: RequestView }) {
  return (
    <dl className="facts">
      <div>
        <dt>Status</dt>
        <dd>
          <StatusBadge status={request.status} />
        </dd>
      </div>
      <div>
        <dt>Person</dt>
        <dd>
          <PersonName person={request.requester} />
        </dd>
      </div>
      <div>
        <dt>Role and account</dt>
        <dd>
          <TargetName target={request.target} />
        </dd>
      </div>
      <div>
        <dt>{request.window ? 'Access' : 'Asked for'}</dt>
        <dd>
          {formatDuration(request.durationMinutes)}
          {request.window && (
            <>
              , <Instant at={request.window.from} /> to <Instant at={request.window.until} />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Sessions issued</dt>
        <dd>{request.sessions.issued}</dd>
      </div>
      <div>
        <dt>Request</dt>
        <dd>
          <AppLink to={paths.request(request.id)}>{request.id}</AppLink>
        </dd>
      </div>
    </dl>
  );
}

function Entries({ id }: { id: string }) {
  const list = useInfiniteQuery({
    queryKey: keys.audit('entries', { id }),
    queryFn: ({ pageParam, signal }) =>
      call('listEntries', { id, query: pageParam === null ? {} : { cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  });
  const pages = list.data?.pages ?? [];
  return (
    <section className="stack-close" aria-label="Entries">
      <h3 className="audit-heading">Entries, oldest first</h3>
      <Timeline entries={pages.flatMap((page) => page.items)} />
      {list.isPending && <Loading what="entries" />}
      {list.error && (
        <ProblemAlert
          problem={asProblem(list.error)}
          onRetry={() => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch())}
        />
      )}
      <LoadMore
        cursor={pages.at(-1)?.cursor}
        loading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        label="Load later entries"
      />
    </section>
  );
}
