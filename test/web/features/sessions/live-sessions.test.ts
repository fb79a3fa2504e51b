import { describe, expect, it } from 'vitest';
import type { EntryView, SessionKind } from '../../../../api/contract.ts';
import { endingOf, livesOf, outlasts } from '../../../../web/features/sessions/live-sessions.ts';

const windowEnd = '2026-11-24T12:00:00.000Z';
const at = (time: string) => Date.parse(`2026-11-24T${time}Z`);

let version = 0;
function entry(kind: EntryView['kind'], session: EntryView['session']): EntryView {
  version += 1;
  const by = { id: 'x', name: 'Erin', email: 'erin@example.com' };
  return { requestId: 'r', version, at: windowEnd, kind, actor: by, text: '', note: '', session };
}
const issued = (kind: SessionKind, until: string | null) =>
  entry('session-issued', { id: `${version}`, kind, endsAt: until && `2026-11-24T${until}Z` });

describe('sessions that are alive', () => {
  const entries = [
    entry('created', null),
    entry('session-intended', { id: 'i', kind: 'cli', endsAt: '2026-11-24T11:00:00Z' }),
    entry('session-failed', { id: 'i', kind: 'cli', endsAt: '2026-11-24T11:00:00Z' }),
    issued('cli', '10:15:00'),
    issued('console', '10:30:00'),
    issued('cli', '10:20:00'),
    issued('cli', null),
  ];
  it.each([
    ['10:00:00', { console: 1, cli: 2, until: '2026-11-24T10:30:00Z' }],
    ['10:15:00', { console: 1, cli: 1, until: '2026-11-24T10:30:00Z' }],
    ['10:29:59', { console: 1, cli: 0, until: '2026-11-24T10:30:00Z' }],
    ['10:30:00', { console: 0, cli: 0, until: null }],
  ])('are counted by kind at %s: not those that were only asked for or failed', (now, want) => {
    expect(livesOf(entries, at(now))).toEqual(want);
  });
});

describe('what to renew', () => {
  const cli = (until: string, now: string) => endingOf([issued('cli', until)], windowEnd, at(now));
  it('is nothing while the session lasts for more than five minutes', () => {
    expect(cli('10:15:00', '10:09:59')).toEqual([]);
    expect(cli('10:15:00', '10:10:00')).toMatchObject([{ kind: 'cli', over: false }]);
  });
  it('is what has ended, for as long as the access lasts', () => {
    expect(cli('10:15:00', '10:14:59')).toMatchObject([{ over: false }]);
    expect(cli('10:15:00', '10:15:00')).toMatchObject([{ over: true }]);
  });
  it('is nothing where the access ends with it, or within the minute after it', () => {
    expect(cli('12:00:00', '11:59:00')).toEqual([]);
    expect(cli('11:59:00', '11:58:00')).toEqual([]);
    expect(cli('11:58:59', '11:58:00')).toMatchObject([{ kind: 'cli' }]);
    expect(outlasts(windowEnd, '2026-11-24T11:59:00Z')).toBe(false);
  });
  it('goes by the latest of each kind, whatever their order, and tells first of what ends first', () => {
    const entries = [issued('cli', '10:14:00'), issued('cli', '10:13:00'), issued('console', '10:12:00')];
    expect(endingOf(entries, windowEnd, at('10:10:00'))).toEqual([
      { kind: 'console', endsAt: '2026-11-24T10:12:00Z', over: false },
      { kind: 'cli', endsAt: '2026-11-24T10:14:00Z', over: false },
    ]);
    const renewed = [...entries, issued('console', '10:27:00')];
    expect(endingOf(renewed, windowEnd, at('10:10:00'))).toMatchObject([{ kind: 'cli' }]);
  });
  it('is nothing where nothing was issued', () => {
    expect(endingOf([entry('session-failed', null)], windowEnd, at('11:00:00'))).toEqual([]);
  });
});
