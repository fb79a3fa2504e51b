import { deniesAreLost } from '../domain/backup.ts';
import { type BoundaryPlace, isOwnBoundary } from '../domain/boundary.ts';
import { type Boundary, boundaryEnding, type EndedRequest } from '../domain/ended-sessions.ts';
import { type EnforcementResult, toEnforce } from '../domain/enforcement.ts';
import { personMark } from '../domain/identity-name.ts';
import { earliest, type Instant, plusMinutes } from '../domain/instant.ts';
import { apply } from '../domain/lifecycle.ts';
import {
  type BoundaryKeeper,
  type BoundaryKeepers,
  BoundaryRefused,
  type Enforcements,
  type QueuedEnforcement,
  type RequestReader,
  type RequestWriter,
  type StoredBoundary,
  Unavailable,
  type World,
} from './ports.ts';

export interface EnforceTools {
  readonly store: Enforcements & Pick<RequestReader, 'readRequest'> & Pick<RequestWriter, 'saveChange'>;
  readonly keepers: BoundaryKeepers;
  readonly world: Pick<World, 'now' | 'newId' | 'digest'>;
  /** everything of the place but its account */
  readonly places: Omit<BoundaryPlace, 'account'>;
}

/** How many enforcements of one account are looked at; above the number that a document can name. */
const most = 500;
/** And how often that many, where most of it has run out. */
const pages = 10;
/** How many accounts one scheduled run takes on. */
const accountsAtOnce = 100;
/** Longer than the Lambda may run, so that whoever holds a claim that is over is not running any more. */
const claimMinutes = 2;
/** While sessions of it may be alive, somebody looks this often whether the deny still stands, in minutes. */
const lookAgain = 5;
const longestWait = 5;
const rounds = 5;
const tries = 4;

/**
 * Enforces in every account where something is due: what is new, what failed, what has run out.
 * @returns the accounts that were done @throws AggregateError of what failed, after all others were done
 */
export async function enforceDue(tools: EnforceTools): Promise<string[]> {
  const accounts = await tools.store.listDueAccounts(tools.world.now(), accountsAtOnce);
  const errors: unknown[] = [];
  for (const account of accounts) {
    await enforce(tools, account).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) {
    const reasons = errors.map((error) => (error instanceof Error ? error.message : 'unknown'));
    throw new AggregateError(errors, `enforcing failed: ${reasons.join('; ')}`);
  }
  return accounts;
}

/**
 * Brings the boundary of one account to what is to be enforced there now, then records that it is. It always writes the
 * whole of it from what is queued, so that whatever was lost, half done or undone by somebody is put right by the next
 * run. What fails stays queued with a later due time and is thrown, until the sessions have run out by themselves.
 * @returns `busy` if another run has the account
 * @throws BoundaryRefused, Unavailable
 */
export async function enforce(tools: EnforceTools, account: string): Promise<'done' | 'busy'> {
  const { store, world } = tools;
  const owner = world.newId();
  const now = world.now();
  if (!(await store.claimAccount(account, owner, now, plusMinutes(now, claimMinutes)))) return 'busy';
  try {
    await reconcile(tools, { ...tools.places, account });
    return 'done';
  } catch (error) {
    await putOff(tools, account, error).catch((putting: unknown) => {
      throw new AggregateError([error, putting], 'enforcing failed, and so did noting it');
    });
    throw error;
  } finally {
    await store.releaseAccount(account, owner);
  }
}

async function reconcile(tools: EnforceTools, place: BoundaryPlace): Promise<void> {
  const first = await listConfirmed(tools, place.account);
  const wrong =
    first.strange.length === 0 ? [] : [`no request asks for what is queued for ${first.strange.join(', ')}`];
  if (first.live.length + first.over.length > 0) {
    wrong.push(...(await tools.keepers.keep(place, (keeper) => bringAbout(tools, place, keeper, first))));
  }
  // NB. After the others: what nobody asked for, or cannot be done, must not keep from being enforced what can.
  if (wrong.length > 0) throw new BoundaryRefused(`in ${place.account}: ${wrong.join('; ')}`);
}

/** @returns what is wrong all the same */
async function bringAbout(
  tools: EnforceTools,
  place: BoundaryPlace,
  keeper: BoundaryKeeper,
  first: Confirmed,
): Promise<string[]> {
  let queued = first;
  const doubt = deniesAreLost(await tools.store.restoredAt(), tools.world.now());
  let written = null as { readonly document: string; readonly over: string; readonly since: Instant } | null;
  for (let round = 0; round < rounds; round += 1) {
    const current = await readOwn(keeper, place);
    // NB. IAM is eventually consistent: it may still show the version that it has just replaced.
    const inForce = written?.over === current.versionId ? { ...current, ...written } : current;
    const { live, more } = queued;
    // NB. Fewer denies could give somebody something, more of them never. What was not looked at may need its deny, and
    // so may what a restore of the table has lost.
    const keep = current.isPermission || doubt || (more && live.length === 0);
    const wanted = boundaryEnding(place, live, { now: tools.world.now(), inForce, more, keep });
    if (inForce.document === wanted.document) return settle(tools, queued, wanted, { ...current, doubt });
    await keeper.replaceBoundary(wanted.document, current);
    written = { document: wanted.document, over: current.versionId, since: tools.world.now() };
    // Anew after every write: what was revoked meanwhile is in the next one.
    queued = await listConfirmed(tools, place.account);
  }
  throw new Unavailable(`the boundary of ${place.account} is changed by others all the time`);
}

