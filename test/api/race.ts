import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RequestReader, RequestWriter } from '../../api/actions/ports.ts';
import { clientSettings } from '../../api/aws/client-settings.ts';
import { tableOf } from '../../api/aws/dynamo-table.ts';
import { outbox } from '../../api/aws/outbox.ts';
import { requestReader } from '../../api/aws/request-reader.ts';
import { requestWriter } from '../../api/aws/request-writer.ts';
import { databaseSettings } from '../support/table.ts';
import type { Store } from './store.ts';

/**
 * Two who have both read and decided, and are held until both are about to write: only then does either write. NB. Without
 * this, tasks that start together mostly follow each other: the one that is faster is done before the other has read.
 */
export interface Race {
  /** one store for each of the two, over connections of its own */
  readonly hands: readonly [Hand, Hand];
  /**
   * Runs both; each is held at its first transaction, or at the one that `at` names (from 1).
   * @param first who is let go first, by a moment that is nothing to the network: 0 or 1
   */
  run<One, Other>(
    tasks: readonly [() => Promise<One>, () => Promise<Other>],
    options: {
      readonly first: number;
      readonly at?: readonly [number, number];
      /** what happens in the moment in which they are let go */
      readonly meanwhile?: () => void;
    },
  ): Promise<[One, Other]>;
  stop(): void;
}

export type Hand = ReturnType<typeof openHand>['store'];

/** @param store whose table they race for */
export function openRace({ table: { name } }: Pick<Store, 'table'>): Race {
  const [left, right] = [openHand(name), openHand(name)];
  return {
    hands: [left.store, right.store],
    run: async ([one, other], { first, at = [1, 1], meanwhile }) => {
      const barrier = createBarrier(first, meanwhile);
      left.holdAt(at[0], () => barrier.wait(0));
      right.holdAt(at[1], () => barrier.wait(1));
      const outcomes = await Promise.all([one(), other()]);
      if (!barrier.met()) throw new Error('the two did not meet');
      return outcomes;
    },
    stop: () => {
      for (const hand of [left, right]) hand.stop();
    },
  };
}

/** The same for as many as there are hands. */
export interface Crowd {
  /** one store each, over connections of its own */
  readonly hands: readonly Hand[];
  /** Runs a task for each hand, which is held at its first transaction. @param first who is let go first; then in turn */
  run<T>(task: (hand: Hand, who: number) => Promise<T>, first: number): Promise<T[]>;
  stop(): void;
}

/** @param store whose table they race for */
export function openCrowd({ table: { name } }: Pick<Store, 'table'>, size: number): Crowd {
  const all = Array.from({ length: size }, () => openHand(name));
  return {
    hands: all.map(({ store }) => store),
    run: async (task, first) => {
      const barrier = createBarrier(first, undefined, size);
      for (const [who, { holdAt }] of all.entries()) holdAt(1, () => barrier.wait(who));
      const outcomes = await Promise.all(all.map(({ store }, who) => task(store, who)));
      if (!barrier.met()) throw new Error('they did not meet');
      return outcomes;
    },
    stop: () => {
      for (const hand of all) hand.stop();
    },
  };
}

/** A place where they wait for each other. NB. Whoever goes next goes when the other's call is on its way. */
function createBarrier(first: number, meanwhile?: () => void, size = 2) {
  const goes = Array.from({ length: size }, () => Promise.withResolvers<void>());
  let there = 0;
  const letGo = (turn: number): void => {
    goes[(first + turn) % size]?.resolve();
    if (turn + 1 < size) setImmediate(() => letGo(turn + 1));
  };
  return {
    met: () => there === size,
    wait: async (who: number): Promise<void> => {
      there += 1;
      if (there === size) {
        meanwhile?.();
        letGo(0);
      }
      await goes[who]?.promise;
    },
  };
}

function openHand(name: string) {
  const dynamoDb = new DynamoDBClient({ ...clientSettings, ...databaseSettings() });
  const client = DynamoDBDocumentClient.from(dynamoDb);
  let left = 0;
  let hold = async () => {};
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (input) => {
        if (commandName === 'TransactWriteItemsCommand') {
          left -= 1;
          if (left === 0) await hold();
        }
        return next(input);
      },
    { step: 'initialize', name: 'race' },
  );
  const table = tableOf(client, name);
  const store: RequestReader & RequestWriter & ReturnType<typeof outbox> = {
    ...requestReader(table),
    ...requestWriter(table),
    ...outbox(table),
  };
  return {
    store,
    holdAt: (write: number, wait: () => Promise<void>) => {
      left = write;
      hold = wait;
    },
    stop: () => dynamoDb.destroy(),
  };
}
