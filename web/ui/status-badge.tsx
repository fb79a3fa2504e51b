import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { RequestStatus, RequestView } from '../../api/contract.ts';
import { Unbroken } from './unbroken.tsx';

const looks: Record<RequestStatus, { word: string; type: StatusIndicatorProps.Type }> = {
  invited: { word: 'Invited', type: 'pending' },
  pending: { word: 'Pending', type: 'pending' },
  scheduled: { word: 'Scheduled', type: 'info' },
  active: { word: 'Active', type: 'success' },
  rejected: { word: 'Rejected', type: 'error' },
  cancelled: { word: 'Cancelled', type: 'stopped' },
  expired: { word: 'Expired', type: 'stopped' },
  ended: { word: 'Ended', type: 'stopped' },
  revoked: { word: 'Revoked', type: 'error' },
  void: { word: 'Void', type: 'stopped' },
};

/** Every status, in the order of a request's life. */
export const statuses = Object.keys(looks) as RequestStatus[];

/** The text as a status; undefined where it is none. */
export function statusOf(text: string | null): RequestStatus | undefined {
  return statuses.find((status) => status === text);
}

/** What is found by the status, for menus. */
export function statusWord(status: RequestStatus): string {
  return status === 'revoked' ? `${looks.revoked.word}, or ended early` : looks[status].word;
}

/** Whether whoever had the access gave it up: to the API a revocation as well, to people none. */
export function isEndedEarly({ status, closure, requester }: RequestView): boolean {
  return status === 'revoked' && closure?.by.id === requester.id;
}

export function StatusBadge({ request }: { request: RequestView }) {
  const { word, type } = isEndedEarly(request)
    ? ({ word: 'Ended early', type: 'stopped' } as const)
    : looks[request.status];
  return (
    <Unbroken>
      <StatusIndicator type={type}>{word}</StatusIndicator>
    </Unbroken>
  );
}
