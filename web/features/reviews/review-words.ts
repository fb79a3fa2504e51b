import type { RequestView, ReviewBody } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';

export type Decision = ReviewBody['decision'];

/** What each decision is called: on its button, over its confirmation, and afterwards. */
export const decisionWords: Record<
  Decision,
  { label: string; title: string; done: string; meaning: string }
> = {
  approve: {
    label: 'Approve',
    title: 'Approve',
    done: 'approved',
    meaning: 'Your approval, with your name and comment, is on record. Access can be revoked at any time.',
  },
  reject: {
    label: 'Reject',
    title: 'Reject',
    done: 'rejected',
    meaning: 'Nobody gets access. A rejection is final: the requester would have to make a new request.',
  },
  confirm: {
    label: 'Confirm',
    title: 'Confirm',
    done: 'confirmed',
    meaning: 'Your name and comment are on record: the access was right. This cannot be taken back.',
  },
  flag: {
    label: 'Flag',
    title: 'Flag',
    done: 'flagged',
    meaning:
      'The requester and the other reviewers are told, with your name and comment. Access that is still active has to be revoked separately.',
  },
};

export type Missing = { decision?: string; comment?: string };

/** What keeps the form from going on. The server checks it all again. @param afterwards a review of break-glass access */
export function missingIn(decision: Decision | null, comment: string, afterwards: boolean): Missing {
  if (decision === null) {
    return {
      decision: `Choose whether to ${afterwards ? 'confirm or to flag it' : 'approve or to reject'}.`,
    };
  }
  if (comment.trim() === '' && decision === 'reject') {
    return { comment: 'Say why it is rejected, so that the requester knows what to change.' };
  }
  if (comment.trim() === '' && decision === 'flag') {
    return { comment: 'Say what was wrong with it, so that it can be put right.' };
  }
  if (comment.length > limits.comment.max) {
    return { comment: `Shorten the comment to ${limits.comment.max} characters.` };
  }
  return {};
}

export type Effect =
  | { kind: 'one-of-several'; nth: number; of: number }
  | { kind: 'starts-later'; start: string }
  | { kind: 'starts-now' };

/** What the next approval does to the request. @param nowMs epoch ms */
export function effectOf(
  { reviews, approvalsNeeded, start }: Pick<RequestView, 'reviews' | 'approvalsNeeded' | 'start'>,
  nowMs: number,
): Effect {
  const nth = reviews.filter(({ decision }) => decision === 'approve').length + 1;
  if (nth < approvalsNeeded) return { kind: 'one-of-several', nth, of: approvalsNeeded };
  return start !== null && Date.parse(start) > nowMs
    ? { kind: 'starts-later', start }
    : { kind: 'starts-now' };
}
