import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { clientSettings } from './client-settings.ts';
import { orUnavailable } from './errors.ts';
import { type Generation, generationOf } from './generation.ts';
import type { Item } from './request-items.ts';

export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  /** which table of that name this is */
  readonly generation: () => Promise<Generation>;
}

/** The table, wherever the SDK's own variables say it is. NB. One client per Lambda: it keeps its connections open. */
export function openTable(name: string): Table {
  return tableOf(DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings)), name);
}

export function tableOf(client: DynamoDBDocumentClient, name: string): Table {
  return { client, name, generation: generationOf(client, name) };
}

/** Strongly consistent. */
export async function getItem(
  { client, name }: Table,
  itemKey: Record<string, string>,
): Promise<Item | undefined> {
  const command = new GetCommand({ TableName: name, Key: itemKey, ConsistentRead: true });
  return (await orUnavailable('reading the table', client.send(command))).Item;
}
