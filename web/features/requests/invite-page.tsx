import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router-dom';
import type { InviteBody } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { useMe } from '../../lib/me.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { InviteForm } from './invite-form.tsx';
import { useIdempotencyKey } from './use-creation.ts';

/** Where a reviewer asks on behalf of an engineer. */
export function InvitePage() {
  const me = useMe();
  const navigate = useNavigate();
  const keyOf = useIdempotencyKey();
  const invitation = useMutation({
    mutationFn: (body: InviteBody) => call('invite', { body, idempotencyKey: keyOf(JSON.stringify(body)) }),
    onSuccess: (request) => {
      void requestsChanged();
      navigate(paths.request(request.id), { state: { created: true }, replace: true });
    },
  });
  return (
    <>
      <PageHeader title="Invite an engineer" description="Ask for a role on somebody else's behalf." />
      {me.data?.roles.reviewer === false ? (
        <div className="panel">
          <EmptyState title="Only reviewers invite others">
            Make a request of your own, or ask a reviewer to invite the person.
          </EmptyState>
        </div>
      ) : (
        <InviteForm
          running={invitation.isPending || invitation.isSuccess}
          problem={invitation.error ? asProblem(invitation.error) : null}
          onSubmit={(body) => invitation.mutate(body)}
          onLeave={() => navigate(paths.reviews)}
        />
      )}
    </>
  );
}
