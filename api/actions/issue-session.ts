import type { AccessRequest } from '../domain/access-request.ts';
import { maySee } from '../domain/allowed-actions.ts';
import { allow, deny, notFound, type Outcome } from '../domain/denial.ts';
import { apply } from '../domain/lifecycle.ts';
import { contactFor, type Policy } from '../domain/policy-document.ts';
import { sessionTakes, tooMany } from '../domain/quota.ts';
import { ruleFor } from '../domain/rule-match.ts';
import { planSession, type SessionKind, type SessionPlan, type SessionRecord } from '../domain/session.ts';
import { ending, narrowing } from '../domain/session-ending.ts';
import { checkStepUp } from '../domain/step-up.ts';
import { personOf, type User } from '../domain/user.ts';
import { TargetRefused } from './aws-refusals.ts';
import type { Credentials, SessionIssuer, World } from './ports.ts';
import { type Attempt, noteError, noteFailure, type SessionStore } from './session-trail.ts';
import { type TimeLimit, timeLimitOf } from './time-limit.ts';

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
  readonly store: SessionStore;
  readonly issuer: SessionIssuer;
  readonly world: World;
  readonly policy: Policy;
  readonly patience?: Patience;
}

/** How long the whole of it may take, in milliseconds: up to the answer, and for noting that none came of it. */
export interface Patience {
  readonly issueMs: number;
  readonly noteMs: number;
}

/**
 * API Gateway gives up after 29 s (its Developer Guide, "Quotas"), and whoever called would then not know what became
 * of it. Verifying tokens comes before and takes up to 3 s where the provider does not answer.
 */
const defaultPatience: Patience = { issueMs: 14_000, noteMs: 6_000 };
const tries = 4;

interface Making {
  readonly tools: SessionTools & { readonly noteMs: number };
  readonly user: User;
  readonly limit: TimeLimit;
}

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
  const { issueMs, noteMs } = tools.patience ?? defaultPatience;
  const making: Making = { tools: { ...tools, noteMs }, user, limit: timeLimitOf(issueMs) };
  const begun = await intend(making, ask);
  if (!begun.ok) return begun;
  const { plan, attempt } = begun.value;
  // What is known of the session so far: a failure is noted with what AWS has said of it.
  let known = attempt;
  const learn = (facts: Partial<SessionRecord>) => {
    known = { ...known, session: { ...known.session, ...facts } };
  };
  let secret: Credentials | string;
  let recorded: Outcome<SessionRecord>;
  try {
    const credentials = await make(making, plan, attempt.session, learn);
    secret = ask.kind === 'cli' ? credentials : await consoleUrl(making, credentials);
    recorded = await record(making, known.session, plan);
  } catch (error) {
    throw withContact(await noteError(making.tools, known, error), tools.policy);
  }
  if (!recorded.ok) {
    await noteFailure(making.tools, known, `discarded: ${recorded.denial.code}`);
    return recorded;
  }
  const session = recorded.value;
  return allow(
    typeof secret === 'string'
      ? { kind: 'console', session, url: secret }
      : { kind: 'cli', session, credentials: secret },
  );
}

async function intend(
  { tools, user, limit }: Making,
  ask: SessionAsk,
): Promise<Outcome<{ plan: SessionPlan; attempt: Attempt }>> {
  const { store, world, policy } = tools;
  for (let count = 0; count < tries; count += 1) {
    const read = await limit.step(() => store.readRequest(ask.requestId));
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
    const attempt = { session, version: noted.value.request.version };
    const takes = sessionTakes(policy.quotas, read, plan.value.denyFrom, now);
    const saved = await limit
      .step(() => store.saveChange(noted.value, read, takes))
      // It may have been written all the same, and then the trail has to go on.
      .catch(async (error: unknown) => Promise.reject(await noteError(tools, attempt, error)));
    if (saved === 'saved') return allow({ plan: plan.value, attempt });
    if (saved !== 'conflict') return tooMany(saved, now);
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
    ending: null,
    narrowedFrom: null,
    notNarrowed: null,
    sessionName: plan.sessionName,
    sourceIdentity: plan.sourceIdentity,
  };
}

/** Asks AWS, for credentials and then for their true end; `learn` hears at once of whatever AWS has made. */
async function make(
  { tools: { issuer, world }, limit }: Making,
  plan: SessionPlan,
  session: SessionRecord,
  learn: (facts: Partial<SessionRecord>) => void,
): Promise<Credentials> {
  const assumed = await limit.step((signal) => issuer.assumeRole(plan, signal));
  const { accessKeyId, expiration } = assumed.credentials;
  const { assumedRoleId } = assumed;
  learn({ state: 'issued', accessKeyId, assumedRoleId, ...ending(plan, expiration) });
  const asked = narrowing(session, plan, expiration, world.now());
  if (asked === null) return assumed.credentials;
  const { credentials, refusal } = await limit.step(() => issuer.narrow(assumed, asked));
  learn({ notNarrowed: refusal });
  if (credentials === null) return assumed.credentials;
  learn({
    accessKeyId: credentials.accessKeyId,
    narrowedFrom: accessKeyId,
    ...ending(plan, credentials.expiration, true),
  });
  return credentials;
}

async function consoleUrl({ tools, limit }: Making, credentials: Credentials): Promise<string> {
  return limit.step(() => tools.issuer.consoleUrl(credentials));
}

/** The check after AWS answered: everything is asked anew, and the end must still be the one that was planned. */
async function record(
  { tools, user, limit }: Making,
  session: SessionRecord,
  plan: SessionPlan,
): Promise<Outcome<SessionRecord>> {
  const { store, world, policy } = tools;
  for (let count = 0; count < tries; count += 1) {
    const read = await limit.step(() => store.readRequest(session.requestId));
    if (read === undefined) return notFound();
    const now = world.now();
    const still = planSession(read, user, ruleFor(policy, user, read.target), now, world.digest);
    if (!still.ok || still.value.denyFrom !== plan.denyFrom) return discarded(session.requestId);
    const noted = apply(read, { kind: 'record-session', session }, now);
    if (!noted.ok) return discarded(session.requestId);
    if ((await limit.step(() => store.saveChange(noted.value, read))) === 'saved') return allow(session);
  }
  return busy(session.requestId);
}

/** A refusal with whom to ask about it, which the policy file knows. */
function withContact(error: unknown, policy: Policy): unknown {
  if (!(error instanceof TargetRefused)) return error;
  const { target, reason, cause } = error;
  return new TargetRefused(target, reason, { cause, contact: contactFor(policy, target.account) });
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
