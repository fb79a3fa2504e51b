import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { RequestStatus } from '../../api/contract.ts';
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

/** The one word for each status, for menus as well. */
export function statusWord(status: RequestStatus): string {
  return looks[status].word;
}

export function StatusBadge({ status }: { status: RequestStatus }) {
  const { word, type } = looks[status];
  return (
    <Unbroken>
      <StatusIndicator type={type}>{word}</StatusIndicator>
    </Unbroken>
  );
}
