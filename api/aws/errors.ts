import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { Unavailable } from '../actions/ports.ts';

/** What every failed call to a dependency becomes: the cause for the log, nothing of it for the caller. */
export async function orUnavailable<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Unavailable(`${what} failed`, { cause: error });
  }
}

/**
 * Why a transaction was cancelled, one code per item in the order of the items (DynamoDB API Reference,
 * TransactWriteItems, "Errors"), or undefined where the error is no lost race: then nobody knows what happened.
 */
export function lostRace(
  error: unknown,
): { code: string; item: Record<string, unknown> | undefined }[] | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const reasons = (error.CancellationReasons ?? []).map((reason) => ({
    code: reason.Code ?? 'None',
    item: reason.Item as Record<string, unknown> | undefined,
  }));
  const races = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);
  return reasons.length > 0 && reasons.every((reason) => races.has(reason.code)) ? reasons : undefined;
}
