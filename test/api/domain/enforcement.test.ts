import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { type EnforcementResult, enforcementAt, toEnforce } from '../../../api/domain/enforcement.ts';
import { apply, type Command } from '../../../api/domain/lifecycle.ts';
import type { SessionRecord } from '../../../api/domain/session.ts';
import { personOf, type User } from '../../../api/domain/user.ts';
import { ada, allowed, codeOf, production, ravi } from '../people.ts';
import { become, later, madeUnder, reviewBy, ruleWith } from './one-rule.ts';

/** What a revocation has to do with the sessions that are alive. */

const ending = ruleWith({}, { endLiveSessions: true });
/** The window is [1, 61). */
const approvedUnder = (rule = ending) => become(madeUnder(rule), reviewBy(ravi));
const approved = approvedUnder();

function sessionOf(request: AccessRequest, endsAfter: number): SessionRecord {
  return {
    id: 'd'.repeat(26),
    requestId: request.id,
    kind: 'cli',
    state: 'intended',
    user: personOf(ada),
    target: request.target,
    accountName: null,
    at: later(2),
    endsAt: later(endsAfter),
    accessKeyId: null,
    assumedRoleId: null,
    ending: null,
    narrowedFrom: null,
    notNarrowed: null,
    sessionName: 'name',
    sourceIdentity: 'identity',
    sourceIp: '127.0.0.1',
    userAgent: '',
  };
}

const at = (request: AccessRequest, command: Command, minutes = 2) =>
  allowed(apply(request, command, later(minutes)));
const begin = (request: AccessRequest, endsAfter: number, more: { endable?: boolean } = {}) =>
  at(request, { kind: 'intend-session', session: sessionOf(request, endsAfter), ...more }).request;
const revoke = (by: User = ravi): Command => ({ kind: 'revoke', by, comment: '' });
const note = (kind: EnforcementResult['kind']): Command => ({
  kind: 'note-enforcement',
  result:
    kind === 'enforced' || kind === 'ran-out' ? { kind } : { kind, issuedUntil: '2026-11-23T09:40:00Z' },
});

describe('a revocation', () => {
  test.each([
    ['no session was begun', approved, null],
    ['one was begun and not answered yet', begin(approved, 30), later(35)],
    ['of two, the first ends later', begin(begin(approved, 30), 20), later(35)],
    ['of two, the second ends later', begin(begin(approved, 20), 30), later(35)],
    ['the rule does not ask for it', begin(approvedUnder(ruleWith()), 30), null],
    ["only today's rule asks for it", begin(approvedUnder(ruleWith()), 30, { endable: true }), later(35)],
    ["today's rule does not ask for it any more", begin(approved, 30, { endable: false }), later(35)],
  ])('has to end sessions, where %s', (_what, request, until) => {
    const revoked = at(request, revoke(), 3);
    const expected = until && { state: 'pending', at: null, until };
    expect(revoked.request).toMatchObject({ status: 'revoked', enforcement: expected });
    expect(revoked.entry.note).toBe(until === null ? '' : 'Its live sessions are being ended.');
    expect(toEnforce(revoked.request)).toEqual(
      until && { requestId: request.id, account: production, revokedAt: later(3), until },
    );
  });

  test('by whom it concerns ends them too', () => {
    expect(at(begin(approved, 30), revoke(ada), 3).request).toMatchObject({
      enforcement: { state: 'pending' },
    });
  });

  test.each([
    [34, true],
    [35, false],
    [36, false],
  ])('at minute %i of sessions that end at 30 has something to end: %s', (minute, has) => {
    expect(enforcementAt(begin(approved, 30), later(minute)) !== null).toBe(has);
  });

  test('says until when credentials work that it does not end', () => {
    const request = approvedUnder(ruleWith());
    const session = sessionOf(request, 30);
    const used = at(request, { kind: 'record-session', session }).request;
    expect(at(used, revoke(), 3).entry.note).toBe(
      `Credentials that were issued before work until ${later(30)} at the latest.`,
    );
    expect(at(used, revoke(), 30).entry.note).toBe('');
  });

  test.each([
    ['before, under a rule that did not say so', false],
    ['after, when only the rule of that moment said so', true],
  ])('denies also a session for its whole time that AWS issued %s', (_what, after) => {
    const issue = (request: AccessRequest) =>
      at(request, { kind: 'record-session', session: sessionOf(request, 60) }).request;
    const request = approvedUnder(ruleWith());
    const endable = (from: AccessRequest) => begin(from, 17, { endable: true });
    const both = after ? issue(endable(request)) : endable(issue(request));
    expect(at(both, revoke(), 3).request).toMatchObject({ enforcement: { until: later(65) } });
    expect(enforcementAt(both, later(64))).not.toBeNull();
  });

  test('of what is not approved has nothing to end', () => {
    const pending = madeUnder(ending);
    expect([enforcementAt(pending, later(2)), toEnforce(pending)]).toEqual([null, null]);
  });
});

describe('what came of it', () => {
  const revoked = at(begin(approved, 30), revoke(), 3).request;

  test.each([
    ['enforced', 'enforced', 'sessions-ended', 'AWS denies them everything, within seconds.'],
    [
      'enforced-widely',
      'enforced',
      'sessions-ended',
      expect.stringMatching(
        /all sessions of this account .* until 2026-11-23T09:40:00Z, .* other requests and people/,
      ),
    ],
    [
      'enforced-for-person',
      'enforced',
      'sessions-ended',
      expect.stringMatching(/sessions of this person .* until 2026-11-23T09:40:00Z, .* their other requests/),
    ],
    ['ran-out', 'ran-out', 'sessions-ran-out', expect.stringContaining('until they ended by themselves')],
  ] as const)('%s is recorded and leaves the rest as it is', (result, state, kind, words) => {
    const noted = at(revoked, note(result), 4);
    expect(noted.request).toEqual({
      ...revoked,
      version: revoked.version + 1,
      enforcement: { state, at: later(4), until: later(35) },
    });
    expect(noted.entry).toMatchObject({ kind, actor: null, note: words });
    expect([noted.messages, noted.session]).toEqual([[], null]);
  });

  test.each([
    ['of what is not revoked', begin(approved, 30)],
    ['of a revocation that ended nothing', at(approved, revoke(), 3).request],
    ['twice', at(revoked, note('enforced'), 4).request],
    ['after the sessions ran out', at(revoked, note('ran-out'), 4).request],
  ])('is not recorded %s', (_what, request) => {
    expect(apply(request, note('enforced'), later(5))).toMatchObject({
      denial: { code: 'wrong-status', evidence: { needed: ['revoked'] } },
    });
    expect(codeOf(apply(request, note('ran-out'), later(5)))).toBe('wrong-status');
  });
});
