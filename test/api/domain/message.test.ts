import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import type { Change } from '../../../api/domain/change.ts';
import { create } from '../../../api/domain/creation.ts';
import type { Outcome } from '../../../api/domain/denial.ts';
import { accept, invite } from '../../../api/domain/invitation.ts';
import { apply, type Command } from '../../../api/domain/lifecycle.ts';
import { type Message, type MessageKind, stillTrue } from '../../../api/domain/message.ts';
import { render } from '../../../api/domain/message-in-words.ts';
import type { Rule } from '../../../api/domain/policy-document.ts';
import { personOf, type User } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor, policy, production, ravi, rosa } from '../people.ts';
import { always, inGroups, later, policyOf, reviewBy, ruleWith, start } from './one-rule.ts';

const app = 'https://stepladder.example.com';
const id = 'a'.repeat(26);
const onCall = inGroups(ada, 'on-call');
const justification = 'Restart the payment workers.';
const glassAsk = {
  ...askFor(),
  breakGlass: true,
  durationMinutes: 30,
  justification: 'Payments are down, all of them.',
};

const changeOf = (outcome: Outcome<Change>): Change => allowed(outcome);
const under = (rule: Rule, more: Partial<ReturnType<typeof askFor>> = {}, by: User = ada) =>
  changeOf(create({ ...askFor(), ...more }, by, policyOf(rule), start, alone(id)));
const then = (request: AccessRequest, command: Command, minutes = 1) =>
  changeOf(apply(request, command, later(minutes)));
const saying = (decision: 'approve' | 'reject' | 'confirm' | 'flag', comment: string): Command => ({
  kind: 'review',
  by: ravi,
  decision,
  comment,
  version: 1,
});
const revoke = (by: User): Command => ({ kind: 'revoke', by, comment: 'Done.' });

const created = changeOf(create(askFor(), ada, policy, start, alone(id)));
/** The window is [1, 61). */
const approved = then(created.request, saying('approve', 'Go.'));
const rejected = then(created.request, saying('reject', 'Not today.'));
const half = then(under(ruleWith({ approvals: 2 })).request, reviewBy(ravi));
const cancelled = then(created.request, { kind: 'cancel', by: ada });
const automatic = under(ruleWith({ automatic: [always] }));
const glass = changeOf(create(glassAsk, onCall, policy, start, alone(id)));
const confirmed = then(glass.request, saying('confirm', 'Right.'));
const flagged = then(glass.request, saying('flag', 'Why not wait?'));
const invited = changeOf(invite(askFor(), ravi, personOf(ada), policy, start, id));
const withdrawn = then(invited.request, { kind: 'cancel', by: ravi });
const accepted = changeOf(accept(invited.request, ada, policy, later(5)));
const acceptedAtOnce = changeOf(
  accept(invited.request, ada, policyOf(ruleWith({ invitationCounts: true })), later(5)),
);
const expired = then(created.request, { kind: 'close' }, 24 * 60);
const lapsed = then(invited.request, { kind: 'close' }, 24 * 60);
const ended = then(approved.request, { kind: 'close' }, 61);
const revoked = then(approved.request, revoke(ravi), 2);
const endedEarly = then(approved.request, revoke(ada), 2);

