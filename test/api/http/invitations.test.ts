import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MeView, ProblemView, RequestDetailView, RequestView } from '../../../api/contract.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, eve, otto, policyWith, production, ravi, rosa, stoppedWorld, userOf } from '../people.ts';
import { openStore, pending, type Store, trailOf } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

/** A reviewer asks on somebody's behalf; nothing is active before that person has accepted. */

let store: Store;
let api: Api;
const counting = policyWith({ approval: { invitationCounts: true } });

beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store);
});
afterEach(() => {
  vi.restoreAllMocks();
});

type Answered = RequestView & Pick<ProblemView, 'code' | 'evidence'>;
const body = {
  email: ada.email,
  account: production,
  role: 'Admin',
  durationMinutes: 60,
  justification: 'Please restart the payment workers.',
};
const invite = (more: object = {}, by: User = ravi) =>
  api.call<Answered>(by, 'invite', { body: { ...body, ...more } });
const accept = (id: string, by: User = ada) => api.call<Answered>(by, 'acceptInvitation', { id, body: {} });
const approve = (id: string, by: User, version: number) =>
  api.call<Answered>(by, 'reviewRequest', { id, body: { decision: 'approve', comment: '', version } });
const invitationsOf = async (user: User) =>
  (await api.call<MeView>(user, 'getMe')).body.invitations.map(({ id }) => id);
/** Makes the person known: one request under the e-mail, that is over. */
async function known(user: User = ada) {
  const { id } = await pending(store, api.world, user);
  await api.call(user, 'cancelRequest', { id, body: {} });
}

describe('an invitation', () => {
  test('waits for the invited person, who finds it, and gives nothing before', async () => {
    await known();
    const { status, body: made } = await invite();
    expect(status).toBe(201);
    expect(made).toMatchObject({
      status: 'invited',
      version: 1,
      requester: { id: ada.id, email: ada.email },
      invitation: { by: { id: ravi.id }, at: api.world.now() },
      window: null,
      reviews: [],
      allowedActions: ['cancel'],
    });
    const me = await api.call<MeView>(ada, 'getMe');
    expect(me.body.invitations).toMatchObject([{ id: made.id, allowedActions: ['accept', 'cancel'] }]);
    expect(me.body.active).toEqual([]);
    const session = await api.call(ada, 'issueSession', { id: made.id, body: { kind: 'cli' } });
    expect([session.status, session.body.code]).toEqual([409, 'wrong-status']);
    const early = await approve(made.id, rosa, 1);
    expect([early.status, early.body.code]).toEqual([404, 'not-found']);
    expect(await trailOf(store, made.id)).toEqual(['invited']);
  });

  test('becomes the invited person’s own request under their own rule, and is reviewed by another', async () => {
    const { id } = (await invite()).body;
    const accepted = await accept(id);
    expect(accepted.body).toMatchObject({
      status: 'pending',
      version: 2,
      requester: { id: ada.id, name: ada.name, email: ada.email },
      invitation: { by: { id: ravi.id } },
      rule: { id: 'production' },
      reviews: [],
      allowedActions: ['cancel'],
    });
    expect(await invitationsOf(ada)).toEqual([]);
    expect((await approve(id, rosa, 2)).body).toMatchObject({ status: 'active' });
    expect(await trailOf(store, id)).toEqual(['invited', 'accepted', 'approved']);
    expect((await api.call(ada, 'issueSession', { id, body: { kind: 'cli' } })).status).toBe(201);
  });

  test('is reviewed only as it was accepted, not as it was sent', async () => {
    const { id } = (await invite()).body;
    await accept(id);
    expect((await approve(id, rosa, 1)).body.code).toBe('version-changed');
  });

  test('expires like a request, and is accepted no more', async () => {
    const { id, reviewBy } = (await invite()).body;
    api.world.goTo(reviewBy as ReturnType<typeof api.world.now>);
    const late = await accept(id);
    expect([late.status, late.body.code, late.body.evidence.status]).toEqual([
      409,
      'wrong-status',
      'expired',
    ]);
    expect(await invitationsOf(ada)).toEqual([]);
  });

  test.each([
    ['withdrawn by the reviewer', ravi],
    ['declined by the invited person', ada],
  ])('is %s', async (_how, who) => {
    const { id } = (await invite()).body;
    const done = await api.call<Answered>(who, 'cancelRequest', { id, body: {} });
    expect(done.body).toMatchObject({ status: 'cancelled', closure: { by: { id: who.id } } });
    expect((await accept(id)).status).not.toBe(200);
    expect(await trailOf(store, id)).toEqual(['invited', 'cancelled']);
  });

  test('is nothing to others, whatever they are, but to auditors', async () => {
    const { id } = (await invite()).body;
    const absent = await api.call(eve, 'getRequest', { id: '0'.repeat(26) });
    for (const user of [eve, rosa]) {
      expect(await api.call(user, 'getRequest', { id })).toEqual(absent);
      expect((await accept(id, user)).status).toBe(404);
      expect((await api.call(user, 'cancelRequest', { id, body: {} })).status).toBe(404);
      expect(await invitationsOf(user)).toEqual([]);
      const list = await api.call<{ items: unknown[] }>(rosa, 'listReviews', { query: { state: 'pending' } });
      expect(list.body.items).toEqual([]);
    }
    const seen = await api.call<RequestDetailView>(otto, 'getRequest', { id });
    expect(seen.body.request).toMatchObject({ status: 'invited', allowedActions: [] });
    expect((await accept(id, otto)).body.code).toBe('not-invited');
  });

  test('needs the invited person to be eligible and the rule to take it, when it is accepted', async () => {
    const foreign = (await invite({ role: 'Root' })).body.id;
    expect((await accept(foreign)).body.code).toBe('not-eligible');
    const long = (await invite({ durationMinutes: 241 })).body.id;
    expect((await accept(long)).body.code).toBe('duration-too-long');
    for (const id of [foreign, long]) expect(await trailOf(store, id)).toEqual(['invited']);
  });
});

