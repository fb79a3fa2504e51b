import { beginning } from '../../api/actions/read-requests.ts';
import { entryItem, type Item, lockItem, requestItem, sessionItem } from '../../api/aws/request-items.ts';
import { world } from '../../api/aws/world.ts';
import type { AccessRequest } from '../../api/domain/access-request.ts';
import type { Change } from '../../api/domain/change.ts';
import { create } from '../../api/domain/creation.ts';
import type { Outcome } from '../../api/domain/denial.ts';
import type { Target } from '../../api/domain/eligibility.ts';
import { epochMs, type Instant, instantOf, latest, plusMinutes } from '../../api/domain/instant.ts';
import { apply, type Command } from '../../api/domain/lifecycle.ts';
import { defaultQuotas } from '../../api/domain/quota.ts';
import type { SessionRecord } from '../../api/domain/session.ts';
import { personOf, type User, userId } from '../../api/domain/user.ts';
import { compilePolicy } from '../../api/policy.ts';
import type { ReadyUser } from '../../infra/local/ready-users.ts';

/**
 * Who is in the benchmark's tables and what they did. Every request is made by the domain's own functions, so it is
 * what the product itself would have written.
 */

/** Who can sign in. A larger history is that of a larger company: see `crowdOf`. */
const engineers = 50;
/** in one account, on the average */
const neighbours = 2.5;
const accounts = engineers / neighbours;
const roles = ['Admin', 'Database', 'Deploy', 'Network', 'Support'] as const;
type Role = (typeof roles)[number];

/** As many as the policy can say: who measures asks more often than anybody should. */
const quotas = Object.fromEntries(Object.keys(defaultQuotas).map((quota) => [quota, 100_000]));

/** What the Lambdas are given as their policy: accounts with names, and the conventions. */
export const policyDocument = { accounts: named(accounts), quotas };
const policy = compilePolicy(policyDocument);

/** A policy of 5,000 targets, all of which one group may ask for. */
export const largePolicyDocument = {
  roles: [...roles, 'Audit', 'Backup', 'Billing', 'ReadOnly', 'Storage'],
  accounts: named(500),
  quotas,
  rules: [{ id: 'platform', who: { groups: 'platform' }, what: { accounts: '*', roles: '*' } }],
};

/** Each engineer may ask for five roles in one account. `Admin` and `Database` are open already; the rest are free. */
export const people: readonly ReadyUser[] = [
  ...Array.from({ length: engineers }, (_, index) => engineer(index, engineers)),
  person('reviewer', ['aws-temp#Reviewer']),
  person('auditor', ['aws-temp#Auditor']),
  person('operator', ['aws-temp#Operator']),
  person('platform', ['platform']),
];

/** How many people made a history of that size: each of them some twenty requests. */
function crowdOf(size: number): number {
  return Math.max(engineers, Math.floor(size / 20));
}

function engineer(index: number, crowd: number): ReadyUser {
  return person(
    `engineer-${index}`,
    roles.map((role) => `aws-temp#${role}#${targetOf(index, role, crowd).account}`),
  );
}

export function targetOf(index: number, role: Role, crowd = engineers): Target {
  return { account: accountId(index % Math.floor(crowd / neighbours)), role };
}

function accountId(index: number): string {
  return String(700_000_000_000 + index);
}

function named(count: number): { id: string; name: string }[] {
  return Array.from({ length: count }, (_, index) => ({ id: accountId(index), name: `Account ${index}` }));
}

function person(sub: string, groups: string[]): ReadyUser {
  const what = 'made up for the benchmark';
  return { sub, name: `Benchmark ${sub}`, email: `${sub}@example.com`, groups, what };
}

/** Waiting and active requests are as many in every table: what grows is the history. */
const open = { pending: engineers, active: engineers } as const;
export const fewest = 2 * (open.pending + open.active);
const month = 30 * 24 * 60;

export interface Made {
  readonly id: string;
  /** index into `people` */
  readonly engineer: number;
  readonly items: readonly Item[];
}

/**
 * The items of that many requests, the oldest first, over twelve months (or since the product's beginning, which no
 * list goes behind).
 * @param issuer as in the tokens of `people` @param generation of the table that they are for
 */
export function* history(size: number, issuer: string, now: Instant, generation: string): Generator<Made> {
  const asUser = (one: ReadyUser): User => ({
    ...one,
    id: userId(issuer, one.sub),
    claims: {},
    authentication: { at: null, acr: null, amr: [] },
  });
  const crowd = crowdOf(size);
  const users = Array.from({ length: crowd }, (_, index) => asUser(engineer(index, crowd)));
  const reviewer = asUser(person('reviewer', ['aws-temp#Reviewer']));
  const company = { users, reviewer, generation };
  const start = epochMs(latest(beginning, plusMinutes(now, -12 * month)));
  const closed = size - open.pending - open.active;
  // Two days before now, all that was closed is over.
  const step = (epochMs(plusMinutes(now, -2 * 24 * 60)) - start) / closed;
  for (let index = 0; index < closed; index += 1) {
    const role = roles[Math.floor(index / crowd) % roles.length] as Role;
    yield made(company, index, role, instantOf(Math.floor(start + index * step)), closedPath(index, crowd));
  }
  for (let index = 0; index < open.pending; index += 1) {
    yield made(company, index, 'Admin', plusMinutes(now, -60), []);
  }
  for (let index = 0; index < open.active; index += 1) {
    yield made(company, index, 'Database', plusMinutes(now, -60), [approve]);
  }
}

