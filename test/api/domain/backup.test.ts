import { describe, expect, test } from 'vitest';
import type { AccessRequest, VoidRequest } from '../../../api/domain/access-request.ts';
import { allowedActions } from '../../../api/domain/allowed-actions.ts';
import { barsAreLost, deniesAreLost, restored } from '../../../api/domain/backup.ts';
import { create } from '../../../api/domain/creation.ts';
import { invite } from '../../../api/domain/invitation.ts';
import { apply, type Command } from '../../../api/domain/lifecycle.ts';
import { render } from '../../../api/domain/message-in-words.ts';
import { planSession, type SessionRecord } from '../../../api/domain/session.ts';
import { statusAt } from '../../../api/domain/status.ts';
import { personOf } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor, codeOf, policy, ravi } from '../people.ts';
import { become, inGroups, later, madeUnder, policyOf, reviewBy, ruleWith, start } from './one-rule.ts';

/** What was open in a backup counts no more, and what was closed stays as it was. */

const pending = madeUnder(ruleWith());
const approved = become(pending, reviewBy(ravi));
const invited = allowed(invite(askFor(), ravi, personOf(ada), policy, start, 'b'.repeat(26))).request;
const glass = { groups: ['on-call'], maxDurationMinutes: 30, justificationLength: 10, reviewMinutes: 60 };
const onCall = inGroups(ada, 'on-call');
const broken = madeUnder(ruleWith({}, { breakGlass: glass }), onCall, {
  ...askFor(),
  breakGlass: true,
  durationMinutes: 30,
});
const session = { requestId: approved.id, user: ada, target: approved.target } as unknown as SessionRecord;
const open: [string, AccessRequest][] = [
  ['invited', invited],
  ['pending', pending],
  ['approved', approved],
  ['approved', broken],
];
const commands: Command[] = [
  { kind: 'accept', by: ada, policy },
  reviewBy(ravi),
  reviewBy(ravi, 'reject'),
  reviewBy(ravi, 'confirm'),
  { kind: 'cancel', by: ada },
  { kind: 'revoke', by: ravi, comment: '' },
  { kind: 'intend-session', session },
  { kind: 'record-session', session },
  { kind: 'fail-session', session, reason: '' },
  { kind: 'note-enforcement', result: { kind: 'enforced' } },
];
const voided = (request: AccessRequest) => restored(request) as VoidRequest;
const recorded = (request: AccessRequest) =>
  allowed(apply(voided(request), { kind: 'close' }, later(5))).request as VoidRequest;

describe.each(open)('what was %s in the backup', (was, request) => {
  test('is void, whatever the time', () => {
    expect(voided(request)).toMatchObject({ status: 'void', was, voidedAt: null, id: request.id });
    expect([start, later(5), later(100_000)].map((at) => statusAt(voided(request), at))).toEqual(
      Array.from({ length: 3 }, () => 'void'),
    );
  });

  test.each(commands)('is not changed by $kind', (command) => {
    const outcome = apply(voided(request), command, later(5));
    expect(outcome).toMatchObject({ ok: false, denial: { code: 'from-backup', evidence: { was } } });
  });

  test('gives no session, and shows nobody a button', () => {
    const by = request === broken ? onCall : ada;
    const mine = { ...voided(request), requester: personOf(by) };
    expect(codeOf(planSession(mine, by, request.rule, later(5), () => ''))).toBe('from-backup');
    const reviewer = { ...ravi, groups: [...ravi.groups, ...by.groups] };
    expect(allowedActions(voided(request), by, policy, later(5))).toEqual([]);
    expect(allowedActions(voided(request), reviewer, policy, later(5))).toEqual([]);
  });

  test('is closed once, with an entry, and whoever it was for is told', () => {
    const { entry, messages, request: closed } = allowed(apply(voided(request), { kind: 'close' }, later(5)));
    expect(closed).toMatchObject({ status: 'void', was, voidedAt: later(5), version: request.version + 1 });
    expect(entry).toMatchObject({
      kind: 'voided',
      actor: null,
      note: `It comes from a backup, in which it was ${was}. What became of it afterwards is not known, so it counts no more.`,
    });
    expect(messages).toMatchObject([{ kind: 'voided', audience: 'requester', at: later(5) }]);
    const told = messages.map((one) => render(one, 'https://stepladder.example.com'))[0];
    expect(told?.subject).toBe(`Ask again: Admin in ${closed.target.account}`);
    expect(told?.body).toMatch(/^Stepladder was restored from a backup, and this counts no more\. If you/);
    expect(codeOf(apply(closed, { kind: 'close' }, later(6)))).toBe('from-backup');
  });

  test('cannot be opened again when that is on record', () => {
    const codes = commands
      .filter(({ kind }) => kind !== 'fail-session')
      .map((command) => codeOf(apply(recorded(request), command, later(6))));
    expect(codes).not.toContain('allowed');
  });

  test('cannot be extended', () => {
    const extending = { ...voided(request), requester: personOf(ada) };
    const asked = create(askFor(), ada, policy, later(5), alone('c'.repeat(26), { extending }));
    expect(asked).toMatchObject({ ok: false, denial: { code: 'extension-not-possible' } });
  });
});

test('break-glass access is still reviewed afterwards: it may have been used', () => {
  const confirmed = allowed(apply(recorded(broken), reviewBy(ravi, 'confirm', 2), later(6)));
  expect(confirmed.request).toMatchObject({
    status: 'void',
    approvedBy: { afterReview: { decision: 'confirm' } },
  });
  expect(confirmed.entry.kind).toBe('confirmed');
});

test.each<[string, Command[]]>([
  ['rejected', [reviewBy(ravi, 'reject')]],
  ['cancelled', [{ kind: 'cancel', by: ada }]],
  ['revoked', [reviewBy(ravi), { kind: 'revoke', by: ravi, comment: '' }]],
])('what was %s before the backup stays so', (_status, steps) => {
  const closed = become(pending, ...steps);
  expect(restored(closed)).toBe(closed);
});

test('what time had decided stays so', () => {
  const expired = allowed(apply(pending, { kind: 'close' }, pending.reviewBy)).request;
  const ended = allowed(apply(approved, { kind: 'close' }, later(500))).request;
  expect([restored(expired), restored(ended), restored(recorded(pending))]).toEqual([
    expired,
    ended,
    recorded(pending),
  ]);
});

test('what a restore has lost matters for a while, and without a restore never', () => {
  expect([0, 719, 720].map((minutes) => barsAreLost(start, later(minutes)))).toEqual([true, true, false]);
  expect([0, 119, 120].map((minutes) => deniesAreLost(start, later(minutes)))).toEqual([true, true, false]);
  expect([barsAreLost(null, start), deniesAreLost(null, start)]).toEqual([false, false]);
});

test('after a restore no condition lets a request through: a reviewer decides', () => {
  const automatic = policyOf(
    ruleWith({
      automatic: [{ name: 'always', maxDurationMinutes: null, hours: null, groups: [], claims: {} }],
    }),
  );
  const asked = create(askFor(), ada, automatic, start, alone('d'.repeat(26), { barred: 'restored' }));
  expect(allowed(asked).request.status).toBe('pending');
});
