import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, it, vi } from 'vitest';
import { startDynamoDb } from '../../../infra/local/dynamo-db.ts';
import { createTable } from '../../../infra/table-definition.ts';
import { databaseSettings } from '../../support/table.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepladder-data-'));
afterAll(() => rmSync(directory, { recursive: true }));

const key = { pk: { S: 'REQUEST#1' }, sk: { S: 'REQUEST' } };
const connect = (endpoint: string) => new DynamoDBClient({ ...databaseSettings(), endpoint });

it('keeps its data over a restart, and creating the table again changes nothing', async () => {
  const first = await startDynamoDb(directory);
  await createTable(connect(first.endpoint), 'stepladder');
  await connect(first.endpoint).send(new PutItemCommand({ TableName: 'stepladder', Item: key }));
  await first.stop();

  const second = await startDynamoDb(directory);
  const client = connect(second.endpoint);
  await createTable(client, 'stepladder');
  expect(await client.send(new ListTablesCommand())).toMatchObject({ TableNames: ['stepladder'] });
  const { Item } = await client.send(new GetItemCommand({ TableName: 'stepladder', Key: key }));
  expect(Item).toEqual(key);
  await second.stop();
});

it.each(['an exit', 'an exception'])('does not outlive its parent after %s', async (what) => {
  const module = new URL('../../../infra/local/dynamo-db.ts', import.meta.url).href;
  const end = what === 'an exit' ? 'process.exit(0)' : "throw new Error('unforeseen')";
  const code = `import { startDynamoDb } from '${module}';
    const { process: java } = await startDynamoDb();
    console.log(java.pid);
    ${end};`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(parent, 'exit');
  const [pid] = await once(createInterface(parent.stdout), 'line');
  await exited;
  expect(Number(pid)).toBeGreaterThan(0);
  await vi.waitFor(() => expect(isRunning(Number(pid))).toBe(false), 10_000);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
