import type { AccessRequest, OpenRequest } from '../domain/access-request.ts';
import type { Ask } from '../domain/ask.ts';
import type { Change } from '../domain/change.ts';
import { create } from '../domain/creation.ts';
import { allow, deny, type Outcome } from '../domain/denial.ts';
import { type Target, targetKey } from '../domain/eligibility.ts';
import { type Instant, instantOf, plusMinutes } from '../domain/instant.ts';
import type { Policy } from '../domain/policy-document.ts';
import { breakGlassTakes, requestTakes, tooMany } from '../domain/quota.ts';
import { maybeSamePerson, type User } from '../domain/user.ts';
import { collect } from './collect.ts';
import type { Created, IdempotencyKey, Partition, RequestReader, RequestWriter, World } from './ports.ts';

const ownOverdueMinutes = 90 * 24 * 60;

/** What one form asks for: the same for each of its targets. */
export interface Form extends Omit<Ask, 'target'> {
  readonly targets: readonly Target[];
  readonly extensionOf: string | null;
}

export interface CreateTools {
  readonly store: RequestReader & RequestWriter;
  readonly world: World;
  readonly policy: Policy;
}

/**
 * Creates a request for each target, all of them or none. With a key, the same form again gives the requests that it
 * made the first time, so a client that got no answer may simply repeat itself.
 */
export async function createRequests(
  { store, world, policy }: CreateTools,
  user: User,
  form: Form,
  key: string | null,
): Promise<Outcome<readonly AccessRequest[]>> {
  const idempotency = key === null ? null : { user, key, fingerprint: fingerprintOf(form, world) };
  const before = idempotency && (await replay(store, idempotency));
  if (before) return before;

  const now = world.now();
  const ids = form.targets.map(() => world.newId());
  const circumstances = {
    together: ids.length > 1 ? ids : [],
    extending: await readForerunner(store, form, user),
    overdue: form.breakGlass ? await listOverdue(store, user, now) : [],
  };
  if (form.extensionOf !== null && circumstances.extending === null) return noForerunner(form.extensionOf);
  const changes: Change<OpenRequest>[] = [];
  for (const [index, target] of form.targets.entries()) {
    const created = create({ ...form, target }, user, policy, now, {
      ...circumstances,
      id: String(ids[index]),
      barred: await store.readBar(user, target, now),
    });
    if (!created.ok) return created;
    changes.push(created.value);
  }
  const takes = form.breakGlass
    ? breakGlassTakes(policy.quotas, user, now)
    : requestTakes(policy.quotas, user, changes.length, now);
  const saved = await patiently(() => store.createRequests(changes, idempotency, takes));
  if (saved.result === 'saved') return allow(changes.map(({ request }) => request));
  // The same key may have been used by a twin of this very call: then its requests are the answer, not a denial.
  const meanwhile = idempotency && (await replay(store, idempotency));
  if (meanwhile) return meanwhile;
  if (saved.result === 'too-many') return tooMany(saved.take, now);
  return saved.result === 'already-open' ? alreadyOpen(saved.requestId) : beaten();
}

/** Once more where a race was lost: the requests that somebody makes at once share the counters of their quotas. */
export async function patiently(create: () => Promise<Created>): Promise<Created> {
  const saved = await create();
  return saved.result === 'conflict' ? create() : saved;
}

export function alreadyOpen(requestId: string) {
  return deny(
    'already-open',
    'You already have an open request for this role in this account. Use it, extend it, or cancel it first.',
    { request: requestId },
  );
}

export function beaten() {
  return deny('conflict', 'Another request for the same role was being made at this moment. Try again.');
}

function noForerunner(id: string) {
  return deny(
    'extension-not-possible',
    'The request that this one should extend is not yours, or not there.',
    {
      extensionOf: id,
    },
  );
}

/** NB. Another person's request is as absent as one that does not exist. */
async function readForerunner(
  store: RequestReader,
  { extensionOf }: Form,
  user: User,
): Promise<AccessRequest | null> {
  const read = extensionOf === null ? undefined : await store.readRequest(extensionOf);
  return read !== undefined && read.requester.id === user.id ? read : null;
}

/**
 * The user's break-glass requests that should have been reviewed by now. NB. Where others have so many overdue that not
 * all can be looked at, only the user's own of the last months count: nobody can take break-glass away from the rest.
 */
async function listOverdue(store: RequestReader, user: User, now: Instant): Promise<readonly string[]> {
  const isOverdue = (request: AccessRequest) =>
    maybeSamePerson(request.requester, user) &&
    'approvedBy' in request &&
    request.approvedBy.kind === 'break-glass' &&
    request.approvedBy.afterReview === null &&
    request.approvedBy.reviewDue <= now;
  const look = (partition: Partition, from: Instant) =>
    collect({
      fetch: (query) => store.listRequests(query),
      partition,
      range: { from, until: now },
      keep: isOverdue,
      selective: true,
      size: 1,
      place: null,
    });
  const all = await look({ by: 'unreviewed' }, instantOf(0));
  if (all.items.length > 0 || all.next === null) return all.items.map(({ id }) => id);
  const own = await look(
    { by: 'email', email: user.email.toLowerCase() },
    plusMinutes(now, -ownOverdueMinutes),
  );
  // Somebody with that many requests is not known to have none overdue: closed.
  if (own.items.length === 0 && own.next !== null) return ['too many to look through'];
  return own.items.map(({ id }) => id);
}

/** The answer that the key was given before, or undefined where it is new. */
export async function replay(
  store: RequestReader & RequestWriter,
  idempotency: IdempotencyKey,
): Promise<Outcome<readonly AccessRequest[]> | undefined> {
  const used = await store.readIdempotency(idempotency.user, idempotency.key);
  if (used === undefined) return undefined;
  const same = used.fingerprint === idempotency.fingerprint;
  const read = same ? await Promise.all(used.requestIds.map((id) => store.readRequest(id))) : [];
  const requests = read.filter((request) => request !== undefined);
  if (requests.length > 0 && requests.length === used.requestIds.length) return allow(requests);
  return deny('idempotency-key-reused', 'This Idempotency-Key was used for another request. Use a new key.');
}

function fingerprintOf(form: Form, world: World): string {
  const { targets, durationMinutes, justification, ticket, start, breakGlass, extensionOf } = form;
  const asked = [
    targets.map(targetKey),
    durationMinutes,
    justification,
    ticket,
    start,
    breakGlass,
    extensionOf,
  ];
  return world.digest(JSON.stringify(asked));
}