describe('who hears of what, and when', () => {
  const short = ruleWith({}, { pendingMinutes: 60 });
  test.each([
    [
      'created',
      created,
      [
        ['created', 'reviewers', 0],
        ['review-reminder', 'reviewers', 1380],
      ],
    ],
    [
      'created with an hour to decide',
      under(short),
      [
        ['created', 'reviewers', 0],
        ['review-reminder', 'reviewers', 45],
      ],
    ],
    ['approved in part', half, []],
    [
      'approved',
      approved,
      [
        ['approved', 'requester', 1],
        ['handled', 'reviewers', 1],
        ['ending-soon', 'requester', 46],
      ],
    ],
    [
      'rejected',
      rejected,
      [
        ['rejected', 'requester', 1],
        ['handled', 'reviewers', 1],
      ],
    ],
    ['cancelled', cancelled, [['handled', 'reviewers', 1]]],
    [
      'approved automatically',
      automatic,
      [
        ['approved-automatically', 'reviewers', 0],
        ['ending-soon', 'requester', 45],
      ],
    ],
    [
      'approved automatically, for half an hour',
      under(ruleWith({ automatic: [always] }), { durationMinutes: 30 }),
      [
        ['approved-automatically', 'reviewers', 0],
        ['ending-soon', 'requester', 15],
      ],
    ],
    [
      'approved automatically, for less',
      under(ruleWith({ automatic: [always] }), { durationMinutes: 29 }),
      [['approved-automatically', 'reviewers', 0]],
    ],
    [
      'break-glass',
      glass,
      [
        ['break-glass', 'reviewers', 0],
        ['ending-soon', 'requester', 15],
        ['break-glass-overdue', 'reviewers', 240],
      ],
    ],
    [
      'break-glass, confirmed',
      confirmed,
      [
        ['confirmed', 'requester', 1],
        ['confirmed', 'reviewers', 1],
      ],
    ],
    [
      'break-glass, flagged',
      flagged,
      [
        ['flagged', 'requester', 1],
        ['flagged', 'reviewers', 1],
      ],
    ],
    ['invited', invited, [['invited', 'requester', 0]]],
    ['an invitation withdrawn', withdrawn, []],
    [
      'an invitation accepted',
      accepted,
      [
        ['created', 'reviewers', 5],
        ['review-reminder', 'reviewers', 1385],
      ],
    ],
    [
      'an invitation that was the approval, accepted',
      acceptedAtOnce,
      [
        ['accepted', 'reviewers', 5],
        ['ending-soon', 'requester', 50],
      ],
    ],
    ['expired', expired, [['expired', 'requester', 1440]]],
    ['an invitation expired', lapsed, [['expired', 'requester', 1440]]],
    ['ended', ended, []],
    ['revoked by a reviewer', revoked, [['revoked', 'requester', 2]]],
    ['ended early', endedEarly, []],
  ] as [string, Change, [string, string, number][]][])('%s', (_name, { messages }, want) => {
    expect(messages.map(({ kind, audience, at }) => [kind, audience, at])).toEqual(
      want.map(([kind, audience, minutes]) => [kind, audience, later(minutes)]),
    );
  });

  test('each has an id of its own, the request as it was made, and who did it', () => {
    const [one, other, reminder] = approved.messages;
    expect(one).toEqual({
      id: `${id}-2-approved-requester`,
      kind: 'approved',
      audience: 'requester',
      at: later(1),
      request: approved.request,
      by: ravi.name,
      text: 'Go.',
      note: '',
    });
    expect([other?.id, reminder?.id]).toEqual([`${id}-2-handled-reviewers`, `${id}-2-ending-soon-requester`]);
    expect(expired.messages[0]?.by).toBe('');
  });
});

describe('whether it is still to be sent', () => {
  const find = ({ messages }: Change, kind: MessageKind) =>
    messages.find((one) => one.kind === kind) as Message;
  const waiting = find(created, 'review-reminder');
  const ending = find(approved, 'ending-soon');
  const overdue = find(glass, 'break-glass-overdue');
  test.each([
    ['a reminder of a review, while pending', waiting, created.request, 1380, true],
    ['approved in part', waiting, half.request, 1380, true],
    ['approved meanwhile', waiting, approved.request, 10, false],
    ['rejected meanwhile', waiting, rejected.request, 1380, false],
    ['cancelled meanwhile', waiting, cancelled.request, 1380, false],
    ['too late', waiting, created.request, 1440, false],
    ['a reminder of the end, while active', ending, approved.request, 46, true],
    ['revoked meanwhile', ending, revoked.request, 46, false],
    ['ended meanwhile', ending, approved.request, 61, false],
    ['before it begins', ending, approved.request, 0, false],
    ['an overdue review, not made', overdue, glass.request, 240, true],
    ['not made, and revoked', overdue, then(glass.request, revoke(ravi)).request, 240, true],
    ['not made, and ended', overdue, then(glass.request, { kind: 'close' }, 30).request, 240, true],
    ['confirmed meanwhile', overdue, confirmed.request, 240, false],
    ['flagged meanwhile', overdue, flagged.request, 240, false],
    ['of what is no break-glass', overdue, approved.request, 240, false],
    ['of what was never approved', overdue, created.request, 240, false],
    ['news, whatever became of it', find(created, 'created'), cancelled.request, 1e5, true],
    ['a denial, however late', find(rejected, 'rejected'), rejected.request, 1e5, true],
  ] as [string, Message, AccessRequest, number, boolean][])(
    '%s',
    (_name, message, current, minutes, want) => {
      expect(stillTrue(message, current, later(minutes))).toBe(want);
    },
  );
});

