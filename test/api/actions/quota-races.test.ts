import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRequests } from '../../../api/actions/create-request.ts';
import { inviteSomebody } from '../../../api/actions/invite.ts';
import { issueSession } from '../../../api/actions/issue-session.ts';
import type { Quotas } from '../../../api/domain/quota.ts';
import { playedIssuer } from '../issuer.ts';
import {
  ada,
  allowed,
  askFor,
  codeOf,
  formFor,
  policy,
  production,
  ravi,
  type StoppedWorld,
  stoppedWorld,
} from '../people.ts';
import { approved, atOnce, changed, openStore, type Store, trailOf } from '../store.ts';

/** However many ask at once, nobody gets more than there is, and what is refused leaves nothing behind. */

let store: Store;
let world: StoppedWorld;
let by: typeof ada;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(() => {
  world = stoppedWorld();
  by = { ...ada, id: `https://id.example.com#${world.newId()}` };
});

const under = (quotas: Partial<Quotas>) => ({ ...policy, quotas: { ...policy.quotas, ...quotas } });
const issue = (requestId: string, quotas: Partial<Quotas>) => () =>
  issueSession({ store, issuer: playedIssuer(world), world, policy: under(quotas) }, by, {
    ...{ requestId, kind: 'cli', sourceIp: '192.0.2.1', userAgent: 'test' },
  });
const count = (codes: string[], code: string) => codes.filter((one) => one === code).length;

describe('sessions', () => {
  test.each([
    ['of a request', { sessionsPerRequest: 3 }],
    ['of a person in an hour', { sessionsPerHour: 3 }],
  ])('%s: a burst never gets more than there are', async (_what, quotas) => {
    const { id } = await approved(store, world, by);
    const codes = await atOnce(Array.from({ length: 12 }, () => issue(id, quotas)));
    expect(count(codes, 'allowed')).toBeLessThanOrEqual(3);
    const rest = [];
    while (rest.at(-1) !== 'too-many-sessions') rest.push(codeOf(await issue(id, quotas)()));
    // NB. In such a burst an intent may be beaten to its record: then it was one of the three, and is thrown away.
    expect(count(codes, 'allowed') + count(rest, 'allowed')).toBeLessThanOrEqual(3);
    expect(count(await trailOf(store, id), 'session-intended')).toBe(3);
  });

  test('work again in the next hour, and for another person meanwhile', async () => {
    const { id } = await approved(store, world, by);
    const quotas = { sessionsPerHour: 1 };
    expect(codeOf(await issue(id, quotas)())).toBe('allowed');
    expect(codeOf(await issue(id, quotas)())).toBe('too-many-sessions');
    by = { ...ada, id: `https://id.example.com#${world.newId()}` };
    const other = await approved(store, world, by);
    expect(codeOf(await issue(other.id, quotas)())).toBe('allowed');
    world.pass(30);
    expect(codeOf(await issue(other.id, quotas)())).toBe('allowed');
  });
});

describe('requests', () => {
  const create = (quotas: Partial<Quotas>, role = 'Admin') =>
    createRequests({ store, world, policy: under(quotas) }, by, formFor(askFor(role)), null);

  test.each([
    ['an hour', { requestsPerHour: 3 }, 30],
    ['a day', { requestsPerDay: 3 }, 15 * 60],
  ])(
    'in %s: to create and cancel over and over mails the reviewers only so often',
    async (_what, quotas, wait) => {
      const codes: string[] = [];
      for (let turn = 0; turn < 5; turn += 1) {
        const made = await create(quotas);
        codes.push(codeOf(made));
        if (made.ok) {
          for (const one of made.value) await changed(store, world, one, { kind: 'cancel', by });
        }
      }
      expect(codes).toEqual(['allowed', 'allowed', 'allowed', 'too-many-requests', 'too-many-requests']);
      world.pass(wait);
      expect(codeOf(await create(quotas))).toBe('allowed');
    },
  );

  test('leave break-glass, which has a quota of its own, to whoever has none of them left', async () => {
    const onCall = { ...by, groups: [...by.groups, 'on-call'] };
    const emergency = {
      breakGlass: true,
      durationMinutes: 15,
      justification: 'The payment workers are down and no reviewer answers.',
    };
    const form = formFor(askFor('Admin', production, emergency));
    const quotas = { requestsPerHour: 1, breakGlassPerHour: 2 };
    const breakGlass = async () => {
      const made = await createRequests({ store, world, policy: under(quotas) }, onCall, form, null);
      if (made.ok) {
        const end = { kind: 'revoke', by: onCall, comment: '' } as const;
        for (const one of made.value) await changed(store, world, one, end);
      }
      return codeOf(made);
    };
    expect(codeOf(await create(quotas, 'ReadOnly'))).toBe('allowed');
    expect(codeOf(await create(quotas))).toBe('too-many-requests');
    expect([await breakGlass(), await breakGlass(), await breakGlass()]).toEqual([
      'allowed',
      'allowed',
      'too-many-requests',
    ]);
  });

  test('at once: never more than there are, and nothing of the rest is written', async () => {
    const forms = ['Admin', 'ReadOnly'].flatMap((role) => [role, role, role]);
    const codes = await atOnce(forms.map((role) => () => create({ requestsPerHour: 1 }, role)));
    expect(count(codes, 'allowed')).toBe(1);
    const own = (await store.everything()).filter(
      (item) => (item.request as { requester?: { id: string } } | undefined)?.requester?.id === by.id,
    );
    expect(own).toHaveLength(1);
  });

  test('the same form again, with its key, takes nothing', async () => {
    const again = () =>
      createRequests(
        { store, world, policy: under({ requestsPerHour: 1 }) },
        by,
        formFor(),
        'a-key-of-this-form',
      );
    const [first] = allowed(await again());
    expect(allowed(await again())).toMatchObject([{ id: first?.id }]);
  });
});

test('invitations of one inviter are counted, whoever is invited', async () => {
  const inviter = { ...ravi, id: `https://id.example.com#${world.newId()}` };
  const invite = (email: string) =>
    inviteSomebody(
      { store, world, policy: under({ invitationsPerHour: 1 }) },
      inviter,
      email,
      askFor(),
      null,
    );
  expect(codeOf(await invite('one@example.com'))).toBe('allowed');
  expect(codeOf(await invite('two@example.com'))).toBe('too-many-invitations');
});
