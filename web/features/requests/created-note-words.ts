import type { RequestView } from '../../../api/contract.ts';
import { formatNear } from '../../lib/format.ts';

/** The heading over a request that was just made. */
export function headerOf({ status, together }: RequestView): string {
  if (status === 'invited') return 'Your invitation was created';
  return together.length > 1 ? `Your ${together.length} requests were created` : 'Your request was created';
}

/** What is true of the request now; null where its creation is no news any more. @param nowMs epoch ms */
export function noteOf(request: RequestView, nowMs: number): string | null {
  const { status, approval, window, start } = request;
  const many = request.together.length > 1;
  const follow = 'This page follows what happens; you can leave and come back.';
  if (status === 'invited') {
    return `The invited person is told by mail and has to accept. Nothing is active before. ${follow}`;
  }
  if (status === 'pending') {
    const needed = request.approvalsNeeded === 1 ? 'an approval' : `${request.approvalsNeeded} approvals`;
    const starts =
      start !== null && Date.parse(start) > nowMs
        ? ` If approved before, access starts at ${formatNear(start, nowMs)}.`
        : '';
    return `${many ? 'This one waits' : 'It waits'} for ${needed}.${starts} ${follow}`;
  }
  if (approval?.kind === 'break-glass' && approval.reviewDue && status === 'active') {
    return `Access is active now, and all reviewers are told. It has to be reviewed by ${formatNear(approval.reviewDue, nowMs)}.`;
  }
  if (approval?.kind !== 'automatic' || !window) return null;
  const by = `${many ? 'This one was' : 'It was'} approved automatically: ${approval.condition}.`;
  if (status === 'active') return `${by} Access is active now.`;
  return status === 'scheduled' ? `${by} Access starts at ${formatNear(window.from, nowMs)}.` : null;
}
