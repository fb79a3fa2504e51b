import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { RequestView } from '../../../api/contract.ts';
import { formatMoment } from '../../../web/lib/format.ts';
import { pollWhilePending } from '../../../web/lib/query-client.ts';
import { RevocationState } from '../../../web/ui/revocation-state.tsx';
import { requestView } from '../request-view.ts';

const at = '2026-11-24T09:00:05.000Z';
const by = { id: 'issuer#robin', name: 'Robin', email: 'robin@example.com' };
const past = '2026-11-24T10:00:00.000Z';
const future = '2126-11-24T10:00:00.000Z';

function revoked(enforcement: RequestView['enforcement'], credentialsEndAt: string | null): RequestView {
  return requestView({
    status: 'revoked',
    closure: { by, at, comment: '' },
    enforcement,
    sessions: { issued: 1, credentialsEndAt, endable: false },
  });
}
const said = (request: RequestView) =>
  renderToStaticMarkup(<RevocationState request={request} />)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('what a revocation has done', () => {
  test.each([
    [
      'nothing but that no session begins any more',
      revoked(null, future),
      /Live sessions go on: .* until they end/,
    ],
    ['all, where no session was issued', revoked(null, null), /No session was ever issued/],
    ['all, where what was issued has ended', revoked(null, past), /All sessions have ended/],
    [
      'asked AWS to end them',
      revoked({ state: 'pending', at: null }, future),
      /are being ended, usually within a minute/,
    ],
    [
      'ended them',
      revoked({ state: 'enforced', at }, future),
      new RegExp(`Live sessions ended at ${formatMoment(at)}`),
    ],
    ['not ended them', revoked({ state: 'ran-out', at }, past), /were not ended in time/],
  ])('is %s', (_what, request, words) => {
    expect(said(request)).toMatch(words);
    expect(said(request)).toContain(`No new sessions since ${formatMoment(at)}`);
  });
  test('is nothing for what was not revoked', () => {
    for (const status of ['pending', 'active', 'cancelled', 'ended'] as const) {
      expect(said({ ...revoked(null, future), status })).toBe('');
    }
  });
  test('is asked for often while AWS is being told, and only then', () => {
    expect(pollWhilePending(revoked({ state: 'pending', at: null }, future))).toBe(3000);
    expect(
      [revoked({ state: 'enforced', at }, future), revoked(null, future), undefined].map(pollWhilePending),
    ).toEqual([false, false, false]);
  });
});
