import type { AccessRequest } from '../domain/access-request.ts';
import { allow, deny, type Outcome } from '../domain/denial.ts';
import { targetKey } from '../domain/eligibility.ts';
import { type Ask, create } from '../domain/lifecycle.ts';
import type { Policy } from '../domain/policy-document.ts';
import type { User } from '../domain/user.ts';
import type { IdempotencyKey, RequestReader, RequestWriter, World } from './ports.ts';

/**
 * Creates a request. With a key, the same ask again gives the request that it made the first time, so a client that
 * got no answer may simply repeat itself.
 */
export async function createRequest(
  store: RequestReader & RequestWriter,
  world: World,
  policy: Policy,
  user: User,
  ask: Ask,
  key: string | null,
): Promise<Outcome<AccessRequest>> {
  const idempotency = key === null ? null : { user, key, fingerprint: fingerprintOf(ask, world) };
  const before = idempotency && (await replay(store, idempotency));
  if (before) return before;

  const now = world.now();
  const created = create(ask, user, policy, now, world.newId());
  if (!created.ok) return created;
  const saved = await store.createRequest(created.value, idempotency);
  if (saved.result === 'saved') return allow(created.value.request);
  // The same key may have been used by a twin of this very call: then its request is the answer, not a denial.
  const meanwhile = idempotency && (await replay(store, idempotency));
  if (meanwhile) return meanwhile;
  if (saved.result === 'already-open') {
    return deny(
      'already-open',
      'You already have an open request for this role in this account. Use it, or cancel it first.',
      {
        request: saved.requestId,
      },
    );
  }
  return deny('conflict', 'Another request for the same role was being made at this moment. Try again.');
}

async function replay(
  store: RequestReader & RequestWriter,
  idempotency: IdempotencyKey,
): Promise<Outcome<AccessRequest> | undefined> {
  const used = await store.readIdempotency(idempotency.user, idempotency.key);
  if (used === undefined) return undefined;
  const request = used.fingerprint === idempotency.fingerprint && (await store.readRequest(used.requestId));
  if (request) return allow(request);
  return deny('idempotency-key-reused', 'This Idempotency-Key was used for another request. Use a new key.');
}

function fingerprintOf(ask: Ask, world: World): string {
  return world.digest(JSON.stringify([targetKey(ask.target), ask.durationMinutes, ask.justification]));
}
