import Button from '@cloudscape-design/components/button';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { RequestView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys, pollWhilePending } from '../../lib/query-client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { DecisionFacts, DecisionsInFull } from '../../ui/decision-facts.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Fact } from '../../ui/fact.tsx';
import { Instant } from '../../ui/instant.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { RequestTarget } from '../../ui/request-target.tsx';
import { RevocationState, revocationName } from '../../ui/revocation-state.tsx';
import { hasRule, RuleTerms } from '../../ui/rule-terms.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Timeline } from '../../ui/timeline.tsx';

/** One request as it is now, and every entry of it, oldest first. */
export function RequestDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const detail = useQuery({
    queryKey: keys.request(id),
    queryFn: ({ signal }) => call('getRequest', { id, signal }),
    refetchInterval: ({ state }) => pollWhilePending(state.data?.request),
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
        {detail.data && <Entries request={detail.data.request} />}
      </div>
    </Dialog>
  );
}

function Facts({ request }: { request: RequestView }) {
  const { window, ticket, invitation, extensionOf } = request;
  return (
    <dl className="facts">
      <Fact name="Status">
        <StatusBadge request={request} />
      </Fact>
      <Fact name="Person">
        <PersonName person={request.requester} />
      </Fact>
      {invitation && (
        <Fact name="Invited by">
          <PersonName person={invitation.by} />
        </Fact>
      )}
      <Fact name="Role and account">
        <RequestTarget request={request} />
      </Fact>
      <Fact name={window ? 'Access' : 'Asked for'}>
        {formatDuration(request.durationMinutes)}
        {window && (
          <>
            , <Instant at={window.from} /> to <Instant at={window.until} />
          </>
        )}
      </Fact>
      <DecisionFacts request={request} />
      {request.status === 'revoked' && (
        <Fact name={revocationName(request)} wide>
          <RevocationState request={request} />
        </Fact>
      )}
      <Fact name="Sessions issued">{request.sessions.issued}</Fact>
      {ticket !== null && (
        <Fact name="Ticket">
          <span className="code">{ticket}</span>
        </Fact>
      )}
      {extensionOf !== null && (
        <Fact name="Extends">
          <AppLink to={paths.request(extensionOf)}>{extensionOf}</AppLink>
        </Fact>
      )}
      <Fact name="Request">
        <AppLink to={paths.request(request.id)}>{request.id}</AppLink>
      </Fact>
      <DecisionsInFull request={request} />
      {hasRule(request) && (
        <Fact name="Rule" wide>
          <RuleTerms rule={request.rule} />
        </Fact>
      )}
    </dl>
  );
}

function Entries({ request: { id, requester } }: { request: RequestView }) {
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
      <Timeline entries={pages.flatMap((page) => page.items)} requesterId={requester.id} />
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
