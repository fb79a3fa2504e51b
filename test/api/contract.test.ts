import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import * as contract from '../../api/contract.ts';
import type { AllowedAction } from '../../api/domain/allowed-actions.ts';
import type { EntryKind } from '../../api/domain/audit.ts';
import type { SessionKind } from '../../api/domain/session.ts';
import type { Status } from '../../api/domain/status.ts';

/** What goes in: as JSON, the way a body arrives, so that nothing is tested that JSON cannot say. */

const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const takes = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

const target = { account: '111122223333', role: 'Admin' };
const terms = { durationMinutes: 60, justification: 'Restart the payment workers.' };
const ask = { targets: [target], ...terms };
const invitation = { email: 'ada@example.com', ...target, ...terms };
const id = '0'.repeat(26);
const review = { decision: 'approve', comment: '', version: 1 };
const long = (length: number) => 'a'.repeat(length);
const at = '2026-11-23T09:30:00.000Z';

const accounts = [
  '',
  '11112222333',
  '1111222233334',
  '11112222333a',
  ' 111122223333',
  '111122223333\n',
  111122223333,
  null,
  ['111122223333'],
  '１１１１２２２２３３３３',
];
const roles = ['', long(65), 'Ad min', 'Admin/x', 'Admin*', 'Admin#1', 'Admin\n', 'Ädmin', 1, null, {}];
const termsRefused = {
  durationMinutes: [0, 14, 721, -60, 60.5, 1e300, '60', null, true, [60]],
  justification: ['', 'too short', '         x', long(1001), 12, null, ['Restart the payment workers.']],
  ticket: [
    '',
    ' ',
    ' A-1',
    'A-1 ',
    'A-1\nA-2',
    'A\t1',
    'A\r1',
    'A\u00001',
    'A\u202e1',
    long(65),
    1,
    null,
    ['A-1'],
  ],
  start: [
    '',
    'now',
    '2026-11-23',
    '2026-02-30T00:00:00.000Z',
    '2026-11-23T09:30:00+01:00',
    1_795_426_200_000,
    null,
  ],
};

/** schema, a value that it takes, and values of single fields that it does not */
const bodies: [string, z.ZodType, object, Record<string, unknown[]>][] = [
  [
    'POST /requests',
    contract.createRequestBody,
    ask,
    {
      targets: [
        [],
        target,
        null,
        [null],
        [[target]],
        [{ account: target.account }],
        [{ ...target, extra: 1 }],
        [target, target],
        [target, { ...target, role: 'Other' }, target],
        Array.from({ length: 11 }, (_none, index) => ({ ...target, role: `Role${index}` })),
        ...accounts.map((account) => [{ ...target, account }]),
        ...roles.map((role) => [{ ...target, role }]),
      ],
      ...termsRefused,
      breakGlass: ['yes', 1, null, []],
      extensionOf: ['', id.slice(1), id.toUpperCase().replaceAll('0', 'U'), null, 1, [id]],
      together: [[id]],
      slot: [0],
      rule: [{}],
    },
  ],
  [
    'POST /invitations',
    contract.inviteBody,
    invitation,
    {
      account: accounts,
      role: roles,
      ...termsRefused,
      email: [
        '',
        'ada',
        'ada@',
        '@example.com',
        'a@b@example.com',
        'ada@example.com,eve@example.com',
        'ada@example.com\nBcc: eve@example.com',
        'Ada <ada@example.com>',
        'ada@example.com ',
        `${long(250)}@b.ex`,
        null,
        ['ada@example.com'],
      ],
      inviteeId: ['https://id.example.com#ada'],
      breakGlass: [true, false],
      extensionOf: [id],
      targets: [[target]],
    },
  ],
  [
    'POST /requests/{id}/accept',
    contract.acceptBody,
    {},
    { durationMinutes: [60], justification: ['Other'] },
  ],
  ['POST /requests/{id}/cancel', contract.cancelBody, {}, {}],
  [
    'POST /requests/{id}/revoke',
    contract.revokeBody,
    { comment: '' },
    { comment: [long(1001), null, 1, false, []] },
  ],
  [
    'POST /requests/{id}/reviews',
    contract.reviewBody,
    review,
    {
      decision: ['', 'Approve', 'approved', 'cancel', 'Confirm', 'flagged', null, true],
      comment: [long(1001), null, 1],
      version: [0, -1, 1.5, '1', null, 1e300],
    },
  ],
  [
    'POST /requests/{id}/sessions',
    contract.issueSessionBody,
    { kind: 'cli' },
    { kind: ['', 'CLI', 'both', null, 1, ['cli']] },
  ],
];

