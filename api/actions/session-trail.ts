import { apply, type Command } from '../domain/lifecycle.ts';
import type { SessionRecord } from '../domain/session.ts';
import { type RequestReader, type RequestWriter, Unavailable, type World } from './ports.ts';
import { timeLimitOf } from './time-limit.ts';

/** How a session that failed gets into the trail. */

/** What issuing needs of the store. */
export type SessionStore = Pick<RequestReader, 'readRequest'> & Pick<RequestWriter, 'saveChange'>;

/** A session that is being made, with the version of the request that its intent is. */
export interface Attempt {
  readonly session: SessionRecord;
  readonly version: number;
}

export interface TrailTools {
  readonly store: SessionStore;
  readonly world: World;
  /** how long noting may take, in milliseconds */
  readonly noteMs: number;
}

type NotedAs = Extract<Command, { session: SessionRecord }>;
const tries = 4;

/**
 * Notes why a session failed.
 * @throws Unavailable if that cannot be noted (in time), or others were faster every time: then the trail ends with the
 * intent, which says that a session may have been made, and who would have had it
 */
export async function noteFailure(tools: TrailTools, attempt: Attempt, reason: string): Promise<void> {
  const { session, version } = attempt;
  const limit = timeLimitOf(tools.noteMs);
  const failed: NotedAs = { kind: 'fail-session', session: { ...session, state: 'failed' }, reason };
  for (let count = 0; count < tries; count += 1) {
    const read = await limit.step(() => tools.store.readRequest(session.requestId));
    if (read === undefined) break;
    // The intent never got into the table: the trail has nothing that would have to be explained.
    if (read.version < version) return;
    const noted = apply(read, failed, tools.world.now());
    if (!noted.ok) break;
    if ((await limit.step(() => tools.store.saveChange(noted.value, read))) === 'saved') return;
  }
  throw new Unavailable(`the failure of session ${session.id} could not be noted`);
}

/** The error, once it is noted. @throws Unavailable with both if noting fails too */
export async function noteError(tools: TrailTools, attempt: Attempt, error: unknown): Promise<unknown> {
  try {
    await noteFailure(tools, attempt, error instanceof Error ? error.name : 'unknown');
  } catch (noting) {
    throw new Unavailable('a session failed, and so did noting it', {
      cause: new AggregateError([error, noting]),
    });
  }
  return error;
}
