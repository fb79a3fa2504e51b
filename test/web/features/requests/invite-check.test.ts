import { describe, expect, test } from 'vitest';
import { inviteBody } from '../../../../api/contract.ts';
import {
  checkInvitation,
  emptyInvitation,
  type InviteDraft,
  refusedInvitation,
} from '../../../../web/features/requests/invite-check.ts';
import { Problem } from '../../../../web/lib/problem.ts';
import { readTarget } from '../../../../web/lib/typed-target.ts';
import { now, why } from './rules.ts';

const draft: InviteDraft = {
  ...emptyInvitation,
  email: ' erin@example.com ',
  account: '1111-2222-3333',
  role: ' Admin ',
  justification: why,
};

test('an invitation is sent as the API takes it', () => {
  const { body, errors } = checkInvitation(draft, now);
  const want = {
    email: 'erin@example.com',
    account: '111122223333',
    role: 'Admin',
    durationMinutes: 60,
    justification: why,
  };
  expect(errors).toEqual({});
  expect(body).toEqual(want);
  expect(inviteBody.parse(body)).toEqual(want);
});

describe('what the form is told', () => {
  const email = 'Give the whole e-mail address that they sign in with.';
  const account = 'Give the 12 digits of the account id.';
  const role = 'Give the name of the role, without path or ARN: letters, digits and _+=,.@- only.';
  test.each<[Partial<InviteDraft>, object]>([
    [{ email: '' }, { email }],
    [{ email: 'erin' }, { email }],
    [{ email: 'erin @example.com' }, { email }],
    [{ account: '11112222333' }, { account }],
    [{ role: 'arn:aws:iam::111122223333:role/Admin' }, { role }],
    [
      { ...emptyInvitation, minutes: '' },
      {
        email,
        account,
        role,
        duration: 'Give whole minutes from 15 to 720 (12 h).',
        justification: 'Write at least 10 characters.',
      },
    ],
  ])('%j', (change, want) => {
    expect(checkInvitation({ ...draft, ...change }, now)).toEqual({ body: null, errors: want });
  });
});

test.each<[string, string, { account: string; role: string } | null, string[]]>([
  ['111122223333', 'Admin', { account: '111122223333', role: 'Admin' }, []],
  [' 1111 2222 3333 ', 'a_+=,.@-Z9', { account: '111122223333', role: 'a_+=,.@-Z9' }, []],
  ['111122223333', 'x'.repeat(64), { account: '111122223333', role: 'x'.repeat(64) }, []],
  ['1111222233334', 'x'.repeat(65), null, ['account', 'role']],
  ['11112222333x', '', null, ['account', 'role']],
  ['111122223333', 'team/Admin', null, ['role']],
])('%j and %j name a target, or say what is wrong', (account, role, target, wrong) => {
  const read = readTarget(account, role);
  expect(read.target).toEqual(target);
  expect(Object.keys(read.errors)).toEqual(wrong);
});

test('a refusal stands at the field that it is about', () => {
  const evidence = {
    'body.email': 'an e-mail address',
    'body.role': 'too long',
    'body.durationMinutes': 'too big',
  };
  const problem = { status: 400, code: 'invalid-input', title: 'No', detail: 'Correct it.', evidence };
  expect(refusedInvitation(new Problem({ ...problem, correlationId: 'c' }))).toEqual({
    email: 'An e-mail address',
    role: 'Too long',
    duration: 'Too big',
  });
  expect(refusedInvitation(null)).toEqual({});
});
