import type { AccessRequest } from '../domain/access-request.ts';
import { maySee } from '../domain/allowed-actions.ts';
import { allow, deny, notFound, type Outcome } from '../domain/denial.ts';
import { earliest } from '../domain/instant.ts';
import { apply, type Command } from '../domain/lifecycle.ts';
import type { Policy } from '../domain/policy-document.ts';
import { ruleFor } from '../domain/rule-match.ts';
import { planSession, type SessionKind, type SessionPlan, type SessionRecord } from '../domain/session.ts';
import { checkStepUp } from '../domain/step-up.ts';
import { personOf, type User } from '../domain/user.ts';
import {
  type Credentials,
  type RequestReader,
  type RequestWriter,
  type SessionIssuer,
  Unavailable,
  type World,
} from './ports.ts';

export interface SessionAsk {
  readonly requestId: string;
  readonly kind: SessionKind;
  readonly sourceIp: string;
  readonly userAgent: string;
}

export type IssuedSession =
  | { readonly kind: 'console'; readonly session: SessionRecord; readonly url: string }
  | { readonly kind: 'cli'; readonly session: SessionRecord; readonly credentials: Credentials };

export interface SessionTools {
  readonly store: RequestReader & RequestWriter;
  readonly issuer: SessionIssuer;
  readonly world: World;
  readonly policy: Policy;
}

type NotedAs = Extract<Command, { session: SessionRecord }>;
const tries = 4;

/**
 * Issues one set of temporary credentials, in this order: read and check, record the intent, ask AWS, read and check
 * again, record the result, answer. NB. The order is the safety: credentials that reach the answer are on record, and
 * whatever fails after AWS answered drops them and says so in the trail.
 */
export async function issueSession(
  tools: SessionTools,
  user: User,
  ask: SessionAsk,
): Promise<Outcome<IssuedSession>> {
  const intended = await intend(tools, user, ask);
  if (!intended.ok) return intended;
  const { plan, session } = intended.value;
  // What is known of the session so far: a failure is noted with the access key id, once AWS has given one.
  let known = session;
  let made: { credentials: Credentials; url: string | null; recorded: Outcome<SessionRecord> };
  try {
    const { credentials, assumedRoleId } = await tools.issuer.assumeRole(plan);
    const endsAt = earliest(plan.denyFrom, credentials.expiration);
    known = { ...session, state: 'issued', accessKeyId: credentials.accessKeyId, assumedRoleId, endsAt };
    const url = ask.kind === 'console' ? await tools.issuer.consoleUrl(credentials) : null;
    made = { credentials, url, recorded: await record(tools, user, known, plan) };
  } catch (error) {
    await noteFailure(tools, known, error instanceof Error ? error.name : 'unknown').catch(
      (noting: unknown) => {
        throw new Unavailable('a session failed, and so did noting it', {
          cause: new AggregateError([error, noting]),
        });
      },
    );
    throw error;
  }
  const { credentials, url, recorded } = made;
  if (!recorded.ok) {
    await noteFailure(tools, known, `discarded: ${recorded.denial.code}`);
    return recorded;
  }
  return allow(
    url === null ? { kind: 'cli', session: known, credentials } : { kind: 'console', session: known, url },
  );
}

async function intend(
  { store, world, policy }: SessionTools,
  user: User,
  ask: SessionAsk,
): Promise<Outcome<{ plan: SessionPlan; session: SessionRecord }>> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const read = await store.readRequest(ask.requestId);
    if (read === undefined || !maySee(user, read)) return notFound();
    const now = world.now();
    const plan = planSession(read, user, ruleFor(policy, user, read.target), now, world.digest);
    if (!plan.ok) return plan;
    const session = sessionOf(read, plan.value, user, ask, { id: world.newId(), at: now });
    const noted = apply(read, { kind: 'intend-session', session, endable: plan.value.endable }, now);
    if (!noted.ok) return noted;
    // Once is enough: nobody's sign-in becomes too old, or weaker, in the seconds that AWS takes.
    const signedIn = checkStepUp(policy, 'issue', user.authentication, now);
    if (!signedIn.ok) return signedIn;
    if ((await store.saveChange(noted.value, read)) === 'saved') return allow({ plan: plan.value, session });
  }
  return busy(ask.requestId);
}

function sessionOf(
  request: AccessRequest,
  plan: SessionPlan,
  user: User,
  ask: SessionAsk,
  made: Pick<SessionRecord, 'id' | 'at'>,
): SessionRecord {
  return {
    ...made,
    ...ask,
    state: 'intended',
    user: personOf(user),
    target: request.target,
    accountName: request.accountName,
    endsAt: plan.endsAt,
    accessKeyId: null,
    assumedRoleId: null,
    sessionName: plan.sessionName,
    sourceIdentity: plan.sourceIdentity,
  };
}

/** The check after AWS answered: everything is asked anew, and the end must still be the one that was planned. */
async function record(
  { store, world, policy }: SessionTools,
  user: User,
  session: SessionRecord,
  plan: SessionPlan,
): Promise<Outcome<SessionRecord>> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const read = await store.readRequest(session.requestId);
    if (read === undefined) return notFound();
    const now = world.now();
    const still = planSession(read, user, ruleFor(policy, user, read.target), now, world.digest);
    if (!still.ok || still.value.denyFrom !== plan.denyFrom) return discarded(session.requestId);
    const noted = apply(read, { kind: 'record-session', session }, now);
    if (!noted.ok) return discarded(session.requestId);
    if ((await store.saveChange(noted.value, read)) === 'saved') return allow(session);
  }
  return busy(session.requestId);
}

/** @throws Unavailable if others were faster every time: then the trail ends with the intent */
async function noteFailure(
  { store, world }: SessionTools,
  session: SessionRecord,
  reason: string,
): Promise<void> {
  const failed: NotedAs = { kind: 'fail-session', session: { ...session, state: 'failed' }, reason };
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const read = await store.readRequest(session.requestId);
    if (read === undefined) break;
    const noted = apply(read, failed, world.now());
    if (noted.ok && (await store.saveChange(noted.value, read)) === 'saved') return;
  }
  throw new Unavailable(`the failure of session ${session.id} could not be noted`);
}

function discarded(request: string) {
  return deny(
    'session-discarded',
    'The access ended while the session was being made, so the session was thrown away. Reload the request to see why.',
    { request },
  );
}

function busy(request: string) {
  return deny('conflict', 'Several sessions of this request are being made at once. Try again.', { request });
}
