import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MeView, PageView, ProblemView, RequestDetailView, RequestView } from '../../../api/contract.ts';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import type { User } from '../../../api/domain/user.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { nemo, otto, production, ravi, staging, stoppedWorld, userOf } from '../people.ts';
import { openStore, pending, type Store, trailOf } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

/** Each rule names its reviewers; to those of another rule a request does not exist. */

const policy = compilePolicy({
  roles: ['Admin', 'Audit', 'Deploy'],
  accounts: [
    { id: production, name: 'Production' },
    { id: staging, name: 'Staging' },
  ],
  rules: [
    {
      id: 'deploying',
      who: { groups: 'engineers' },
      what: { accounts: '*', roles: 'Deploy' },
      approval: { groups: ['release-managers', 'platform-leads'], apartBy: { groups: 'team-*' } },
    },
    {
      id: 'production',
      who: { groups: 'engineers' },
      what: { accounts: production, roles: '*' },
      approval: { groups: 'platform-leads' },
    },
    {
      id: 'staging',
      who: { groups: 'engineers' },
      what: { accounts: staging, roles: '*' },
      approval: { groups: 'staging-leads' },
    },
  ],
});
const ines = userOf('ines', 'Ines', ['engineers', 'team-payments']);
const pia = userOf('pia', 'Pia', ['platform-leads', 'team-platform']);
const stan = userOf('stan', 'Stan', ['staging-leads', 'team-payments']);
const rene = userOf('rene', 'Rene', ['release-managers', 'team-payments']);
const rita = userOf('rita', 'Rita', ['release-managers']);

let store: Store;
let api: Api;
let requests: Record<'production' | 'staging' | 'deploying', AccessRequest>;

beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store, stoppedWorld(), {}, policy);
  const ask = (account: string, role: string) =>
    pending(
      store,
      api.world,
      ines,
      {
        target: { account, role },
        durationMinutes: 60,
        justification: 'Restart the payment workers.',
        ticket: null,
        start: null,
        breakGlass: false,
      },
      policy,
    );
  requests = {
    production: await ask(production, 'Admin'),
    staging: await ask(staging, 'Admin'),
    deploying: await ask(staging, 'Deploy'),
  };
});
afterEach(() => {
  vi.restoreAllMocks();
});

type Name = keyof typeof requests;
const nameOf = (id: string) => Object.entries(requests).find(([, request]) => request.id === id)?.[0] ?? id;
const listed = async (user: User, state: string) => {
  const answer = await api.call<PageView<RequestView>>(user, 'listReviews', { query: { state } });
  return answer.body.items.map(({ id }) => nameOf(id)).sort();
};
const review = (user: User, name: Name, decision = 'approve') =>
  api.call<RequestView & Pick<ProblemView, 'code'>>(user, 'reviewRequest', {
    id: requests[name].id,
    body: { decision, comment: 'x', version: 1 },
  });

describe('a reviewer', () => {
  test.each<[string, User, Name[]]>([
    ['of one rule', stan, ['staging']],
    ['of two rules', pia, ['deploying', 'production']],
    ['of the requester’s team, where it has to be another', rene, []],
    ['of no known team, where it has to be another', rita, []],
    ['of the conventions, whom no rule names', ravi, []],
  ])('%s is shown what awaits them, and nothing else', async (_which, user, names) => {
    expect(await listed(user, 'pending')).toEqual(names);
  });

  test.each<[User, Name]>([
    [stan, 'production'],
    [stan, 'deploying'],
    [pia, 'staging'],
    [rene, 'production'],
    [ravi, 'production'],
  ])('of another rule finds nothing: %#', async (user, name) => {
    const { id } = requests[name];
    const absent = await api.call(user, 'getRequest', { id: '0'.repeat(26) });
    expect(absent.status).toBe(404);
    expect(await api.call(user, 'getRequest', { id })).toEqual(absent);
    expect(await review(user, name)).toEqual(absent);
    const revoked = await api.call(user, 'revokeRequest', { id, body: { comment: '' } });
    expect(revoked).toEqual(absent);
    expect(await trailOf(store, id)).toEqual(['created']);
  });

  test('of the same team may read it, and not approve it', async () => {
    const seen = await api.call<RequestDetailView>(rene, 'getRequest', { id: requests.deploying.id });
    expect([seen.status, seen.body.request.allowedActions]).toEqual([200, []]);
    expect((await review(rene, 'deploying')).body.code).toBe('same-team');
    expect((await review(rita, 'deploying')).body.code).toBe('same-team');
    expect((await review(pia, 'deploying')).body.status).toBe('active');
  });

  test('sees of what was decided only their own rules’', async () => {
    await review(pia, 'production');
    await review(stan, 'staging', 'reject');
    expect(await listed(pia, 'decided')).toEqual(['production']);
    expect(await listed(stan, 'decided')).toEqual(['staging']);
    expect(await listed(rene, 'decided')).toEqual([]);
  });

  test('sees of what the person asked before only what they could have reviewed', async () => {
    const detail = await api.call<RequestDetailView>(pia, 'getRequest', { id: requests.production.id });
    expect(detail.body.earlier.map(({ id }) => nameOf(id))).toEqual(['deploying']);
  });
});

describe('the routes of reviewers', () => {
  test.each<[string, User, boolean]>([
    ['a group that a rule names', stan, true],
    ['a group that a rule names among others', rene, true],
    ['the conventional group', ravi, true],
    ['a group that is called alike', userOf('x', 'X', ['staging-leads-2']), false],
    ['a part of a group', userOf('x', 'X', ['leads']), false],
    ['the group in other letters', userOf('x', 'X', ['Staging-Leads']), false],
    ['no group', nemo, false],
    ['the auditors', otto, false],
  ])('are open to %s: %#', async (_group, user, open) => {
    const answer = await api.call(user, 'listReviews', { query: { state: 'pending' } });
    expect(answer.status).toBe(open ? 200 : 403);
    expect((await api.call<MeView>(user, 'getMe')).body.roles.reviewer).toBe(open);
  });
});