describe('the words', () => {
  const what = `Admin in ${production}`;
  const glassNote = `Break-glass access by the rule "production", to be reviewed before 23 Nov 2026, 13:30 UTC.`;
  test.each([
    [
      `Review needed: Ada Engineer asks for ${what}`,
      created,
      0,
      [
        `Ada Engineer asks for access. Please review it before 24 Nov 2026, 09:30 UTC; after that it expires.`,
      ],
    ],
    [
      `Still waiting for review: Ada Engineer asks for ${what}`,
      created,
      1,
      [`Ada Engineer still waits for a review. The request expires at 24 Nov 2026, 09:30 UTC.`],
    ],
    [
      `Approved: ${what}`,
      approved,
      0,
      [
        `Ravi Reviewer approved your request. The window is from 23 Nov 2026, 09:31 UTC until 23 Nov 2026, 10:31 UTC.`,
      ],
    ],
    [
      `Handled (approved): Ada Engineer, ${what}`,
      approved,
      1,
      ['Ravi Reviewer has dealt with this request: it is approved now. There is nothing left for you to do.'],
    ],
    [
      `Ending soon: ${what}`,
      approved,
      2,
      [`Your access ends at 23 Nov 2026, 10:31 UTC. If you need longer, ask for an extension before that.`],
    ],
    [
      `Accepted: Ada Engineer, ${what}`,
      acceptedAtOnce,
      0,
      [
        'Ada Engineer accepted an invitation, which the rule counts as an approval: there is nothing left for you to do.',
        `Approved by the invitation, as the rule "${acceptedAtOnce.request.rule.id}" allows.`,
      ],
    ],
    [
      `Confirmed: break-glass access of Ada Engineer to ${what}`,
      confirmed,
      1,
      ['Ravi Reviewer reviewed the break-glass access of Ada Engineer and confirmed that it was right.'],
    ],
    [`Rejected: ${what}`, rejected, 0, ['Ravi Reviewer rejected your request.']],
    [
      `Handled (cancelled): Ada Engineer, ${what}`,
      cancelled,
      0,
      ['Ada Engineer has dealt with this request: it is cancelled now. There is nothing left for you to do.'],
    ],
    [
      `Approved automatically: Ada Engineer, ${what}`,
      automatic,
      0,
      [
        'Ada Engineer got access without a review, as the rule allows. You can revoke it.',
        'Approved automatically by the rule "conventions": always.',
      ],
    ],
    [
      `BREAK-GLASS: Ada Engineer uses ${what}`,
      glass,
      0,
      [
        'BREAK-GLASS: Ada Engineer took access without an approval. Look at it now; revoke it if it is wrong.',
        glassNote,
      ],
    ],
    [
      `Overdue: review the break-glass access of Ada Engineer to ${what}`,
      glass,
      2,
      ['The break-glass access of Ada Engineer was not reviewed in time. Please review it.', glassNote],
    ],
    [
      `Flagged: break-glass access of Ada Engineer to ${what}`,
      flagged,
      0,
      ['Ravi Reviewer reviewed the break-glass access of Ada Engineer and flagged it.'],
    ],
    [
      `Invitation: ${what}`,
      invited,
      0,
      [`Ravi Reviewer asks you to take access. It begins only if you accept, before 24 Nov 2026, 09:30 UTC.`],
    ],
    [
      `Revoked: ${what}`,
      revoked,
      0,
      ['Ravi Reviewer revoked your access. No further sessions will be issued.'],
    ],
    [`Expired: ${what}`, expired, 0, ['Nobody took this up in time, so it expired. You can ask again.']],
  ] as [string, Change, number, string[]][])('%s', (subject, { messages }, index, opening) => {
    const rendered = render(messages[index] as Message, app);
    const lines = rendered.body.split('\n');
    expect(rendered.subject).toBe(subject);
    expect(lines.slice(0, lines.indexOf(''))).toEqual(opening);
    expect(lines.at(-1)).toBe(`${app}/requests/${id}`);
  });

  test('say who asks for what, until when, why, and where to decide', () => {
    const scheduled = {
      ticket: 'OPS-12',
      start: later(60),
      justification: 'Restart the workers.\nIncident 12.',
    };
    const { request } = changeOf(create({ ...askFor(), ...scheduled }, ada, policy, start, alone(id)));
    const [message] = then(request, saying('approve', 'Go ahead.\nBe quick.')).messages;
    expect(render(message as Message, app).body.split('\n')).toEqual([
      `Ravi Reviewer approved your request. The window is from 23 Nov 2026, 10:30 UTC until 23 Nov 2026, 11:30 UTC.`,
      '',
      'Who:       Ada Engineer (ada@example[.]com)',
      `Role:      Admin in Production, ${production}`,
      'Duration:  60 minutes',
      'Ticket:    OPS-12',
      `Start:     23 Nov 2026, 10:30 UTC`,
      `Window:    23 Nov 2026, 10:30 UTC until 23 Nov 2026, 11:30 UTC`,
      'Why:',
      '> Restart the workers.',
      '> Incident 12.',
      'Comment:',
      '> Go ahead.',
      '> Be quick.',
      '',
      `${app}/requests/${id}`,
    ]);
  });

  test('leave out what there is not', () => {
    const [message] = under(ruleWith()).messages;
    expect(
      render(message as Message, app)
        .body.split('\n')
        .slice(1, -2),
    ).toEqual([
      '',
      'Who:       Ada Engineer (ada@example[.]com)',
      `Role:      Admin in ${production}`,
      'Duration:  60 minutes',
      'Why:',
      `> ${justification}`,
    ]);
  });

  test.each([
    [
      'with a letter that has an accent',
      'Zoë Ångström',
      'Review needed: Zoe Angstrom asks for Admin in 111122223333',
    ],
    ['without a name', '', 'Review needed: ada@example[.]com asks for Admin in 111122223333'],
    ['in another script', '艾达', 'Review needed: ?? asks for Admin in 111122223333'],
    ['that is too long', 'A'.repeat(200), `Review needed: ${'A'.repeat(84)}`],
  ])('name in the subject a person %s', (_name, name, subject) => {
    const [message] = under(ruleWith(), {}, { ...ada, name }).messages;
    expect(render(message as Message, app).subject).toBe(subject);
  });

  test.each([
    ['approved', approved, 0, 'Go.'],
    ['handled', approved, 1, 'Go.'],
    ['rejected', rejected, 0, 'Not today.'],
    ['revoked', revoked, 0, 'Done.'],
    ['confirmed', confirmed, 0, 'Right.'],
    ['flagged', flagged, 0, 'Why not wait?'],
  ] as [MessageKind, Change, number, string][])('%s: repeat the comment', (kind, change, index, comment) => {
    const message = change.messages[index] ?? expect.unreachable();
    expect(message.kind).toBe(kind);
    expect(render(message, app).body.split('\n').slice(-4, -2)).toEqual(['Comment:', `> ${comment}`]);
  });

  test.each([
    ['Look at https://evil.example/a', 'Look at https:[//]evil[.]example/a'],
    ['MAILTO:eve@evil.example', 'mailto[:]eve@evil[.]example'],
    ['WWW is www twice', 'ww[w] is ww[w] twice'],
    ['Restart\u0000\u0007\u202eit', 'Restart it'],
  ])('of %j are %j, so that the reader sees what stood there', (typed, shown) => {
    const [message] = then(created.request, saying('reject', typed)).messages;
    expect(render(message ?? expect.unreachable(), app).body.split('\n')).toContain(`> ${shown}`);
  });

  test('of a comment are not repeated where there is none', () => {
    const [message] = then(created.request, saying('approve', ' \n ')).messages;
    expect(render(message as Message, app).body.split('\n')).not.toContain('Comment:');
  });
});