describe('with an Idempotency-Key', () => {
  const headers = { 'Idempotency-Key': ['one-key-per-form'] };
  const send = (more: object = {}, by: User = ravi) =>
    api.call<Answered>(by, 'invite', { body: { ...body, ...more }, headers });

  test('the same form again, or twice at once, is the same invitation', async () => {
    const [first, twin] = await Promise.all([send(), send()]);
    expect(first?.status).toBe(201);
    expect(twin).toEqual(first);
    const before = (await store.everything()).length;
    expect(await send()).toEqual(first);
    expect(await store.everything()).toHaveLength(before);
    expect(await trailOf(store, first?.body.id ?? '')).toEqual(['invited']);
  });

  test('another form is refused, and another reviewer’s is another invitation', async () => {
    const first = await send();
    for (const more of [{ email: eve.email }, { durationMinutes: 61 }, { role: 'ReadOnly' }]) {
      const other = await send(more);
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    }
    const { email: _email, account, role, ...ask } = body;
    const asked = { ...ask, targets: [{ account, role }] };
    const request = await api.call(rosa, 'createRequest', { body: asked, headers });
    expect(request.status).toBe(201);
    expect((await send({}, rosa)).body.code).toBe('idempotency-key-reused');
    expect((await send({}, userOf('rene', 'Rene', ['aws-temp#Reviewer']))).body.id).not.toBe(first.body.id);
  });
});

describe('an invitation is for one person', () => {
  test('whom the e-mail is known to mean: nobody else with that e-mail', async () => {
    await known();
    const { id } = (await invite({ email: ada.email.toUpperCase() })).body;
    const other = { ...ada, id: 'https://id.example.com#another' };
    expect((await accept(id, other)).status).toBe(404);
    expect(await invitationsOf(other)).toEqual([]);
    const renamed = { ...ada, email: 'ada.married@example.com' };
    expect((await accept(id, renamed)).status).toBe(200);
  });

  test.each([
    ['nobody is known by it', []],
    ['two are known by it', [ada, { ...ada, id: 'https://id.example.com#another' }]],
  ])('and to the e-mail alone where %s', async (_what, users) => {
    for (const user of users) await known(user);
    const { id, requester } = (await invite()).body;
    expect(requester).toEqual({ id: '', name: '', email: ada.email });
    expect((await accept(id, { ...ada, id: 'https://id.example.com#third' })).status).toBe(200);
    expect((await accept(id)).status).toBe(404);
  });

  test('and is known by requests, not by other invitations', async () => {
    const first = (await invite({ role: 'ReadOnly' })).body;
    const second = (await invite()).body;
    expect([first.requester.id, second.requester.id]).toEqual(['', '']);
  });
});

describe('nobody invites', () => {
  test.each<[string, User, object, number, string]>([
    ['without being a reviewer', ada, { email: eve.email }, 403, 'not-reviewer'],
    ['as an auditor', otto, {}, 403, 'not-reviewer'],
    ['themselves', ravi, { email: ravi.email }, 403, 'own-invitation'],
    ['themselves, in other letters', ravi, { email: ravi.email.toUpperCase() }, 403, 'own-invitation'],
    ['to break-glass access', ravi, { breakGlass: true }, 400, 'invalid-input'],
  ])('%s', async (_how, by, more, status, code) => {
    const answer = await invite(more, by);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await store.everything()).toEqual([]);
  });
});

describe('where the rule counts an invitation as an approval', () => {
  beforeEach(() => {
    api = startApi(store, stoppedWorld(), {}, counting);
  });

  test('the access begins when a known person accepts', async () => {
    await known();
    const { id } = (await invite()).body;
    const accepted = await accept(id);
    expect(accepted.body).toMatchObject({
      status: 'active',
      reviews: [{ reviewer: { id: ravi.id }, decision: 'approve' }],
      approval: { kind: 'reviewers' },
    });
    expect((await api.call(ada, 'issueSession', { id, body: { kind: 'cli' } })).status).toBe(201);
  });

  test('it does not count where the person was not known', async () => {
    const { id } = (await invite()).body;
    expect((await accept(id)).body).toMatchObject({ status: 'pending', reviews: [] });
  });

  test('it does not count from somebody who may not review that request', async () => {
    const elsewhere = policyWith({ approval: { invitationCounts: true, groups: 'payments-leads' } });
    api = startApi(store, stoppedWorld(), {}, elsewhere);
    await known();
    const { id } = (await invite()).body;
    expect((await accept(id)).body.status).toBe('pending');
    const lead = userOf('lead', 'Lead', ['payments-leads']);
    expect((await approve(id, lead, 2)).body.status).toBe('active');
  });

  test('it is one of two where two are needed, and the same person is not the other', async () => {
    const two = policyWith({ approval: { approvals: 2, of: 3, invitationCounts: true } });
    api = startApi(store, stoppedWorld(), {}, two);
    await known();
    const { id } = (await invite()).body;
    expect((await accept(id)).body).toMatchObject({ status: 'pending', approvalsNeeded: 2 });
    expect((await approve(id, ravi, 2)).body.code).toBe('already-reviewed');
    const twin = { ...ravi, id: 'https://id.example.com#ravi-2' };
    expect((await approve(id, twin, 2)).body.code).toBe('already-reviewed');
    expect((await approve(id, rosa, 2)).body.status).toBe('active');
    expect(await trailOf(store, id)).toEqual(['invited', 'accepted', 'approved']);
  });
});
