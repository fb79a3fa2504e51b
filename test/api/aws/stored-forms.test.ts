import { beforeEach, describe, expect, test } from 'vitest';
import type { RequestView, SessionView } from '../../../api/contract.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import { startApi } from '../http/calls.ts';
import { ada, otto, ravi, type StoppedWorld, sessionRecord, stoppedWorld } from '../people.ts';
import { approved, changed, openStore, type Store } from '../store.ts';

/** A table that an earlier version of Stepladder wrote: what it did not know yet is in none of its items. */

const added = new Set([
  'endLiveSessions',
  'endableUntil',
  'enforcement',
  'assumedRoleId',
  'ending',
  'narrowedFrom',
  'notNarrowed',
]);

/** The same without the fields that were added since, however deep they lie. */
function withoutAdded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAdded);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !added.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutAdded(inner)]));
}

let store: Store;
let world: StoppedWorld;

beforeEach(async () => {
  store = await openStore();
  world = stoppedWorld();
});

async function makeOld(): Promise<void> {
  const items = await store.everything();
  await store.putItems(items.map((item) => withoutAdded(item) as typeof item));
  expect(JSON.stringify(await store.everything())).not.toMatch(
    new RegExp([...added].map((name) => `"${name}"`).join('|')),
  );
}

describe('what an earlier version wrote', () => {
  test('is read, listed, used and revoked like everything else', async () => {
    const { id } = await approved(store, world);
    await makeOld();
    const api = startApi(store, world);
    const listed = await api.call<{ items: RequestView[] }>(ada, 'listRequests');
    expect(listed.body.items).toMatchObject([
      { id, status: 'active', enforcement: null, sessions: { endable: false } },
    ]);
    expect((await api.call(ada, 'issueSession', { id, body: { kind: 'cli' } })).status).toBe(201);
    const revoked = await api.call<RequestView>(ravi, 'revokeRequest', { id, body: { comment: '' } });
    expect([revoked.status, revoked.body.status, revoked.body.enforcement]).toEqual([200, 'revoked', null]);
  });

  test('stays readable when it was revoked then', async () => {
    const request = await approved(store, world);
    await changed(store, world, request, { kind: 'revoke', by: ravi, comment: '' });
    await makeOld();
    const answer = await startApi(store, world).call<{ request: RequestView }>(ada, 'getRequest', {
      id: request.id,
    });
    expect(answer.body.request).toMatchObject({ status: 'revoked', enforcement: null });
  });

  test('shows its sessions to auditors', async () => {
    const request = await approved(store, world);
    const session = sessionRecord(request, world);
    await changed(store, world, request, { kind: 'intend-session', session });
    await makeOld();
    const { body } = await startApi(store, world).call<{ items: SessionView[] }>(otto, 'listAuditSessions');
    expect(body.items).toMatchObject([{ id: session.id, state: 'intended' }]);
  });

  test('is still announced, and ended by the sweep', async () => {
    const request = await approved(store, world);
    await makeOld();
    const due = `${request.id}-1-created-reviewers`;
    const claimed = await store.claimMessage(due, world.now(), plusMinutes(world.now(), 2));
    expect(claimed?.message?.request).toMatchObject({ id: request.id, rule: { endLiveSessions: false } });
    world.goTo(request.window.until);
    expect(await store.listDueRequests(world.now(), 10)).toMatchObject([
      { id: request.id, sessions: { endableUntil: null } },
    ]);
  });
});
