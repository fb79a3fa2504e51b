import type { AccessRequest } from '../domain/access-request.ts';
import { maySee } from '../domain/allowed-actions.ts';
import type { Ask } from '../domain/ask.ts';
import { allow, deny, notFound, type Outcome } from '../domain/denial.ts';
import { type Instant, plusMinutes } from '../domain/instant.ts';
import { accept, invite } from '../domain/invitation.ts';
import { invitationTakes, tooMany } from '../domain/quota.ts';
import { checkStepUp } from '../domain/step-up.ts';
import type { Person, User } from '../domain/user.ts';
import { alreadyOpen, beaten, type CreateTools, patiently, replay } from './create-request.ts';
import type { RequestReader } from './ports.ts';

const tries = 4;
const latelyMinutes = 90 * 24 * 60;

/**
 * A reviewer asks on behalf of the person with that e-mail. Nothing is active before that person accepts. A key makes
 * it repeatable, as with a request.
 */
export async function inviteSomebody(
  { store, world, policy }: CreateTools,
  user: User,
  email: string,
  ask: Ask,
  key: string | null,
): Promise<Outcome<AccessRequest>> {
  const fingerprint = world.digest(JSON.stringify(['invite', email, ask]));
  const idempotency = key === null ? null : { user, key, fingerprint };
  const before = idempotency && (await replay(store, idempotency));
  if (before) return onlyOne(before);
  const now = world.now();
  const invitee = await knownAs(store, email, now);
  const invited = invite(ask, user, invitee, policy, now, world.newId());
  if (!invited.ok) return invited;
  // Always: whether it counts as an approval is up to the rule that is found when somebody accepts.
  const signedIn = checkStepUp(policy, 'review', user.authentication, now);
  if (!signedIn.ok) return signedIn;
  const takes = invitationTakes(policy.quotas, user, now);
  const saved = await patiently(() => store.createRequests([invited.value], idempotency, takes));
  if (saved.result === 'saved') return allow(invited.value.request);
  const meanwhile = idempotency && (await replay(store, idempotency));
  if (meanwhile) return onlyOne(meanwhile);
  return saved.result === 'too-many' ? tooMany(saved.take, now) : beaten();
}

function onlyOne(made: Outcome<readonly AccessRequest[]>): Outcome<AccessRequest> {
  if (!made.ok) return made;
  const [request] = made.value;
  return request === undefined ? notFound() : allow(request);
}

/**
 * Who is meant by an e-mail: the one user who made requests under it lately. NB. Where there is none, or more than
 * one, the invitation is left to the e-mail alone, and never counts as a review.
 */
async function knownAs(store: RequestReader, email: string, now: Instant): Promise<Person> {
  const { items } = await store.listRequests({
    partition: { by: 'email', email: email.toLowerCase() },
    // An address can be handed on: what was asked for under it long ago says nothing of who has it today.
    range: { from: plusMinutes(now, -latelyMinutes), until: now },
    after: null,
    limit: 50,
  });
  const people = new Map(
    items.map(({ value }) => [value.requester.id, value.requester] as const).filter(([id]) => id !== ''),
  );
  const [only] = people.values();
  return people.size === 1 && only !== undefined ? only : { id: '', name: '', email };
}

/** The invited person makes the request their own. */
export async function acceptInvitation(
  { store, world, policy }: CreateTools,
  user: User,
  id: string,
): Promise<Outcome<AccessRequest>> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const read = await store.readRequest(id);
    if (read === undefined || !maySee(user, read)) return notFound();
    const accepted = accept(read, user, policy, world.now());
    if (!accepted.ok) return accepted;
    const saved = await store.saveAccepted(accepted.value, read);
    if (saved.result === 'saved') return allow(accepted.value.request);
    // The lock may be this very request's: the same person has accepted it in the same moment.
    if (saved.result === 'already-open' && saved.requestId !== id) return alreadyOpen(saved.requestId);
  }
  return deny('conflict', 'Others are changing this request right now. Reload it and try again.', {
    request: id,
  });
}
