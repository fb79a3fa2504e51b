import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { RequestView } from '../../../api/contract.ts';
import { isEndedEarly, StatusBadge, statuses, statusWord } from '../../../web/ui/status-badge.tsx';
import { requestView } from '../request-view.ts';

const at = '2026-11-24T09:10:00.000Z';
const erin = { id: 'issuer#erin', name: 'Erin', email: 'erin@example.com' };
const robin = { id: 'issuer#robin', name: 'Robin', email: 'robin@example.com' };
const closedBy = (by: typeof erin, status: RequestView['status'] = 'revoked') =>
  requestView({ status, closure: { by, at, comment: '' } });

/** The word, and whether it looks like something that went wrong. */
function badge(request: RequestView) {
  const markup = renderToStaticMarkup(<StatusBadge request={request} />);
  return { word: markup.replace(/<[^>]*>/g, ''), alarming: /status-error/.test(markup) };
}

describe('the badge of access that ended before its time', () => {
  test('is neutral where its owner ended it', () => {
    expect(badge(closedBy(erin))).toEqual({ word: 'Ended early', alarming: false });
    expect(isEndedEarly(closedBy(erin))).toBe(true);
  });

  test.each([
    ['a reviewer', robin],
    ['somebody with the same name and address', { ...erin, id: 'issuer#other' }],
  ])('is alarming where %s revoked it', (_who, by) => {
    expect(badge(closedBy(by))).toEqual({ word: 'Revoked', alarming: true });
    expect(isEndedEarly(closedBy(by))).toBe(false);
  });

  test('is alarming where nobody knows who did', () => {
    expect(badge(requestView({ status: 'revoked' }))).toEqual({ word: 'Revoked', alarming: true });
  });

  test('is not that of a request that its owner cancelled', () => {
    expect(badge(closedBy(erin, 'cancelled'))).toEqual({ word: 'Cancelled', alarming: false });
    expect(isEndedEarly(closedBy(erin, 'cancelled'))).toBe(false);
  });
});

test('a menu names both that are found by one status, and every other as its badge does', () => {
  expect(statusWord('revoked')).toBe('Revoked, or ended early');
  for (const status of statuses.filter((one) => one !== 'revoked')) {
    expect(statusWord(status)).toBe(badge(requestView({ status })).word);
  }
});
