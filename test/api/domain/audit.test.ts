import { describe, expect, test } from 'vitest';
import { matchesRequest, matchesSession } from '../../../api/domain/audit.ts';
import { create } from '../../../api/domain/creation.ts';
import { instantOf } from '../../../api/domain/instant.ts';
import type { SessionRecord } from '../../../api/domain/session.ts';
import { ada, allowed, alone, askFor, policy, production } from '../people.ts';

const now = instantOf(Date.UTC(2026, 10, 23, 9, 30));
const ask = askFor('Admin', production, { ticket: 'OPS-12' });
const request = allowed(create(ask, ada, policy, now, alone('a'.repeat(26)))).request;

describe('a request is found by', () => {
  test.each([
    ['nothing in particular', {}, true],
    ['its e-mail, whatever the case', { email: 'ADA@example.com' }, true],
    ['a part of its e-mail', { email: 'ada@example' }, false],
    ['its account', { account: production }, true],
    ['another account', { account: '444455556666' }, false],
    ['its role', { role: 'Admin' }, true],
    ['a part of its role', { role: 'Adm' }, false],
    ['its status', { status: 'pending' }, true],
    ['another status', { status: 'active' }, false],
    ['words of its justification', { search: 'payment' }, true],
    ['its ticket, whatever the case', { search: 'ops-12' }, true],
    ['that it is no break-glass access', { breakGlass: false }, true],
    ['that it is break-glass access', { breakGlass: true }, false],
    ["its account's name", { search: 'production' }, true],
    ['words that are nowhere', { search: 'nowhere' }, false],
  ] as const)('%s', (_name, filter, found) => {
    expect(matchesRequest(request, filter, now)).toBe(found);
  });
  test('its e-mail, also where the provider spelled it with capitals', () => {
    const spelled = { ...request, requester: { ...request.requester, email: 'Ada@Example.com' } };
    expect(matchesRequest(spelled, { email: 'ada@example.com' }, now)).toBe(true);
  });
  test('words, also where it names neither the account nor a ticket', () => {
    const bare = { ...request, accountName: null, ticket: null };
    expect(matchesRequest(bare, { search: 'production' }, now)).toBe(false);
    expect(matchesRequest(bare, { search: 'payment' }, now)).toBe(true);
  });
  test('nothing that only two of its parts together would say', () => {
    const bare = { ...request, accountName: null, ticket: null };
    for (const search of [`${production}production`, 'adminops', 'ops-12restart']) {
      expect(matchesRequest(request, { search }, now)).toBe(false);
      expect(matchesRequest(bare, { search }, now)).toBe(false);
    }
    expect(matchesRequest(bare, { search: `${production}admin` }, now)).toBe(false);
  });
  test('that it is break-glass access', () => {
    expect(matchesRequest({ ...request, breakGlass: true }, { breakGlass: true }, now)).toBe(true);
    expect(matchesRequest({ ...request, breakGlass: true }, { breakGlass: false }, now)).toBe(false);
  });
});

test('a session is found by its kind and by whose it is', () => {
  const session = { user: ada, target: request.target, kind: 'cli' } as unknown as SessionRecord;
  expect(matchesSession(session, { kind: 'cli', account: production, email: ada.email, role: 'Admin' })).toBe(
    true,
  );
  expect(matchesSession(session, {})).toBe(true);
  expect(matchesSession(session, { kind: 'console' })).toBe(false);
  expect(matchesSession(session, { email: 'eve@example.com' })).toBe(false);
});
