import type { RequestStatus, RequestView } from '../../../api/contract.ts';
import { paths } from '../../lib/paths.ts';
import { ButtonLink } from '../../ui/app-link.tsx';
import { CloseActions } from './close-actions.tsx';

interface RequestActionsProps {
  request: RequestView;
  viewerId: string | undefined;
}

const over: readonly RequestStatus[] = ['rejected', 'cancelled', 'expired', 'ended', 'revoked', 'void'];

/** What can be done with a request beside accepting, reviewing and using it. */
export function RequestActions({ request, viewerId }: RequestActionsProps) {
  const mine = viewerId === request.requester.id;
  return (
    <div className="row">
      {request.allowedActions.includes('extend') && (
        <ButtonLink to={paths.extend(request.id)}>Extend</ButtonLink>
      )}
      {mine && over.includes(request.status) && (
        <ButtonLink to={paths.repeat(request.id)}>Ask again</ButtonLink>
      )}
      <CloseActions request={request} viewerId={viewerId} />
    </div>
  );
}