describe.each(bodies)('the body of %s', (_route, schema, good, wrong) => {
  test('is taken', () => {
    expect(schema.parse(sent(good))).toEqual(good);
  });
  test.each(['extra', '__proto__', 'constructor', 'id', 'requester'])(
    'is refused with a field %s',
    (name) => {
      expect(
        takes(schema, JSON.parse(JSON.stringify(good).replace(/^\{/, `{"${name}":1,`).replace(',}', '}'))),
      ).toBe(false);
    },
  );
  test.each(Object.keys(good))('is refused without %s', (name) => {
    expect(takes(schema, sent({ ...good, [name]: undefined }))).toBe(false);
  });
  test.each([null, 'text', 1, true, [], [good]])('is not %j', (value) => {
    expect(takes(schema, sent(value))).toBe(false);
  });
  const fields = Object.entries(wrong).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  test.for(fields)('is refused with %s: %j', ([name, value]) => {
    expect(takes(schema, sent({ ...good, [name]: value }))).toBe(false);
  });
});

describe('numbers that JSON cannot say', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1, 2 ** 53])('%d is no duration', (durationMinutes) => {
    expect(takes(contract.createRequestBody, { ...ask, durationMinutes })).toBe(false);
  });
});

describe('the limits themselves are taken', () => {
  test.each<object>([
    { ...ask, durationMinutes: 15 },
    { ...ask, durationMinutes: 720 },
    { ...ask, justification: long(10) },
    { ...ask, justification: long(1000) },
    { ...ask, targets: [{ ...target, role: long(64) }] },
    { ...ask, targets: [{ ...target, role: 'a+b=c,d.e@f_g-h' }] },
    { ...ask, targets: Array.from({ length: 10 }, (_none, index) => ({ ...target, role: `Role${index}` })) },
    { ...ask, targets: [target, { ...target, role: 'admin' }, { ...target, account: '444455556666' }] },
    { ...ask, ticket: long(64) },
    { ...ask, ticket: 'INC 1234/ü' },
    { ...ask, start: at },
    { ...ask, breakGlass: true },
    { ...ask, breakGlass: false, extensionOf: id },
  ])('%#', (body) => {
    expect(takes(contract.createRequestBody, sent(body))).toBe(true);
  });
});

describe('what a person writes', () => {
  const written = (justification: string) => takes(contract.createRequestBody, { ...ask, justification });
  test.each([
    ['lines and tabs', 'First line\n\tsecond line'],
    ['other scripts', '支払い処理を再起動する必要があります'],
    ['right to left', 'إعادة تشغيل خدمة الدفع'],
    ['joiners, as some scripts and emoji need them', 'می‌خواهم سرور را دوباره راه بیندازم 👩‍💻'],
    ['markup, which stays text', '<script>alert(1)</script>'],
  ])('may be %s', (_what, text) => {
    expect(written(text)).toBe(true);
  });
  test.each([
    ['NUL', '\u0000'],
    ['backspace', '\b'],
    ['carriage return', '\r'],
    ['escape', '\u001b[31m'],
    ['delete', '\u007f'],
    ['a C1 control', '\u0085'],
    ['right-to-left override', '\u202e'],
    ['left-to-right embedding', '\u202a'],
    ['an isolate', '\u2066'],
    ['a lone surrogate', '\ud800'],
  ])('has no %s', (_what, character) => {
    expect(written(`Restart the ${character} workers.`)).toBe(false);
    expect(takes(contract.revokeBody, { comment: `a${character}b` })).toBe(false);
    expect(takes(contract.requestsQuery, { search: `a${character}b` })).toBe(false);
  });
  test.each([' ', '\n', '\u00a0', '\u3000', '\u200b', '\u200d', '\ufeff', '\u2060'])(
    'is more than %j ten times over',
    (invisible) => {
      expect(written(invisible.repeat(10))).toBe(false);
    },
  );
});