describe('whatever people type', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          'https://evil.example',
          'www.evil.example',
          'evil.com',
          'mailto:a@evil.com',
          '\r\n',
          '\n',
          '\u0000',
          '\u202e',
          '\u2028',
          'Subject: x',
          'Why:',
          `${app}/requests/${'b'.repeat(26)}`,
          ' ',
        ),
      )
      .map((parts) => parts.join('')),
  );
  const free = ruleWith({}, { justificationLength: 0 });
  const texts = fc.record({
    name: hostile,
    ticket: hostile,
    reason: hostile,
    comment: hostile,
    other: hostile,
  });
  /** Every kind of message that carries what somebody typed. */
  const all = texts.map(({ name, ticket, reason, comment, other }): Message[] => {
    const by = { ...ada, name };
    const made = under(free, { ticket, justification: reason }, by);
    const request = { ...made.request, accountName: other };
    const decided = (decision: 'approve' | 'reject') =>
      apply(
        request,
        { kind: 'review', by: { ...rosa, name: other }, decision, comment, version: 1 },
        later(1),
      );
    const asked = askFor('evil.com', production, { ticket, justification: reason });
    const invitation = invite(asked, { ...ravi, name: other }, personOf(by), policyOf(free), start, id);
    return [made, ...[decided('approve'), decided('reject'), invitation].map(changeOf)].flatMap(
      ({ messages }) => messages,
    );
  });

  test('the subject is one line of ASCII, shorter than SNS takes', () => {
    fc.assert(
      fc.property(all, (messages) => {
        for (const message of messages) expect(render(message, app).subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      }),
    );
  });

  test('the body has no control characters, its own address is the only one, and what was typed is quoted', () => {
    fc.assert(
      fc.property(all, (messages) => {
        for (const message of messages) {
          const { body } = render(message, app);
          const lines = body.split('\n');
          expect(body).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
          expect(body.match(/https?:\/\//g)).toHaveLength(1);
          expect(body).not.toMatch(/\bwww\.|mailto:|evil\.(com|example)/i);
          expect(lines.at(-1)).toBe(`${app}/requests/${id}`);
          const quoted = lines.slice(lines.indexOf('Why:') + 1, -2).filter((line) => line !== 'Comment:');
          for (const line of quoted) expect(line.startsWith('> ')).toBe(true);
        }
      }),
    );
  });
});
