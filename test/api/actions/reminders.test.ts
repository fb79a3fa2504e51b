import { beforeEach, describe, expect, test } from 'vitest';
import { announce } from '../../../api/actions/announce.ts';
import { createRequests } from '../../../api/actions/create-request.ts';
import type { Announcer } from '../../../api/actions/message-ports.ts';
import { sweep } from '../../../api/actions/sweep.ts';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import type { Message } from '../../../api/domain/message.ts';
import {
  ada,
  allowed,
  askFor,
  formFor,
  policy,
  policyWith,
  ravi,
  rosa,
  type StoppedWorld,
  stoppedWorld,
  userOf,
} from '../people.ts';
import { approved, changed, openStore, pending, type Store } from '../store.ts';

/** Messages that are written now and said later, if they are still true by then. */

let store: Store;
let world: StoppedWorld;
let sent: string[];

beforeEach(async () => {
  store = await openStore();
  world = stoppedWorld();
  sent = [];
});

const tell =
  (audience: Message['audience']): Announcer['tellReviewers'] =>
  async (message) => {
    expect(message.audience).toBe(audience);
    sent.push(`${audience}: ${message.kind}`);
  };
const announcer: Announcer = {
  tellReviewers: tell('reviewers'),
  tellRequester: tell('requester'),
  tellChat: null,
  putEvent: async () => {},
};
const app = 'https://stepladder.example.com';
const run = async () => {
  await sweep({ store, announcer, world, appUrl: app });
  return sent.splice(0);
};
const review = (decision: 'approve' | 'reject' | 'confirm', by = ravi) =>
  ({ kind: 'review', by, decision, comment: 'x', version: 1 }) as const;
const glass = askFor('Admin', undefined, {
  breakGlass: true,
  durationMinutes: 30,
  justification: 'The payment database does not answer.',
});
async function breakGlass(): Promise<AccessRequest> {
  const by = userOf('olga', 'Olga', [...ada.groups, 'on-call']);
  const [request] = allowed(await createRequests({ store, world, policy }, by, formFor(glass), null));
  if (request === undefined) throw new Error('nothing was made');
  return request;
}
/** What is said from now on until that minute, minute by minute at its end. */
const later = async (minutes: number) => {
  world.pass(minutes);
  return run();
};

describe('reviewers', () => {
  test('are reminded an hour before a request expires, once', async () => {
    await pending(store, world);
    expect(await run()).toEqual(['reviewers: created']);
    expect(await later(23 * 60 - 1 / 60_000)).toEqual([]);
    expect(await later(1 / 60_000)).toEqual(['reviewers: review-reminder']);
    expect(await run()).toEqual([]);
    expect(await later(60)).toEqual(['requester: expired']);
  });

  test('are still reminded where one of two has approved', async () => {
    const two = policyWith({ approval: { approvals: 2, of: 3 } });
    const request = await pending(store, world, ada, askFor(), two);
    await changed(store, world, request, review('approve'));
    await run();
    expect(await later(23 * 60)).toEqual(['reviewers: review-reminder']);
  });

  test.each([
    ['approved', review('approve')],
    ['rejected', review('reject')],
    ['cancelled', { kind: 'cancel', by: ada }],
  ] as const)('are not reminded of what was %s, and are told that it was handled', async (_how, command) => {
    const request = await pending(store, world);
    await run();
    await changed(store, world, request, command);
    expect((await run()).filter((message) => message.startsWith('reviewers'))).toEqual([
      'reviewers: handled',
    ]);
    expect(await later(23 * 60)).not.toContain('reviewers: review-reminder');
    expect(await store.listDueMessages(world.now(), 100)).toEqual([]);
  });

  test('are not reminded of what has expired meanwhile, where the sweep was late', async () => {
    await pending(store, world);
    await run();
    expect(await later(24 * 60)).toEqual(['requester: expired']);
  });

  test('hear of break-glass access at once, and again where nobody looked at it', async () => {
    await breakGlass();
    expect(await run()).toEqual(['reviewers: break-glass']);
    expect(await later(4 * 60 - 1)).toEqual([]);
    expect(await later(1)).toEqual(['reviewers: break-glass-overdue']);
  });

  test('do not hear again of break-glass access that one of them reviewed', async () => {
    await changed(store, world, await breakGlass(), review('confirm', rosa));
    await run();
    expect(await later(15)).toEqual(['requester: ending-soon']);
    expect(await later(4 * 60)).toEqual([]);
    expect(await store.listDueMessages(world.now(), 100)).toEqual([]);
  });
});

describe('the requester', () => {
  test('is reminded a quarter of an hour before the window ends', async () => {
    await approved(store, world);
    await run();
    expect(await later(45 - 1 / 60_000)).toEqual([]);
    expect(await later(1 / 60_000)).toEqual(['requester: ending-soon']);
    expect(await later(15)).toEqual([]);
  });

  test.each([
    ['a reviewer', ravi],
    ['themselves', ada],
  ])('is not reminded of access that was revoked by %s', async (_who, by) => {
    const request = await approved(store, world);
    await changed(store, world, request, { kind: 'revoke', by, comment: '' });
    await run();
    expect(await later(45)).toEqual([]);
    expect(await store.listDueMessages(world.now(), 100)).toEqual([]);
  });

  test('is not reminded too late, where the sweep was', async () => {
    await approved(store, world);
    await run();
    expect(await later(60)).toEqual([]);
  });

  test('is reminded of the end of a start that was chosen, not of an earlier one', async () => {
    const start = stoppedWorld('2026-11-23T12:30:00.000Z').now();
    await approved(store, world, ada, askFor('Admin', undefined, { start }));
    await run();
    expect(await later(45)).toEqual([]);
    expect(await later(3 * 60)).toEqual(['requester: ending-soon']);
  });
});

describe('by the stream, which tells of every message when it is written', () => {
  const streamed = async (request: AccessRequest, kind: string, version: number) => {
    await announce(store, announcer, world, `${request.id}-${version}-${kind}`, app);
    return sent.splice(0);
  };

  test('a reminder is left for its moment', async () => {
    const request = await pending(store, world);
    expect(await streamed(request, 'created-reviewers', 1)).toEqual(['reviewers: created']);
    expect(await streamed(request, 'review-reminder-reviewers', 1)).toEqual([]);
    expect(await later(23 * 60)).toEqual(['reviewers: review-reminder']);
  });

  test('one that is due, but no longer true, is put away as delivered', async () => {
    const request = await approved(store, world);
    await changed(store, world, request, { kind: 'revoke', by: ravi, comment: '' });
    world.pass(45);
    const id = `${request.id}-2-ending-soon-requester`;
    expect(await store.listDueMessages(world.now(), 100)).toContain(id);
    expect(await streamed(request, 'ending-soon-requester', 2)).toEqual([]);
    expect(await store.listDueMessages(world.now(), 100)).not.toContain(id);
    const kept = (await store.everything()).find((item) => item.pk === `MESSAGE#${id}`);
    expect(kept).toMatchObject({ deliveredAt: world.now() });
  });
});