describe('what does not go together is refused, and named', () => {
  const two = [target, { ...target, role: 'ReadOnly' }];
  test.each([
    ['break-glass access to two roles', { ...ask, targets: two, breakGlass: true }, ['targets']],
    ['an extension of two roles', { ...ask, targets: two, extensionOf: id }, ['targets']],
    ['break-glass access later', { ...ask, breakGlass: true, start: at }, ['breakGlass']],
    ['break-glass access as an extension', { ...ask, breakGlass: true, extensionOf: id }, ['breakGlass']],
    ['an extension with a start', { ...ask, extensionOf: id, start: at }, ['start']],
  ])('%s', (_what, body, path) => {
    const parsed = contract.createRequestBody.safeParse(sent(body));
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});

describe('a review', () => {
  test.each([
    ['confirm', '', true],
    ['confirm', 'It was needed.', true],
    ['flag', 'It was not needed.', true],
    ['flag', '', false],
    ['flag', ' \n\t', false],
    ['flag', '\u200b', false],
    ['approve', '', true],
    ['approve', 'Fine', true],
    ['reject', 'Not today', true],
    ['reject', '', false],
    ['reject', ' \n\t', false],
    ['reject', '\u200b', false],
  ])('to %s saying %j: %s', (decision, comment, taken) => {
    expect(takes(contract.reviewBody, { ...review, decision, comment })).toBe(taken);
  });
});

describe('queries', () => {
  const audit = {
    from: at,
    until: at,
    email: 'ada@example.com',
    account: target.account,
    role: 'Admin',
    cursor: 'abc',
  };
  test.each([
    ['no query', contract.noQuery, {}],
    ['targets', contract.targetsQuery, { search: 'prod', cursor: 'a_-9' }],
    ['targets without anything', contract.targetsQuery, {}],
    ['own requests', contract.requestsQuery, { status: 'active', search: '', cursor: 'a' }],
    ['explain', contract.explainQuery, target],
    ['reviews', contract.reviewsQuery, { state: 'pending' }],
    ['reviews afterwards', contract.reviewsQuery, { state: 'unreviewed' }],
    ['audit of break-glass access', contract.auditRequestsQuery, { breakGlass: 'yes' }],
    [
      'export of everything else',
      contract.auditExportQuery,
      { of: 'requests', format: 'csv', breakGlass: 'no' },
    ],
    ['audit of requests', contract.auditRequestsQuery, { ...audit, status: 'expired' }],
    ['audit of sessions', contract.auditSessionsQuery, { ...audit, kind: 'console' }],
    ['export', contract.auditExportQuery, { ...audit, of: 'sessions', format: 'csv', kind: 'cli' }],
    ['entries', contract.entriesQuery, { cursor: 'a' }],
  ] as [string, z.ZodType, object][])('%s: taken, and refused with one field more', (_of, schema, query) => {
    expect(schema.parse(query)).toEqual(query);
    expect(takes(schema, { ...query, extra: '' })).toBe(false);
    expect(takes(schema, JSON.parse(`{"__proto__":"x"}`))).toBe(false);
  });
  test.each([
    ['reviews of no state', contract.reviewsQuery, {}],
    ['reviews of another state', contract.reviewsQuery, { state: 'all' }],
    ['an explanation for another user', contract.explainQuery, { ...target, user: 'eve' }],
    ['an explanation without a role', contract.explainQuery, { account: target.account }],
    ['break-glass as a truth value', contract.auditRequestsQuery, { breakGlass: true }],
    ['break-glass as another word', contract.auditRequestsQuery, { breakGlass: 'true' }],
    ['break-glass of sessions', contract.auditSessionsQuery, { breakGlass: 'yes' }],
    ['a status that does not exist', contract.requestsQuery, { status: 'approved' }],
    ['a search that is too long', contract.requestsQuery, { search: long(101) }],
    ['an empty cursor', contract.requestsQuery, { cursor: '' }],
    ['a cursor that is too long', contract.requestsQuery, { cursor: long(513) }],
    ['a cursor of other characters', contract.requestsQuery, { cursor: 'a=b' }],
    ['a value given twice', contract.requestsQuery, { status: ['active', 'ended'] }],
    ['a day instead of an instant', contract.auditRequestsQuery, { from: '2026-11-23' }],
    ['an instant of another zone', contract.auditRequestsQuery, { from: '2026-11-23T09:30:00.000+01:00' }],
    ['30 February', contract.auditRequestsQuery, { from: '2026-02-30T00:00:00.000Z' }],
    ['the hour 24', contract.auditRequestsQuery, { until: '2026-11-23T24:00:00.000Z' }],
    ['an empty e-mail', contract.auditRequestsQuery, { email: '' }],
    ['a part of an account', contract.auditRequestsQuery, { account: '1111' }],
    ['a status of sessions', contract.auditSessionsQuery, { status: 'active' }],
    ['an export of nothing', contract.auditExportQuery, { format: 'csv' }],
    ['an export as something else', contract.auditExportQuery, { of: 'requests', format: 'xlsx' }],
  ] as [string, z.ZodType, object][])('%s: refused', (_of, schema, query) => {
    expect(takes(schema, query)).toBe(false);
  });
});

describe('ids and keys', () => {
  test.each([
    [contract.requestId, '0123456789abcdefghjkmnpqrs', true],
    [contract.requestId, '0123456789abcdefghjkmnpqr', false],
    [contract.requestId, '0123456789ABCDEFGHJKMNPQRS', false],
    [contract.requestId, `${long(25)}i`, false],
    [contract.requestId, `${long(25)}l`, false],
    [contract.requestId, `${long(25)}o`, false],
    [contract.requestId, `${long(25)}u`, false],
    [contract.requestId, `${long(26)}\n`, false],
    [contract.idempotencyKey, '3f2a-_Zz', true],
    [contract.idempotencyKey, long(7), false],
    [contract.idempotencyKey, long(65), false],
    [contract.idempotencyKey, 'key with spaces', false],
  ] as [z.ZodType, string, boolean][])('%#: %j', (schema, value, taken) => {
    expect(takes(schema, value)).toBe(taken);
  });
});

test('what the browser sees has the same words as what the domain decides', () => {
  expectTypeOf<contract.RequestStatus>().toEqualTypeOf<Status>();
  expectTypeOf<contract.AllowedAction>().toEqualTypeOf<AllowedAction>();
  expectTypeOf<contract.SessionKind>().toEqualTypeOf<SessionKind>();
  expectTypeOf<contract.EntryView['kind']>().toEqualTypeOf<EntryKind>();
});