interface Confirmed {
  readonly live: readonly (QueuedEnforcement & EndedRequest & { readonly role: string })[];
  /** those whose sessions have run out */
  readonly over: readonly QueuedEnforcement[];
  /** whether there may be others that are live */
  readonly more: boolean;
  /** ids of requests that do not ask for what is queued for them */
  readonly strange: readonly string[];
}

/** What is queued, as far as the requests say the same: an item alone ends nobody's sessions. */
async function listConfirmed(tools: EnforceTools, account: string): Promise<Confirmed> {
  const { store } = tools;
  const now = tools.world.now();
  const found = { live: [] as Confirmed['live'][number][], over: [] as QueuedEnforcement[] };
  const strange: string[] = [];
  let after: QueuedEnforcement | undefined;
  let more = true;
  for (let page = 0; page < pages && more && found.live.length < most; page += 1) {
    const read = await store.listEnforcements(account, most, after);
    for (const item of read.items) {
      if (now >= item.until && found.over.length >= most) continue;
      const asked = await confirm(tools, account, item);
      if (asked === null) strange.push(item.requestId);
      else if (now < item.until) found.live.push({ ...item, ...asked });
      else found.over.push(item);
    }
    after = read.items.at(-1);
    more = read.more;
  }
  return { ...found, more, strange };
}

/** What the request says that asks for this: its target role, and whose sessions it is about; null: none asks. */
async function confirm({ store, world }: EnforceTools, account: string, item: QueuedEnforcement) {
  const request = await store.readRequest(item.requestId);
  const asked = request === undefined ? null : toEnforce(request);
  const same = asked?.account === account && asked.revokedAt === item.revokedAt && asked.until === item.until;
  if (request === undefined || !same) return null;
  return { role: request.target.role, personMark: personMark(request.requester, world.digest) };
}

/** @throws BoundaryRefused if Stepladder did not write what is in force */
async function readOwn(keeper: BoundaryKeeper, place: BoundaryPlace): Promise<StoredBoundary> {
  const current = await keeper.readBoundary();
  if (isOwnBoundary(place, current.document)) return current;
  throw new BoundaryRefused(
    `the boundary of ${place.account} holds what Stepladder did not write: put its initial document in force again`,
  );
}

/** Records what is in force now: on the requests, then in the queue. Doing it again changes nothing. */
async function settle(
  tools: EnforceTools,
  { live, over }: Confirmed,
  { resultFor }: Boundary,
  { bounds, isPermission, doubt }: StoredBoundary & { readonly doubt: boolean },
): Promise<string[]> {
  const { store, world } = tools;
  for (const one of live.filter(({ role }) => bounds.has(role))) {
    const { role: _role, personMark: _mark, ...item } = one;
    if (item.state === 'pending') await note(tools, item.requestId, resultFor(one));
    const due = earliest(item.until, plusMinutes(world.now(), lookAgain));
    await store.requeue({ ...item, state: 'enforced', failures: 0, due }, '');
  }
  // NB. Not before the denies are out: whoever is queued is looked at again.
  for (const item of isPermission || doubt ? [] : over) {
    if (item.state === 'pending') await note(tools, item.requestId, { kind: 'ran-out' });
    await store.forgetEnforcement(item);
  }
  return [...(isPermission ? [permission] : []), ...unbounded(live, bounds)];
}

const permission =
  "the boundary is somebody's permissions too, where a version with fewer denies could give them something: detach it";

function unbounded(live: Confirmed['live'], bounds: ReadonlySet<string>): string[] {
  const roles = new Set(live.map(({ role }) => role).filter((role) => !bounds.has(role)));
  return [...roles].map(
    (role) => `the boundary is not on the role ${role}, so its sessions go on: attach it`,
  );
}

/** @throws Unavailable if others were faster every time: then it stays queued */
async function note({ store, world }: EnforceTools, id: string, result: EnforcementResult): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const read = await store.readRequest(id);
    if (read === undefined) break;
    const noted = apply(read, { kind: 'note-enforcement', result }, world.now());
    // Noted already, by a run that did not come to take it from the queue.
    if (!noted.ok || (await store.saveChange(noted.value, read)) === 'saved') return;
  }
  throw new Unavailable(`what came of the enforcement for ${id} could not be noted`);
}

/**
 * Later, and later still: after 1, 2, 3 ... minutes, up to five. What was never enforced is given up when its sessions
 * have run out, and not before.
 */
async function putOff(tools: EnforceTools, account: string, failure: unknown): Promise<void> {
  const { store, world } = tools;
  const own = failure instanceof Unavailable || failure instanceof BoundaryRefused;
  const reason = own ? failure.message : 'unknown';
  const now = world.now();
  const { items } = await store.listEnforcements(account, most);
  for (const item of items.filter(({ due }) => due <= now)) {
    if (item.state === 'pending' && now >= item.until && (await confirm(tools, account, item)) !== null) {
      await note(tools, item.requestId, { kind: 'ran-out' });
      await store.forgetEnforcement(item);
      continue;
    }
    const failures = item.failures + 1;
    const due = plusMinutes(now, Math.min(failures, longestWait));
    await store.requeue({ ...item, failures, due }, reason);
  }
}
