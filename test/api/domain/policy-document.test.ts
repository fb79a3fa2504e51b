import { expect, test } from 'vitest';
import { accountName, claimNames, contactFor } from '../../../api/domain/policy-document.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { policy, production, staging } from '../people.ts';

test('every claim that a rule asks for is read from the tokens, once, whatever it is asked for', () => {
  const what = { accounts: production, roles: 'Admin' };
  const asking = compilePolicy({
    accounts: [{ id: production, name: 'Production' }],
    rules: [
      { id: 'who', who: { claims: { department: 'data', country: ['de', 'fr'] } }, what },
      {
        id: 'how',
        who: { groups: 'engineers', claims: { country: 'at' } },
        what,
        approval: {
          automatic: [{ name: 'on shift', claims: { shift: 'on' } }],
          apartBy: { groups: 'team-*', claims: ['team', 'department'] },
        },
      },
      { id: 'no-claim', who: { groups: 'leads' }, what },
    ],
  });
  expect(claimNames(asking)).toEqual(['country', 'department', 'shift', 'team']);
  expect(claimNames(policy)).toEqual([]);
});

test('an account is called what the policy calls it, or nothing', () => {
  expect(accountName(policy, production)).toBe('Production');
  expect(accountName(policy, '999999999999')).toBeNull();
});

test('asked about an account is who it names, else who the file names, else nobody', () => {
  const accounts = [
    { id: production, name: 'Production', contact: 'payments@example.com' },
    { id: staging, name: 'Staging' },
  ];
  const of = (file: object) => {
    const compiled = compilePolicy(file);
    return [production, staging, '999999999999'].map((account) => contactFor(compiled, account));
  };
  const everybody = 'cloud@example.com';
  expect(of({ accounts, contact: everybody })).toEqual(['payments@example.com', everybody, everybody]);
  expect(of({ accounts })).toEqual(['payments@example.com', null, null]);
});
