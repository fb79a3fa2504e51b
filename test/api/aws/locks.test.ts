import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRequests } from '../../../api/actions/create-request.ts';
import { explainTarget } from '../../../api/actions/explain-target.ts';
import { acceptInvitation, inviteSomebody } from '../../../api/actions/invite.ts';
import type { AccessRequest, ApprovedRequest } from '../../../api/domain/access-request.ts';
import { create } from '../../../api/domain/creation.ts';
import type { User } from '../../../api/domain/user.ts';
import {
  ada,
  allowed,
  alone,
  askFor,
  codeOf,
  formFor,
  policy,
  policyWith,
  ravi,
  type StoppedWorld,
  staging,
  stoppedWorld,
} from '../people.ts';
import {
  approved,
  atOnce,
  changed,
  openStore,
  pending,
  restoredFrom,
  type Store,
  trailOf,
} from '../store.ts';

/** For one user and one role there is one open request, and one that extends it, and no third. */

let store: Store;
let world: StoppedWorld;
let by: User;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(() => {
  world = stoppedWorld();
  by = { ...ada, id: `https://id.example.com#${world.newId()}`, email: `${world.newId()}@example.com` };
});

const tools = () => ({ store, world, policy });
const ask = (extensionOf: string | null = null) =>
  createRequests(tools(), by, formFor(askFor(), { extensionOf }), null);
const approve = (request: AccessRequest) =>
  changed(store, world, request, {
    kind: 'review',
    by: ravi,
    decision: 'approve',
    comment: '',
    version: request.version,
  }) as Promise<ApprovedRequest>;
const extend = async (request: AccessRequest) => {
  const [extension] = allowed(await ask(request.id));
  if (extension === undefined) throw new Error('nothing was made');
  return extension;
};
/** Refused because of that one. */
const openAs = ({ id }: AccessRequest) => ({
  ok: false,
  denial: { code: 'already-open', evidence: { request: id } },
});
const locksOf = async (user: User) =>
  (await store.everything())
    .filter((item) => String(item.pk).startsWith(`LOCK#${user.id}#`))
    .map((item) => [item.sk, item.requestId]);

describe('an extension', () => {
  test('is made once while the access is active, and begins where it ends', async () => {
    const first = await approved(store, world, by);
    const extension = await extend(first);
    expect(extension).toMatchObject({
      status: 'pending',
      extensionOf: first.id,
      slot: 1,
      start: first.window.until,
    });
    expect(await ask(first.id)).toMatchObject(openAs(extension));
    const approvedOne = await approve(extension);
    expect(approvedOne.window.from).toBe(first.window.until);
    expect(await ask(first.id)).toMatchObject(openAs(extension));
    expect(await locksOf(by)).toEqual(
      expect.arrayContaining([
        ['LOCK', first.id],
        ['EXTENSION', extension.id],
      ]),
    );
  });

  test('stands in the way of a new request, also when what it extends has ended', async () => {
    const first = await approved(store, world, by);
    const extension = await approve(await extend(first));
    expect(codeOf(await ask())).toBe('already-open');
    world.goTo(first.window.until);
    expect(await ask()).toMatchObject(openAs(extension));
    world.goTo(extension.window.until);
    expect(codeOf(await ask())).toBe('allowed');
  });

  test('is itself extended, once what it extends has ended', async () => {
    const first = await approved(store, world, by);
    const second = await approve(await extend(first));
    expect(codeOf(await ask(second.id))).toBe('extension-not-possible');
    world.goTo(first.window.until);
    const third = await extend(second);
    expect(third).toMatchObject({ slot: 0, start: second.window.until, extensionOf: second.id });
    expect(await ask(second.id)).toMatchObject(openAs(third));
    expect(codeOf(await ask(first.id))).toBe('extension-not-possible');
  });

  test('that is rejected or cancelled makes room for another', async () => {
    const first = await approved(store, world, by);
    for (const command of [
      { kind: 'cancel', by },
      { kind: 'review', by: ravi, decision: 'reject', comment: 'No.', version: 1 },
    ] as const) {
      await changed(store, world, await extend(first), command);
    }
    expect((await extend(first)).status).toBe('pending');
  });

  test('is not made of access that was revoked in the same moment', async () => {
    const first = await approved(store, world, by);
    const late = allowed(
      create(askFor(), by, policy, world.now(), alone(world.newId(), { extending: first })),
    );
    await changed(store, world, first, { kind: 'revoke', by: ravi, comment: '' });
    expect(await store.createRequests([late], null, [])).toEqual({ result: 'conflict' });
    expect(codeOf(await ask(first.id))).toBe('extension-not-possible');
    expect(codeOf(await ask())).toBe('allowed');
  });

  test.each<[string, (first: ApprovedRequest) => Promise<string>]>([
    ['pending', async () => (await pending(store, world, by, askFor('ReadOnly'))).id],
    [
      'revoked',
      async (first) => (await changed(store, world, first, { kind: 'revoke', by, comment: '' })).id,
    ],
    ['another role’s', async () => (await approved(store, world, by, askFor('ReadOnly'))).id],
    ['another person’s', async () => (await approved(store, world, { ...by, id: `${by.id}-2` })).id],
    ['not there', async () => '0'.repeat(26)],
  ])('is not made of what is %s', async (_what, of) => {
    const id = await of(await approved(store, world, by));
    expect(codeOf(await ask(id))).toBe('extension-not-possible');
    expect((await store.listRequests(mine())).items.every(({ value }) => value.extensionOf === null)).toBe(
      true,
    );
  });

  test('asked for twice at once is made once', async () => {
    for (let round = 0; round < 10; round += 1) {
      by = { ...by, id: `https://id.example.com#${world.newId()}` };
      const first = await approved(store, world, by);
      const codes = await atOnce([0, 1, 2].map(() => () => ask(first.id)));
      expect(codes.filter((code) => code === 'allowed')).toHaveLength(1);
      expect(codes.filter((code) => !['allowed', 'already-open', 'conflict'].includes(code))).toEqual([]);
    }
  });
});

