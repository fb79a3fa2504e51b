import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Lambda } from '../../../infra/local/lambda-host.ts';
import { pollStream, type StreamPoller } from '../../../infra/local/stream-poller.ts';
import { databaseSettings, freshTable } from '../../support/table.ts';

let table: Awaited<ReturnType<typeof freshTable>>;
let poller: StreamPoller;
/** the keys of each event, in order */
let events: string[][];
let logs: string[];
/** what the Lambda makes of an event: the keys that it could not handle */
let failing: (keys: string[]) => string[];
const waiting = { timeout: 20_000, interval: 100 };

const lambda: Lambda = {
  name: 'announce',
  invoke: async (event) => {
    const { Records } = event as DynamoDBStreamEvent;
    const keys = Records.map((record) => record.dynamodb?.Keys?.pk?.S ?? '');
    events.push(keys);
    const failed = failing(keys);
    const batchItemFailures = Records.filter((_, index) => failed.includes(keys[index] ?? '')).map(
      (record) => ({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }),
    );
    return { batchItemFailures };
  },
  warm: async () => {},
  stop: async () => {},
};

const put = (pk: string, sk = 'MESSAGE') =>
  table.client.send(new PutCommand({ TableName: table.name, Item: { pk, sk } }));

beforeEach(async () => {
  [events, logs, failing] = [[], [], () => []];
  table = await freshTable();
  const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
  poller = pollStream({
    client: new DynamoDBStreamsClient(databaseSettings()),
    streamArn: Table?.LatestStreamArn ?? '',
    mappings: [{ prefix: 'MESSAGE#', lambda }],
    onLog: (line) => logs.push(line),
    intervalMs: 20,
  });
  // It begins at the newest record: what is written before it looks for the first time is not for it.
  let sign = 0;
  await vi.waitFor(async () => {
    sign += 1;
    await put(`MESSAGE#sign-${sign}`);
    expect(events.flat().length).toBeGreaterThan(0);
  }, waiting);
  await vi.waitFor(() => expect(events.flat()).toContain(`MESSAGE#sign-${sign}`), waiting);
  events.length = 0;
});
afterEach(async () => {
  await poller.stop();
  await table.drop();
});

it('hands over new messages, and nothing else that happens in the table', async () => {
  await put('REQUEST#1', 'REQUEST');
  await put('MESSAGE#1');
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { pk: 'MESSAGE#1', sk: 'MESSAGE' },
      UpdateExpression: 'SET delivered = :at',
      ExpressionAttributeValues: { ':at': 'now' },
    }),
  );
  await put('ENTRIES#1', '000001');
  await put('MESSAGE#2');
  await vi.waitFor(() => expect(events.flat()).toEqual(['MESSAGE#1', 'MESSAGE#2']), waiting);
});

it('tries again from the first that failed, in order', async () => {
  let failures = 0;
  failing = (keys) => {
    const fails = keys.includes('MESSAGE#2') && failures === 0;
    if (fails) failures += 1;
    return fails ? ['MESSAGE#2'] : [];
  };
  for (const id of [1, 2, 3]) await put(`MESSAGE#${id}`);
  await vi.waitFor(() => expect(events.at(-1)).toContain('MESSAGE#3'), waiting);
  const seen = events.flat();
  expect(seen.filter((key) => key === 'MESSAGE#1')).toHaveLength(1);
  expect(seen.filter((key) => key === 'MESSAGE#2')).toHaveLength(2);
  expect(seen.lastIndexOf('MESSAGE#3')).toBeGreaterThan(seen.lastIndexOf('MESSAGE#2'));
});

it('leaves a message that always fails to the schedule, and goes on', async () => {
  failing = (keys) => keys.filter((key) => key === 'MESSAGE#1');
  await put('MESSAGE#1');
  await vi.waitFor(() => expect(logs.join()).toContain('1 records are left to the schedule'), waiting);
  await put('MESSAGE#2');
  await vi.waitFor(() => expect(events.flat()).toContain('MESSAGE#2'), waiting);
  expect(events.flat().filter((key) => key === 'MESSAGE#1')).toHaveLength(3);
});

it('survives a Lambda that throws', async () => {
  failing = () => {
    throw new Error('broken');
  };
  await put('MESSAGE#1');
  await vi.waitFor(() => expect(logs).toContain('announce: broken'), waiting);
  failing = () => [];
  await put('MESSAGE#2');
  await vi.waitFor(() => expect(events.at(-1)).toEqual(['MESSAGE#2']), waiting);
});
