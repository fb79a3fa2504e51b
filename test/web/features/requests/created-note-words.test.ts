import { expect, test } from 'vitest';
import type { ApprovalView, RequestView } from '../../../../api/contract.ts';
import { headerOf, noteOf } from '../../../../web/features/requests/created-note-words.ts';
import { formatNear } from '../../../../web/lib/format.ts';
import { requestView } from '../../request-view.ts';

const now = Date.parse('2026-11-24T09:00:00.000Z');
const later = '2026-11-24T12:00:00.000Z';
const at = formatNear(later, now);
const follow = 'This page follows what happens; you can leave and come back.';
const window = { from: '2026-11-24T09:00:00.000Z', until: '2026-11-24T10:00:00.000Z' };

function approved(given: Partial<ApprovalView>): ApprovalView {
  return {
    kind: 'reviewers',
    at: window.from,
    condition: null,
    reviewDue: null,
    afterReview: null,
    ...given,
  };
}

const automatic = approved({ kind: 'automatic', condition: 'up to two hours' });
const glass = approved({ kind: 'break-glass', reviewDue: later });
const three = ['one', 'two', 'three'];

test.each<[string, Partial<RequestView>, string | null]>([
  ['waits for one', {}, `It waits for an approval. ${follow}`],
  ['waits for two', { approvalsNeeded: 2 }, `It waits for 2 approvals. ${follow}`],
  ['is one of three', { together: three }, `This one waits for an approval. ${follow}`],
  [
    'is for later',
    { start: later },
    `It waits for an approval. If approved before, access starts at ${at}. ${follow}`,
  ],
  [
    'is for a time that has passed',
    { start: '2026-11-24T08:00:00.000Z' },
    `It waits for an approval. ${follow}`,
  ],
  [
    'is an invitation',
    { status: 'invited' },
    `The invited person is told by mail and has to accept. Nothing is active before. ${follow}`,
  ],
  [
    'was let through',
    { status: 'active', window, approval: automatic },
    'It was approved automatically: up to two hours. Access is active now.',
  ],
  [
    'was let through for later',
    { status: 'scheduled', window: { ...window, from: later }, approval: automatic },
    `It was approved automatically: up to two hours. Access starts at ${at}.`,
  ],
  [
    'is break-glass',
    { status: 'active', breakGlass: true, window, approval: glass },
    `Access is active now, and all reviewers are told. It has to be reviewed by ${at}.`,
  ],
  ['was approved since', { status: 'active', window, approval: approved({}) }, null],
  ['was let through and has ended', { status: 'ended', window, approval: automatic }, null],
  ['was break-glass and has ended', { status: 'ended', window, approval: glass }, null],
  ['was rejected', { status: 'rejected' }, null],
  ['was cancelled', { status: 'cancelled' }, null],
  ['has expired', { status: 'expired' }, null],
])('a new request that %s', (_name, given, note) => {
  expect(noteOf(requestView(given), now)).toBe(note);
});

test.each<[Partial<RequestView>, string]>([
  [{}, 'Your request was created'],
  [{ together: three }, 'Your 3 requests were created'],
  [{ status: 'invited' }, 'Your invitation was created'],
])('is announced: %j', (given, header) => {
  expect(headerOf(requestView(given))).toBe(header);
});