describe('whoever begins to ask', () => {
  const explained = async (extensionOf: string | null = null, user = by, target = askFor().target) =>
    (await explainTarget(tools(), user, target, extensionOf)).open?.request ?? null;

  test.each(['a request that waits', 'access', 'break-glass access'])('is told of %s', async (what) => {
    by = { ...by, groups: [...by.groups, 'on-call'] };
    const glass = askFor('Admin', undefined, {
      breakGlass: true,
      durationMinutes: 15,
      justification: 'The payment database does not answer.',
    });
    const open =
      what === 'access'
        ? await approved(store, world, by)
        : await pending(store, world, by, what === 'break-glass access' ? glass : askFor());
    expect(await explained()).toBe(open.id);
    const refused = await ask();
    expect(refused).toMatchObject(openAs(open));
    const { open: said } = await explainTarget(tools(), by, askFor().target, null);
    expect(said).toEqual({ request: open.id, sentence: refused.ok ? '' : refused.denial.sentence });
  });

  test('is told of nothing where nothing is in the way', async () => {
    expect(await explained()).toBeNull();
    const rejected = await pending(store, world, by);
    const no = { kind: 'review', by: ravi, decision: 'reject', comment: 'No.', version: 1 } as const;
    await changed(store, world, rejected, no);
    expect(await explained()).toBeNull();
    await changed(store, world, await pending(store, world, by), { kind: 'cancel', by });
    expect(await explained()).toBeNull();
    const access = await approved(store, world, by);
    await changed(store, world, access, { kind: 'revoke', by, comment: '' });
    expect(await explained()).toBeNull();
    world.goTo((await approved(store, world, by)).window.until);
    expect(await explained()).toBeNull();
    world.goTo((await pending(store, world, by)).reviewBy);
    expect(await explained()).toBeNull();
  });

  test('is told neither of other roles nor of other people', async () => {
    await pending(store, world, by);
    expect(await explained(null, by, askFor('ReadOnly').target)).toBeNull();
    expect(await explained(null, by, { ...askFor().target, account: staging })).toBeNull();
    expect(await explained(null, { ...by, id: `${by.id}-2` })).toBeNull();
  });

  test('is told of nothing that comes from a backup', async () => {
    await pending(store, world, by);
    const restored = { ...tools(), store: await restoredFrom(store) };
    expect((await explainTarget(restored, by, askFor().target, null)).open).toBeNull();
  });

  test('of an extension is told of another extension, and not of what is extended', async () => {
    const first = await approved(store, world, by);
    expect(await explained(first.id)).toBeNull();
    const extension = await approve(await extend(first));
    expect(await explained(first.id)).toBe(extension.id);
    world.goTo(first.window.until);
    expect(await explained(extension.id)).toBeNull();
    expect(await explained(first.id)).toBe(extension.id);
  });
});

const mine = () => ({
  partition: { by: 'user', userId: by.id } as const,
  range: { from: stoppedWorld('2026-01-01T00:00:00.000Z').now(), until: world.now() },
  after: null,
  limit: 20,
});

