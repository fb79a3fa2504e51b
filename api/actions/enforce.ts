import { type Boundary, type BoundaryPlace, boundaryOf, isOwnBoundary } from '../domain/boundary.ts';
import { type EnforcementResult, toEnforce } from '../domain/enforcement.ts';
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
  readonly world: Pick<World, 'now' | 'newId'>;
  /** everything of the place but its account */
  readonly places: Omit<BoundaryPlace, 'account'>;
}

/** How many enforcements of one account are looked at; above the number that a document can name. */
const most = 500;
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
  if (first.items.length > 0) {
    await tools.keepers.keep(place, (keeper) => bringAbout(tools, place, keeper, first));
  }
  if (first.strange.length > 0) {
    // NB. After the others: what nobody asked for must not keep from being enforced what somebody did.
    throw new BoundaryRefused(`no request asks for what is queued for ${first.strange.join(', ')}`);
  }
}

async function bringAbout(
  tools: EnforceTools,
  place: BoundaryPlace,
  keeper: BoundaryKeeper,
  first: Confirmed,
): Promise<void> {
  let queued = first;
  let written = null as { readonly document: string; readonly over: string } | null;
  for (let round = 0; round < rounds; round += 1) {
    const now = tools.world.now();
    const live = queued.items.filter(({ until }) => now < until);
    const wanted = boundaryOf(place, live, queued.more);
    const current = await readChecked(keeper, place);
    // NB. IAM is eventually consistent: it may still show the version that it has just replaced.
    const lags = written?.document === wanted.document && written.over === current.versionId;
    if (current.document === wanted.document || lags) return settle(tools, queued.items, wanted, now);
    await keeper.replaceBoundary(wanted.document, current);
    written = { document: wanted.document, over: current.versionId };
    // Anew after every write: what was revoked meanwhile is in the next one.
    queued = await listConfirmed(tools, place.account);
  }
  throw new Unavailable(`the boundary of ${place.account} is changed by others all the time`);
}

interface Confirmed {
  readonly items: readonly QueuedEnforcement[];
  readonly more: boolean;
  /** ids of requests that do not ask for what is queued for them */
  readonly strange: readonly string[];
}

/** What is queued, as far as the requests say the same: an item alone ends nobody's sessions. */
async function listConfirmed({ store }: EnforceTools, account: string): Promise<Confirmed> {
  const { items, more } = await store.listEnforcements(account, most);
  const confirmed: QueuedEnforcement[] = [];
  const strange: string[] = [];
  for (const item of items) {
    if (await isAsked(store, account, item)) confirmed.push(item);
    else strange.push(item.requestId);
  }
  return { items: confirmed, more, strange };
}

async function isAsked(
  store: EnforceTools['store'],
  account: string,
  item: QueuedEnforcement,
): Promise<boolean> {
  const request = await store.readRequest(item.requestId);
  const asked = request === undefined ? null : toEnforce(request);
  return asked?.account === account && asked.revokedAt === item.revokedAt && asked.until === item.until;
}

async function readChecked(keeper: BoundaryKeeper, place: BoundaryPlace): Promise<StoredBoundary> {
  const current = await keeper.readBoundary();
  if (current.isPermission) {
    throw new BoundaryRefused(
      `the boundary of ${place.account} is somebody's permissions too, where a new version could give them something: detach it`,
    );
  }
  if (!isOwnBoundary(place, current.document)) {
    throw new BoundaryRefused(
      `the boundary of ${place.account} holds what Stepladder did not write: put its initial document in force again`,
    );
  }
  return current;
}

/** Records what is in force now: on the requests, then in the queue. Doing it again changes nothing. */
async function settle(
  tools: EnforceTools,
  items: readonly QueuedEnforcement[],
  { widely }: Boundary,
  now: Instant,
): Promise<void> {
  for (const item of items) {
    const isOver = now >= item.until;
    if (item.state === 'pending') {
      const result = widely ? 'enforced-widely' : 'enforced';
      await note(tools, item.requestId, isOver ? 'ran-out' : result);
    }
    if (isOver) await tools.store.forgetEnforcement(item);
    else {
      const due = earliest(item.until, plusMinutes(now, lookAgain));
      await tools.store.requeue({ ...item, state: 'enforced', failures: 0, due }, '');
    }
  }
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
    if (item.state === 'pending' && now >= item.until && (await isAsked(store, account, item))) {
      await note(tools, item.requestId, 'ran-out');
      await store.forgetEnforcement(item);
      continue;
    }
    const failures = item.failures + 1;
    const due = plusMinutes(now, Math.min(failures, longestWait));
    await store.requeue({ ...item, failures, due }, reason);
  }
}
