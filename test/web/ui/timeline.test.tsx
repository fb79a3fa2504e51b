import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { ApprovalView, EntryView } from '../../../api/contract.ts';
import { formatInstant } from '../../../web/lib/format.ts';
import { AfterReview } from '../../../web/ui/after-review.tsx';
import { Timeline } from '../../../web/ui/timeline.tsx';

const erin = { id: 'issuer#erin', name: 'Erin', email: '' };
const at = '2026-11-24T09:00:00.000Z';
const when = formatInstant(at);

/** What is to be read, without the markup; it holds no text of people that would have to be unescaped. */
function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

function entryOf(given: Partial<EntryView>): EntryView {
  const created = { kind: 'created', actor: erin, text: '', note: '', session: null } as const;
  return { requestId: 'a-request', version: 1, at, ...created, ...given };
}

/** In the history of a request of somebody else than Erin. */
function entryText(given: Partial<EntryView>): string {
  return textOf(renderToStaticMarkup(<Timeline entries={[entryOf(given)]} requesterId="issuer#ada" />));
}

describe('an entry reads as a sentence', () => {
  test.each<[EntryView['kind'], string]>([
    ['created', 'Request created by Erin'],
    ['invited', 'Invited by Erin'],
    ['accepted', 'Invitation accepted by Erin'],
    ['approved-automatically', 'Approved automatically, asked for by Erin'],
    ['break-glass', 'Break-glass Access taken without an approval by Erin'],
    ['approved-in-part', 'One approval by Erin'],
    ['approved', 'Approved by Erin'],
    ['confirmed', 'Break-glass access confirmed by Erin'],
    ['flagged', 'Break-glass access flagged by Erin'],
    ['rejected', 'Rejected by Erin'],
    ['cancelled', 'Cancelled by Erin'],
    ['revoked', 'Revoked by Erin'],
  ])('%s', (kind, words) => {
    expect(entryText({ kind })).toBe(`${words} ${when}`);
  });

  test.each<[EntryView['kind'], string]>([
    ['expired', 'Expired: nobody decided in time'],
    ['ended', 'Access ended'],
    ['voided', 'Void: it comes from a backup'],
  ])('%s, which no person did', (kind, words) => {
    expect(entryText({ kind, actor: null })).toBe(`${words} ${when}`);
  });

  test('of access that its owner gave up as no revocation', () => {
    const entry = entryOf({ kind: 'revoked' });
    const markup = renderToStaticMarkup(<Timeline entries={[entry]} requesterId={erin.id} />);
    expect(textOf(markup)).toBe(`Ended early by Erin ${when}`);
  });

  test('with what Stepladder says of it, and the instants in that as people write them', () => {
    const note = `Break-glass access by the rule "production", to be reviewed before ${at}.`;
    const said = `Break-glass access by the rule "production", to be reviewed before ${when} .`;
    expect(entryText({ note, text: 'It burns.' })).toBe(`Request created by Erin ${when} ${said} It burns.`);
  });
});

describe('the review of break-glass access', () => {
  const glass: ApprovalView = { kind: 'break-glass', at, condition: null, reviewDue: at, afterReview: null };
  const far = '9999-01-01T00:00:00.000Z';
  const reviewed = (decision: 'confirm' | 'flag') => ({ reviewer: erin, decision, comment: '', at });
  test.each<[string, ApprovalView, string]>([
    ['confirmed', { ...glass, afterReview: reviewed('confirm') }, `Confirmed by Erin , ${when}`],
    ['flagged', { ...glass, afterReview: reviewed('flag') }, `Flagged by Erin , ${when}`],
    ['overdue', glass, `Overdue since ${when}`],
    ['none', { ...glass, kind: 'automatic', reviewDue: null }, ''],
  ])('%s', (_name, approval, text) => {
    expect(textOf(renderToStaticMarkup(<AfterReview approval={approval} />))).toBe(text);
  });

  test('to come, with the time that is left', () => {
    const due = { ...glass, reviewDue: far };
    const text = textOf(renderToStaticMarkup(<AfterReview approval={due} />));
    expect(text.replace(/\d+ d \d+ h/, '<time>')).toBe(`Due by ${formatInstant(far)} ( <time> left)`);
  });
});