describe('the review of break-glass access afterwards', () => {
  const confirm = { kind: 'review', by: ravi, decision: 'confirm', comment: '', version: 1 } as const;

  test.each(['it has ended', 'it was revoked'])('leaves the lock of a new request alone: %s', async (how) => {
    by = { ...by, groups: [...by.groups, 'on-call'] };
    const glass = askFor('Admin', undefined, {
      breakGlass: true,
      durationMinutes: 15,
      justification: 'The payment database does not answer.',
    });
    const [taken] = allowed(await createRequests(tools(), by, formFor(glass), null)) as [ApprovedRequest];
    let over: AccessRequest = taken;
    if (how === 'it has ended') world.goTo(taken.window.until);
    else over = await changed(store, world, taken, { kind: 'revoke', by: ravi, comment: '' });
    const next = await pending(store, world, by);
    await changed(store, world, over, { ...confirm, version: over.version });
    expect(await ask()).toMatchObject(openAs(next));
    expect(await locksOf(by)).toEqual([['LOCK', next.id]]);
  });
});

describe('an invitation', () => {
  const invite = async () =>
    allowed(
      await inviteSomebody(
        tools(),
        ravi,
        by.email,
        { ...askFor(), justification: 'Please restart the payment workers.' },
        null,
      ),
    );
  const accept = (id: string) => acceptInvitation(tools(), by, id);

  test('takes no lock before it is accepted, and none when it is cancelled', async () => {
    const invited = await invite();
    expect(await locksOf(by)).toEqual([]);
    await changed(store, world, invited, { kind: 'cancel', by: ravi });
    expect(await locksOf(by)).toEqual([]);
    expect(codeOf(await ask())).toBe('allowed');
  });

  test('takes the lock when it is accepted', async () => {
    const invited = await invite();
    expect(codeOf(await accept(invited.id))).toBe('allowed');
    expect(await ask()).toMatchObject(openAs(invited));
    expect(await trailOf(store, invited.id)).toEqual(['invited', 'accepted']);
  });

  test('is refused where a request is open already, and stays an invitation', async () => {
    const invited = await invite();
    const open = await pending(store, world, by);
    expect(await accept(invited.id)).toMatchObject(openAs(open));
    expect(await store.readRequest(invited.id)).toEqual(invited);
    await changed(store, world, open, { kind: 'cancel', by });
    expect(codeOf(await accept(invited.id))).toBe('allowed');
  });

  test('accepted twice at once is accepted once', async () => {
    for (let round = 0; round < 10; round += 1) {
      by = { ...by, id: `${by.id}x`, email: `${world.newId()}@example.com` };
      const { id } = await invite();
      const codes = await atOnce([0, 1].map(() => () => accept(id)));
      expect(codes[0]).toBe('allowed');
      expect(['not-invited', 'wrong-status']).toContain(codes[1]);
      expect(await trailOf(store, id)).toEqual(['invited', 'accepted']);
    }
  });

  test('accepted while a request is being made: one of the two is open', async () => {
    for (let round = 0; round < 10; round += 1) {
      by = { ...by, id: `${by.id}y`, email: `${world.newId()}@example.com` };
      const { id } = await invite();
      const codes = await atOnce([() => accept(id), () => ask()]);
      expect(codes[0]).toBe('allowed');
      expect(['already-open', 'conflict']).toContain(codes[1]);
      expect(await locksOf(by)).toHaveLength(1);
    }
  });

  test('accepted by two who have the e-mail: one of them has it', async () => {
    for (let round = 0; round < 10; round += 1) {
      by = { ...by, id: `${by.id}z`, email: `${world.newId()}@example.com` };
      const { id } = await invite();
      const twin = { ...by, id: `${by.id}-twin` };
      const codes = await atOnce([by, twin].map((user) => () => acceptInvitation(tools(), user, id)));
      expect(codes.filter((code) => code === 'allowed')).toHaveLength(1);
      expect(await trailOf(store, id)).toEqual(['invited', 'accepted']);
    }
  });
});

describe('access that somebody else ended', () => {
  const automatic = policyWith({ approval: 'automatic' });
  const askAgain = async () => {
    const made = await createRequests({ ...tools(), policy: automatic }, by, formFor(askFor()), null);
    return allowed(made)[0] as AccessRequest;
  };
  const revokeBy = (who: User, request: AccessRequest) =>
    changed(store, world, request, { kind: 'revoke', by: who, comment: '' });

  test('is not given again without a reviewer before its window would have ended', async () => {
    const first = await askAgain();
    expect(first.status).toBe('approved');
    await revokeBy(ravi, first);
    const second = await askAgain();
    expect(second.status).toBe('pending');
    await changed(store, world, second, { kind: 'cancel', by });
    expect((await askAgain()).status).toBe('pending');
  });

  test('is given again afterwards', async () => {
    await revokeBy(ravi, await askAgain());
    world.pass(60);
    expect((await askAgain()).status).toBe('approved');
  });

  test('is nothing to whoever ended it early, and to others', async () => {
    await revokeBy(by, await askAgain());
    expect((await askAgain()).status).toBe('approved');
  });
});
