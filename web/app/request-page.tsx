import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import type { RequestDetailView } from '../../api/contract.ts';
import { RequestDetails } from '../features/requests/request-details.tsx';
import { ReviewPanel } from '../features/reviews/review-panel.tsx';
import { SessionPanel } from '../features/sessions/session-panel.tsx';
import { call } from '../lib/api.ts';
import { useMe } from '../lib/me.ts';
import { asProblem } from '../lib/problem.ts';
import { keys, refreshIn, requestsChanged } from '../lib/query-client.ts';
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
  const detail = useQuery({
    queryKey: keys.request(id),
    queryFn: ({ signal }) => call('getRequest', { id, signal }),
    refetchInterval: ({ state }) => refreshIn(changes(state.data)),
  });
  const request = detail.data?.request;
  const account = request && (request.target.accountName ?? request.target.account);
  return (
    <>
      <PageHeader
        title={request ? `${request.target.role} in ${account}` : 'Request'}
        actions={request && <StatusBadge status={request.status} />}
      />
      <CreatedNote />
      {detail.error && (
        <ProblemAlert problem={asProblem(detail.error)} onRetry={() => void detail.refetch()} />
      )}
      {detail.isPending && <Loading what="the request" />}
      {detail.data && <Parts detail={detail.data} />}
    </>
  );
}

function Parts({ detail }: { detail: RequestDetailView }) {
  const { request, entries, earlier } = detail;
  const me = useMe();
  const may = (action: RequestDetailView['request']['allowedActions'][number]) =>
    request.allowedActions.includes(action);
  return (
    <>
      <SessionPanel request={request} />
      <RequestDetails request={request} mine={me.data?.user.id === request.requester.id} />
      {may('review') && (
        <ReviewPanel request={request} earlier={earlier} onReviewed={() => void requestsChanged()} />
      )}
      <section className="panel stack-close" aria-labelledby="history">
        <h2 id="history">History</h2>
        <Timeline entries={entries} />
      </section>
    </>
  );
}

function CreatedNote() {
  const { state } = useLocation();
  const [shown, setShown] = useState((state as { created?: boolean } | null)?.created === true);
  if (!shown) return null;
  return (
    <div role="status">
      <Alert
        type="success"
        header="Your request was created"
        dismissible
        dismissAriaLabel="Dismiss"
        onDismiss={() => setShown(false)}
        i18nStrings={{ successIconAriaLabel: 'Success' }}
      >
        It waits for review. This page follows what happens to it; you can leave and come back.
      </Alert>
    </div>
  );
}

/** The instants at which time alone changes the request's status. */
function changes(detail: RequestDetailView | undefined): (string | undefined)[] {
  return [detail?.request.reviewBy, detail?.request.window?.from, detail?.request.window?.until];
}
