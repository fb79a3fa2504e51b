import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantOf } from '../../../api/domain/instant.ts';
import { apply, create } from '../../../api/domain/lifecycle.ts';
import { type Message, render } from '../../../api/domain/message.ts';
import { ada, allowed, askFor, policy, ravi } from '../people.ts';

const app = 'https://stepladder.example.com';
const start = instantOf(Date.UTC(2026, 10, 23, 9, 30));

function messageOf(justification: string, name = ada.name): Message {
  const ask = { ...askFor(), justification };
  const { messages } = allowed(create(ask, { ...ada, name }, policy, start, 'a'.repeat(26)));
  return messages[0] as Message;
}

test('says who asks for what, why, and where to decide', () => {
  const { subject, body } = render(messageOf('Restart the workers.\nIncident 12.'), app);
  expect(subject).toBe('Review needed: Ada Engineer asks for Admin in 111122223333');
  expect(body).toContain('Ada Engineer (ada@example[.]com)');
  expect(body).toContain('Admin in Production, 111122223333');
  expect(body).toContain('> Restart the workers.\n> Incident 12.');
  expect(body.split('\n').at(-1)).toBe(`${app}/requests/${'a'.repeat(26)}`);
});

describe('for the requester', () => {
  const pending = allowed(
    create({ ...askFor('Admin', '444455556666') }, ada, { ...policy, accounts: [] }, start, 'a'.repeat(26)),
  ).request;
  const review = (decision: 'approve' | 'reject', comment: string) =>
    allowed(apply(pending, { kind: 'review', by: ravi, decision, comment, version: 1 }, start));
  test.each([
    ['approved', review('approve', ''), 'Approved: Admin in 444455556666', 'The window is open now.'],
    ['rejected', review('reject', 'Not today'), 'Rejected: Admin in 444455556666', '> Not today'],
    [
      'revoked',
      allowed(apply(review('approve', '').request, { kind: 'revoke', by: ravi, comment: 'Done' }, start)),
      'Revoked: Admin in 444455556666',
      '> Done',
    ],
    [
      'expired',
      allowed(apply(pending, { kind: 'close' }, instantOf(Date.UTC(2026, 10, 30)))),
      'Expired: Admin in 444455556666',
      'You can make it again.',
    ],
  ] as const)('%s', (_kind, change, subject, words) => {
    const rendered = render(change.messages[0] as Message, app);
    expect(rendered.subject).toBe(subject);
    expect(rendered.body).toContain(words);
  });
});

test('a letter with an accent keeps its letter in the subject', () => {
  expect(render(messageOf('Some good reason.', 'Zoë Ångström'), app).subject).toContain('Zoe Angstrom');
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
          '\r\n',
          '\n',
          '\u0000',
          '\u202e',
          'Subject: x',
          `${app}/requests/${'b'.repeat(26)}`,
          ' ',
        ),
      )
      .map((parts) => parts.join('')),
  );
  test('the subject is one line of ASCII, shorter than SNS takes', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, name) => {
        expect(render(messageOf(text, name), app).subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      }),
    );
  });
  test('the body has no control characters, and its own address is the only one', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, name) => {
        const { body } = render(messageOf(text, name), app);
        expect(body).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        expect(body.match(/https?:\/\//g)).toHaveLength(1);
        expect(body).not.toMatch(/\bwww\./i);
        const own = body.split('\n').indexOf('Why:');
        for (const line of body.split('\n').slice(own + 1, -2)) expect(line.startsWith('> ')).toBe(true);
      }),
    );
  });
});
