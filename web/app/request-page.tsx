import { useQuery } from '@tanstack/react-query';
import { useLocation, useParams } from 'react-router-dom';
import type { RequestDetailView } from '../../api/contract.ts';
import { AcceptPanel } from '../features/requests/accept-panel.tsx';
import { CreatedNote } from '../features/requests/created-note.tsx';
import { RequestDetails } from '../features/requests/request-details.tsx';
import { TogetherList } from '../features/requests/together-list.tsx';
import { ReviewPanel } from '../features/reviews/review-panel.tsx';
import { SessionPanel } from '../features/sessions/session-panel.tsx';
import { call } from '../lib/api.ts';
import { useMe } from '../lib/me.ts';
import { asProblem } from '../lib/problem.ts';
import { keys, pollWhilePending, refreshIn, requestsChanged } from '../lib/query-client.ts';
import { BreakGlassMark } from '../ui/break-glass-mark.tsx';
import { Loading } from '../ui/loading.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { StatusBadge } from '../ui/status-badge.tsx';
import { Timeline } from '../ui/timeline.tsx';

/** One request: the requester's view, the reviewer's and the auditor's in one, by what the server allows. */
export function RequestPage() {
  const { id = '' } = useParams();
  // A new id is a new page: nothing that was opened or typed for one request may be left over on another.
  return <OneRequest key={id} id={id} />;
}

function OneRequest({ id }: { id: string }) {
  const { state } = useLocation();
  const detail = useQuery({
    queryKey: keys.request(id),
    queryFn: ({ signal }) => call('getRequest', { id, signal }),
    refetchInterval: ({ state }) => pollWhilePending(state.data?.request) || refreshIn(changes(state.data)),
  });
  const request = detail.data?.request;
  const account = request && (request.target.accountName ?? request.target.account);
  return (
    <>
      <PageHeader
        title={request ? `${request.target.role} in ${account}` : 'Request'}
        actions={
          request && (
            <>
              {request.breakGlass && <BreakGlassMark />}
              <StatusBadge request={request} />
            </>
          )
        }
      />
      {request && isNew(state) && <CreatedNote request={request} />}
      {detail.error && (
        <ProblemAlert problem={asProblem(detail.error)} onRetry={() => void detail.refetch()} />
      )}
      {detail.isPending && <Loading what="the request" />}
      {detail.data && <Parts detail={detail.data} />}
    </>
  );
}

function Parts({ detail }: { detail: RequestDetailView }) {
  const { request, together, entries, earlier, contact } = detail;
  const viewerId = useMe().data?.user.id;
  return (
    <>
      <AcceptPanel request={request} viewerId={viewerId} />
      <SessionPanel request={request} entries={entries} />
      <RequestDetails request={request} viewerId={viewerId} contact={contact} />
      <ReviewPanel
        request={request}
        together={together}
        earlier={earlier}
        onReviewed={() => void requestsChanged()}
      />
      {!request.allowedActions.includes('review') && <TogetherList requests={together} />}
      <section className="panel stack-close" aria-labelledby="history">
        <h2 id="history">History</h2>
        <Timeline entries={entries} requesterId={request.requester.id} />
      </section>
    </>
  );
}

/** Whether the form has just led here. */
function isNew(state: unknown): boolean {
  return (state as { created?: boolean } | null)?.created === true;
}

/** The instants at which time alone changes what is shown. */
function changes(detail: RequestDetailView | undefined): (string | null | undefined)[] {
  if (!detail) return [];
  const { reviewBy, start, window, approval } = detail.request;
  return [reviewBy, start, window?.from, window?.until, approval?.reviewDue];
}
