import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../api/actions/ports.ts';
import { getItem, openTable } from '../../../api/aws/dynamo-table.ts';
import { startAnsweringServer } from './answering-server.ts';

/** As whom the clients ask. */

let aws: Awaited<ReturnType<typeof startAnsweringServer>>;
let folder: string;
beforeEach(async () => {
  aws = await startAnsweringServer();
  folder = mkdtempSync(join(tmpdir(), 'stepladder-credentials-'));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', aws.url);
  // Somebody else's: in a file, and for the asking.
  const keys = 'aws_access_key_id = AKIASOMEBODYELSE\naws_secret_access_key = test\n';
  writeFileSync(join(folder, 'credentials'), `[default]\n${keys}`);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${aws.url}/credentials`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await aws.stop();
});

async function ask(): Promise<void> {
  const table = openTable('table');
  try {
    await getItem(table, { pk: 'one' });
  } finally {
    table.client.destroy();
  }
}

test('the credentials of the Lambda service are what a client signs with', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIAFUNCTIONSOWN');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_SESSION_TOKEN', 'of-the-function');
  aws.state.answer = { status: 200, body: '{}' };
  await ask();
  expect(aws.asked).toMatchObject([{ headers: { 'x-amz-security-token': 'of-the-function' } }]);
  expect(aws.asked[0]?.headers.authorization).toContain('Credential=ASIAFUNCTIONSOWN/');
});

test('without them nothing is asked as anybody else', async () => {
  await expect(ask()).rejects.toThrow(Unavailable);
  expect(aws.asked).toEqual([]);
});

test('a profile does not come before them', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIAFUNCTIONSOWN');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_PROFILE', 'default');
  aws.state.answer = { status: 200, body: '{}' };
  await ask();
  expect(aws.asked[0]?.headers.authorization).toContain('Credential=ASIAFUNCTIONSOWN/');
});
