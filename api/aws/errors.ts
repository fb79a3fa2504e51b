import { type AttributeValue, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { Unavailable } from '../actions/ports.ts';

/** What every failed call to a dependency becomes: the cause for the log, nothing of it for the caller. */
export async function orUnavailable<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Unavailable(`${what} failed`, { cause: error });
  }
}

export interface Lost {
  /** one code per item of the transaction, in its order */
  readonly code: string;
  /** the item that stood in the way, where the write asked for it. NB. As DynamoDB has it, not as a document. */
  readonly item: Record<string, AttributeValue> | undefined;
}

/**
 * Why a transaction was cancelled (DynamoDB API Reference, TransactWriteItems, "Errors"), or undefined where the error
 * is no lost race: then nobody knows what happened.
 */
export function lostRace(error: unknown): Lost[] | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const reasons = (error.CancellationReasons ?? []).map(({ Code = 'None', Item }) => ({
    code: Code,
    item: Item,
  }));
  const races = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);
  return reasons.length > 0 && reasons.every((reason) => races.has(reason.code)) ? reasons : undefined;
}
