import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { CreateRequestBody } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { useMe } from '../../lib/me.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { NotEligible } from './no-requests.tsx';
import { RequestForm } from './request-form.tsx';

/** Where a request is made. */
export function NewRequestPage() {
  const me = useMe();
  const navigate = useNavigate();
  // One key for this form, however often it is sent: an answer that got lost cannot make a second request.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const creation = useMutation({
    mutationFn: (body: CreateRequestBody) => call('createRequest', { body, idempotencyKey }),
    onSuccess: (request) => {
      void requestsChanged();
      navigate(paths.request(request.id), { state: { created: true }, replace: true });
    },
  });
  return (
    <>
      <PageHeader
        title="Create request"
        description="A reviewer reads it before anything happens. Access begins when it is approved."
      />
      {me.data?.roles.engineer === false ? (
        <div className="panel">
          <NotEligible />
        </div>
      ) : (
        <RequestForm
          running={creation.isPending || creation.isSuccess}
          problem={creation.error ? asProblem(creation.error) : null}
          onSubmit={(body) => creation.mutate(body)}
          onLeave={() => navigate(paths.myRequests)}
        />
      )}
    </>
  );
}
