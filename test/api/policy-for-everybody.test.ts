import { expect, test } from 'vitest';
import { defaultQuotas } from '../../api/domain/quota.ts';
import { compilePolicy, InvalidPolicy } from '../../api/policy.ts';
import { production } from './policy-documents.ts';

/** What the policy file says for everybody, whatever rule applies. */

test('whom to ask is said for all accounts, and for one that has its own people', () => {
  const { contact, accounts } = compilePolicy({
    contact: 'Platform team, #aws-help',
    accounts: [
      { ...production, contact: 'Payments, #payments-on-call' },
      { id: '444455556666', name: 'B' },
    ],
  });
  expect(contact).toBe('Platform team, #aws-help');
  expect([...accounts.values()].map((one) => one.contact)).toEqual(['Payments, #payments-on-call', null]);
  expect(compilePolicy({}).contact).toBeNull();
});

test('quotas that the file does not name are the defaults', () => {
  expect(compilePolicy({ quotas: { requestsPerHour: 5 } }).quotas).toEqual({
    ...defaultQuotas,
    requestsPerHour: 5,
  });
});

test.each([0, -1, 1.5, 100_001, '40', null])('a quota is not %j', (most) => {
  expect(() => compilePolicy({ quotas: { sessionsPerHour: most } })).toThrow(InvalidPolicy);
});

test('a quota that nobody knows is refused, so that a misspelled one does not go unnoticed', () => {
  expect(() => compilePolicy({ quotas: { sessionPerHour: 5 } })).toThrow(/quotas.sessionPerHour/);
});
