import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CreatedView, ProblemView, RequestDetailView, RequestView } from '../../../api/contract.ts';
import type { User } from '../../../api/domain/user.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { otto, production, staging, stoppedWorld, userOf } from '../people.ts';
import { openStore, pending, type Store, trailOf } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

/** Several roles in one form: one justification, independent requests, and all of them or none. */

const roles = Array.from({ length: 10 }, (_none, index) => `Role${index}`);
/** Each account has reviewers of its own. */
const policy = compilePolicy({
  roles: ['Admin', ...roles],
  accounts: [
    { id: production, name: 'Production' },
    { id: staging, name: 'Staging' },
  ],
  rules: [
    {
      id: 'production',
      who: { groups: 'engineers' },
      what: { accounts: production, roles: '*' },
      approval: { groups: 'reviewers-of-production' },
      maxDuration: '2h',
    },
    {
      id: 'staging',
      who: { groups: 'engineers' },
      what: { accounts: staging, roles: '*' },
      approval: { groups: 'reviewers-of-staging' },
    },
  ],
});
const petra = userOf('petra', 'Petra', ['reviewers-of-production']);
const stan = userOf('stan', 'Stan', ['reviewers-of-staging']);

let store: Store;
let api: Api;
let by: User;

beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store, stoppedWorld(), {}, policy);
  by = userOf('ines', 'Ines', ['engineers']);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const on = (account: string, role = 'Admin') => ({ account, role });
const form = (targets: { account: string; role: string }[], more: object = {}) => ({
  targets,
  durationMinutes: 60,
  justification: 'Move the payment workers.',
  ...more,
});
const create = async (body: object, headers = {}) =>
  api.call<CreatedView & ProblemView>(by, 'createRequest', { body, headers });
const size = async () => (await store.everything()).length;

describe('one form for two roles', () => {
  let made: RequestView[];
  beforeEach(async () => {
    made = (await create(form([on(production), on(staging)]))).body.requests;
  });

  test('makes two requests that know of each other, with one justification', async () => {
    expect(
      made.map(({ target, justification, together }) => [target.account, justification, together]),
    ).toEqual(
      [production, staging].map((account) => [
        account,
        'Move the payment workers.',
        made.map(({ id }) => id),
      ]),
    );
    for (const { id } of made) expect(await trailOf(store, id)).toEqual(['created']);
  });

  test('shows them on one page, as far as the reader may see them', async () => {
    const beside = async (user: User, of: number) => {
      const answer = await api.call<RequestDetailView>(user, 'getRequest', { id: made[of]?.id ?? '' });
      return [answer.status, answer.body.together?.map(({ id }) => id)];
    };
    expect(await beside(by, 0)).toEqual([200, [made[1]?.id]]);
    expect(await beside(by, 1)).toEqual([200, [made[0]?.id]]);
    expect(await beside(otto, 0)).toEqual([200, [made[1]?.id]]);
    expect(await beside(petra, 0)).toEqual([200, []]);
    expect(await beside(petra, 1)).toEqual([404, undefined]);
    // Not even the ids of the others: a reader without the right cannot tell that they exist.
    const seen = await api.call<RequestDetailView>(petra, 'getRequest', { id: made[0]?.id ?? '' });
    expect(seen.text).not.toContain(made[1]?.id);
    expect(await beside({ ...petra, groups: [...petra.groups, ...stan.groups] }, 0)).toEqual([
      200,
      [made[1]?.id],
    ]);
  });

  test('is reviewed one by one: what becomes of one is nothing to the other', async () => {
    const [first, second] = made.map(({ id }) => id) as [string, string];
    const review = (decision: string) => ({ decision, comment: 'x', version: 1 });
    expect((await api.call(petra, 'reviewRequest', { id: first, body: review('reject') })).status).toBe(200);
    const other = await api.call<RequestView>(stan, 'reviewRequest', { id: second, body: review('approve') });
    expect(other.body.status).toBe('active');
    expect(await trailOf(store, first)).toEqual(['created', 'rejected']);
    expect(await trailOf(store, second)).toEqual(['created', 'approved']);
  });
});

describe('all or none', () => {
  test.each<[string, object, number, string]>([
    ['one is open already', form([on(staging), on(production)]), 409, 'already-open'],
    ['one is not theirs', form([on(staging), on(production, 'Root')]), 403, 'not-eligible'],
    ['one is in an account that is unknown', form([on(staging), on('999999999999')]), 403, 'not-eligible'],
    [
      'one of the rules has a smaller limit',
      form([on(staging), on(production, 'Role1')], { durationMinutes: 121 }),
      422,
      'duration-too-long',
    ],
    ['one stands there twice', form([on(staging), on(staging)]), 400, 'invalid-input'],
    [
      'there are eleven',
      form([on(staging), ...roles.map((role) => on(staging, role))]),
      400,
      'invalid-input',
    ],
  ])('nothing is written where %s', async (_what, body, status, code) => {
    const { target } = await pending(store, api.world, by, undefined, policy);
    expect(target).toEqual(on(production));
    const before = await store.everything();
    const answer = await create(body, { 'Idempotency-Key': ['one-key-per-form'] });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await size()).toBe(before.length);
  });

  test('the open one is named', async () => {
    const open = await pending(store, api.world, by, undefined, policy);
    const answer = await create(form([on(staging), on(production)]));
    expect(answer.body.evidence).toEqual({ request: open.id });
  });

  test('ten at a time are made, and again by the same key are the same ten', async () => {
    const headers = { 'Idempotency-Key': ['one-key-per-form'] };
    const body = form(roles.map((role) => on(staging, role)));
    const first = await create(body, headers);
    expect(first.body.requests.map(({ target }) => target.role)).toEqual(roles);
    const items = (await store.everything()).map(({ pk }) => String(pk).split('#')[0]);
    for (const kind of ['REQUEST', 'ENTRIES', 'LOCK']) {
      expect(items.filter((item) => item === kind)).toHaveLength(10);
    }
    const before = await size();
    expect(await create(body, headers)).toEqual(first);
    expect(await size()).toBe(before);
    const other = form([...body.targets].reverse());
    expect((await create(other, headers)).body.code).toBe('idempotency-key-reused');
    expect((await create(form(body.targets.slice(1)), headers)).body.code).toBe('idempotency-key-reused');
  });
});

describe('two forms at once', () => {
  const both = [on(production), on(staging)];

  test('with one key are one', async () => {
    for (let round = 0; round < 10; round += 1) {
      by = userOf(`twin-${round}`, 'Twin', ['engineers']);
      const headers = { 'Idempotency-Key': ['one-key-per-form'] };
      const answers = await Promise.all([0, 1].map(() => create(form(both), headers)));
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(answers[0]?.body).toEqual(answers[1]?.body);
    }
  });

  test('that share one role: one is made whole, the other not at all', async () => {
    for (let round = 0; round < 10; round += 1) {
      by = userOf(`twin-${round}`, 'Twin', ['engineers']);
      const forms = [both, [on(production), on(staging, 'Role1')]].map((targets) => form(targets));
      const answers = await Promise.all(forms.map((body) => create(body)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      const own = await api.call<{ items: RequestView[] }>(by, 'listRequests');
      const made = answers.find(({ status }) => status === 201)?.body.requests.map(({ id }) => id);
      expect(own.body.items.map(({ id }) => id).sort()).toEqual(made?.sort());
    }
  });
});