type Step = (by: { engineer: User; reviewer: User }, request: AccessRequest, at: Instant) => Command;
const reviewOf =
  (decision: 'approve' | 'reject'): Step =>
  ({ reviewer }, { version }) => ({
    kind: 'review',
    by: reviewer,
    decision,
    comment: 'Read and considered.',
    version,
  });
const approve = reviewOf('approve');
const reject = reviewOf('reject');
const cancel: Step = ({ engineer }) => ({ kind: 'cancel', by: engineer });
const revoke: Step = ({ reviewer }) => ({ kind: 'revoke', by: reviewer, comment: 'The work is done.' });
const close: Step = () => ({ kind: 'close' });

/**
 * Of ten requests one is rejected, one cancelled, one expired, one revoked and six ended; three have a session. Everybody
 * has some of each kind.
 */
function closedPath(index: number, crowd: number): readonly (Step | 'session')[] {
  const kind = (index + Math.floor(index / crowd) + Math.floor(index / (crowd * roles.length))) % 10;
  if (kind === 0) return [reject];
  if (kind === 1) return [cancel];
  if (kind === 2) return [close];
  return [approve, ...(kind % 3 === 0 ? ['session' as const] : []), kind === 9 ? revoke : close];
}

interface Company {
  readonly users: readonly User[];
  readonly reviewer: User;
  readonly generation: string;
}

function made(
  { users, reviewer, generation }: Company,
  index: number,
  role: Role,
  at: Instant,
  path: readonly (Step | 'session')[],
): Made {
  const number = index % users.length;
  const requester = users[number] as User;
  const by = { engineer: requester, reviewer };
  const ask = {
    target: targetOf(number, role, users.length),
    durationMinutes: 480,
    justification: `The nightly job ${index} of this account stopped, and its queue has to be drained by hand.`,
    ticket: `OPS-${index}`,
    start: null,
    breakGlass: false,
  };
  const alone = { id: world.newId(), together: [], extending: null, overdue: [], barred: null };
  const changes: Change[] = [allowed(create(ask, requester, policy, at, alone))];
  for (const step of path) {
    const { request, entry } = changes.at(-1) as Change;
    // A day is longer than any request waits or lasts, so time has decided by then.
    const later = plusMinutes(entry.at, step === close ? 24 * 60 : 5);
    if (step !== 'session') changes.push(allowed(apply(request, step(by, request, later), later)));
    else changes.push(...sessionChanges(request, requester, later));
  }
  return { id: (changes[0] as Change).request.id, engineer: number, items: itemsOf(changes, generation) };
}

function sessionChanges(request: AccessRequest, engineer: User, at: Instant): Change[] {
  const name = `${engineer.email}.${request.id}`;
  const session: SessionRecord = {
    id: world.newId(),
    requestId: request.id,
    kind: 'cli',
    state: 'intended',
    user: personOf(engineer),
    target: request.target,
    accountName: request.accountName,
    at,
    endsAt: plusMinutes(at, 60),
    accessKeyId: null,
    assumedRoleId: null,
    ending: null,
    narrowedFrom: null,
    notNarrowed: null,
    sessionName: name,
    sourceIdentity: engineer.email,
    sourceIp: '127.0.0.1',
    userAgent: 'benchmark',
  };
  const intended = allowed(apply(request, { kind: 'intend-session', session }, at));
  const issued: SessionRecord = { ...session, state: 'issued', accessKeyId: 'ASIABENCHMARK0000000' };
  return [intended, allowed(apply(intended.request, { kind: 'record-session', session: issued }, at))];
}

/** What is in the table after these changes: the last state of the request and its session, and every entry. */
function itemsOf(changes: readonly Change[], generation: string): Item[] {
  const { request } = changes.at(-1) as Change;
  const session = changes.findLast((change) => change.session !== null)?.session;
  const isOpen = request.status === 'pending' || request.status === 'approved';
  return [
    requestItem(request, generation),
    ...changes.map((change) => entryItem(change.entry)),
    ...(session ? [sessionItem(session)] : []),
    ...(isOpen ? [lockItem(request, generation)] : []),
  ];
}

/** @throws Error where the product would not have allowed it: then the history above is not one of the product's */
function allowed<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`The benchmark's history is denied: ${outcome.denial.code} (${outcome.denial.sentence})`);
}
