import { ConditionalCheckFailedException, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { Unavailable } from '../actions/ports.ts';
import { type Instant, plusMinutes } from '../domain/instant.ts';
import { generationAttribute, key } from '../table.ts';
import { orUnavailable } from './errors.ts';
import { tableKey } from './request-items.ts';
import { world } from './world.ts';

/**
 * Which table this is. A restore always makes a new table (DynamoDB Developer Guide, "Restoring a table"), whatever its
 * name; so what was written in another one comes from a backup, and nobody has to remember to say so.
 */
export interface Generation {
  /** No two tables have the same. */
  readonly id: string;
  /** Since when the table is in use that was restored from a backup; null: it was not restored. */
  readonly restoredAt: Instant | null;
}

type Described = Generation & { readonly noted: boolean };

/** No table is deleted and restored in less. */
const trustedMinutes = 1;

/** Asks DynamoDB at first, and again when the answer is older than a minute. @throws Unavailable */
export function generationOf(client: DynamoDBDocumentClient, name: string): () => Promise<Generation> {
  let known: { readonly generation: Generation; readonly at: Instant } | undefined;
  let asking: Promise<Generation> | undefined;
  const ask = async () => {
    // NB. The moment before the question, so that the answer is never older than it is taken for.
    const at = world.now();
    const { id, restoredAt } = await describe(client, name);
    known = { generation: { id, restoredAt }, at };
    return known.generation;
  };
  return async () => {
    const now = world.now();
    if (known !== undefined && now >= known.at && now < plusMinutes(known.at, trustedMinutes)) {
      return known.generation;
    }
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

/** Writes down which table this is, where it does not say so yet. @returns since when it is in use after a restore */
export async function noteGeneration(client: DynamoDBDocumentClient, name: string): Promise<Instant | null> {
  const { id, restoredAt, noted } = await describe(client, name);
  if (noted) return restoredAt;
  const put = new PutCommand({
    TableName: name,
    Item: { ...tableKey(), [generationAttribute]: id, restoredAt },
    ConditionExpression: 'attribute_not_exists(#pk) OR #generation <> :generation',
    ExpressionAttributeNames: { '#pk': key.pk, '#generation': generationAttribute },
    ExpressionAttributeValues: { ':generation': id },
  });
  const written = client.send(put).catch((error: unknown) => {
    // Another run was faster: its moment stands.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
  await orUnavailable('noting which table this is', written);
  return restoredAt;
}

async function describe(client: DynamoDBDocumentClient, name: string): Promise<Described> {
  const get = new GetCommand({ TableName: name, Key: tableKey(), ConsistentRead: true });
  const asked = Promise.all([client.send(new DescribeTableCommand({ TableName: name })), client.send(get)]);
  const [{ Table: table }, { Item: note }] = await orUnavailable('asking which table this is', asked);
  if (table?.CreationDateTime === undefined)
    throw new Unavailable('DynamoDB does not say which table this is');
  const id = `${table.CreationDateTime.toISOString()}#${table.TableId ?? ''}`;
  if (note?.[generationAttribute] === id) {
    return { id, restoredAt: note.restoredAt as Instant | null, noted: true };
  }
  // Until it is written down the restore was a moment ago, whenever that is read.
  const isRestored = note !== undefined || table.RestoreSummary !== undefined;
  return { id, restoredAt: isRestored ? world.now() : null, noted: false };
}
