import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createRequests } from '../../api/actions/create-request.ts';
import type { RequestReader, RequestWriter, World } from '../../api/actions/ports.ts';
import { clientSettings } from '../../api/aws/client-settings.ts';
import { type Table, tableOf } from '../../api/aws/dynamo-table.ts';
import { enforcements } from '../../api/aws/enforcements.ts';
import { outbox } from '../../api/aws/outbox.ts';
import { preflightWriter } from '../../api/aws/preflight-writer.ts';
import type { Item } from '../../api/aws/request-items.ts';
import { requestReader } from '../../api/aws/request-reader.ts';
import { requestWriter } from '../../api/aws/request-writer.ts';
import type { AccessRequest, ApprovedRequest, PendingRequest } from '../../api/domain/access-request.ts';
import type { Outcome } from '../../api/domain/denial.ts';
import { apply, type Command } from '../../api/domain/lifecycle.ts';
import type { User } from '../../api/domain/user.ts';
import { databaseEndpoint } from '../support/database-endpoint.ts';
import { createTableWithoutStream } from '../support/table.ts';
import { ada, allowed, askFor, codeOf, formFor, ravi, policy as standardPolicy } from './people.ts';

/** A table of the test's own in DynamoDB Local, and everything that `api/aws` makes of it. */
export async function openStore(config: DynamoDBClientConfig = {}) {
  const name = `test-${crypto.randomUUID()}`;
  const settings = {
    ...clientSettings,
    endpoint: databaseEndpoint(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIATESTSTORE', secretAccessKey: 'test' },
  };
  await createTableWithoutStream(name);
  const table = tableOf(DynamoDBDocumentClient.from(new DynamoDBClient({ ...settings, ...config })), name);
  const plain = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  return {
    table,
    ...requestReader(table),
    ...requestWriter(table),
    ...preflightWriter(table),
    ...outbox(table),
    ...enforcements(table),
    /** Everything in the table, past the client that the test may have made to fail. */
    everything: () => everything({ client: plain, name }),
    /** Writes items past the product's own transactions: for a history that a test only reads. */
    putItems: (items: readonly Item[]) => putItems({ client: plain, name }, items),
  };
}
export type Store = Awaited<ReturnType<typeof openStore>>;

/** A new table with all that is in this one now: what a restore makes of a backup. */
export async function restoredFrom(
  { everything }: Pick<Store, 'everything'>,
  config: DynamoDBClientConfig = {},
): Promise<Store> {
  const restored = await openStore(config);
  await restored.putItems(await everything());
  return restored;
}

/** BatchWriteItem takes 25 at a time. */
async function putItems({ client, name }: Omit<Table, 'generation'>, items: readonly Item[]): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const puts = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [name]: puts } }));
  }
}

async function everything({ client, name }: Omit<Table, 'generation'>): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: name, ConsistentRead: true, ...(from && { ExclusiveStartKey: from }) }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}

type ReadWrite = RequestReader & RequestWriter;

export async function pending(
  store: ReadWrite,
  world: World,
  by: User = ada,
  ask = askFor(),
  policy = standardPolicy,
): Promise<PendingRequest> {
  const [request] = allowed(await createRequests({ store, world, policy }, by, formFor(ask), null));
  return request as PendingRequest;
}

export async function approved(store: ReadWrite, world: World, by: User = ada, ask = askFor()) {
  const request = await pending(store, world, by, ask);
  const command = { kind: 'review', by: ravi, decision: 'approve', comment: '', version: 1 } as const;
  return (await changed(store, world, request, command)) as ApprovedRequest;
}

/** The request after the command, saved. */
export async function changed(store: RequestWriter, world: World, request: AccessRequest, command: Command) {
  const change = allowed(apply(request, command, world.now()));
  const saved = await store.saveChange(change, request);
  if (saved !== 'saved') throw new Error('the change lost a race that the test did not want');
  return change.request;
}

/** All at the same moment; the codes of what came of it, in alphabetical order. */
export async function atOnce(tasks: (() => Promise<Outcome<unknown>>)[]): Promise<string[]> {
  const start = Promise.withResolvers<void>();
  const running = tasks.map(async (task) => {
    await start.promise;
    return codeOf(await task());
  });
  start.resolve();
  return (await Promise.all(running)).sort();
}

/** Every kind of entry of the request, in order of version. NB. It fails where the versions have a gap. */
export async function trailOf(store: RequestReader, id: string): Promise<string[]> {
  const { items } = await store.listEntries(id, 0, 100);
  const gap = items.findIndex((entry, index) => entry.version !== index + 1);
  if (gap !== -1) throw new Error(`the trail has a gap at ${gap + 1}`);
  return items.map((entry) => entry.kind);
}
