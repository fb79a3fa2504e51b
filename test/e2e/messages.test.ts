import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { messageKey } from '../../api/aws/request-items.ts';
import type { RequestView } from '../../api/contract.ts';
import { indexes } from '../../api/table.ts';
import type { Fault } from '../../infra/local/aws-endpoint.ts';
import { client } from '../../infra/local/oidc-client.ts';
import { createSignInClient } from '../infra/local/sign-in-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { databaseSettings } from '../support/table.ts';
import { headersOf, type TokenPair } from '../support/tokens.ts';

/** What people are told while the channels fail: everything, and, as long as AWS says what it did, once. */

/** As often as the SDK tries one call. */
const callTries = 3;
/** As often as a new message is due at once: the stream's first and second try. The third waits a minute. */
const streamTries = 2;

let stack: TestStack;
let erin: TokenPair;
let robin: TokenPair;

beforeEach(async () => {
  stack = await startTestStack();
  const settings = {
    issuer: stack.issuer,
    appOrigin: stack.url,
    clientId: client.id,
    audience: client.audience,
  };
  erin = await createSignInClient(settings).signIn('erin');
  robin = await createSignInClient(settings).signIn('robin');
});
afterEach(() => stack.stop());

async function send(path: string, tokens: TokenPair, body: object): Promise<RequestView> {
  const headers = new Headers({ 'content-type': 'application/json', 'idempotency-key': randomUUID() });
  for (const [name, values] of Object.entries(headersOf(tokens))) headers.set(name, values.join());
  const response = await fetch(`${stack.url}/api${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
  return response.json();
}

function create(): Promise<RequestView> {
  return send('/requests', erin, {
    account: '111122223333',
    role: 'DatabaseAdministrator',
    durationMinutes: 60,
    justification: 'Restart the payment workers.',
  });
}

async function approve({ id, version }: RequestView): Promise<void> {
  await send(`/requests/${id}/reviews`, robin, { decision: 'approve', comment: '', version });
}

/** How often the message was tried, whether somebody has it at this moment, and whether it was delivered. */
async function state(messageId: string) {
  const database = DynamoDBDocumentClient.from(new DynamoDBClient(databaseSettings()));
  const command = new GetCommand({
    TableName: stack.tableName,
    Key: messageKey(messageId),
    ConsistentRead: true,
  });
  const { Item = {} } = await database.send(command);
  database.destroy();
  const [due = ''] = String(Item[indexes.byDue.sk]).split('#');
  return {
    attempts: Item.attempts,
    // Who sends it has it for two minutes; after the second failure it waits for one.
    sending: Date.parse(due) - Date.now() > 60_000,
    delivered: Item.deliveredAt !== undefined,
  };
}

const givenBack = { attempts: streamTries, sending: false, delivered: false };
const delivered = { attempts: 1, sending: false, delivered: true };

describe('messages', () => {
  test.each<Fault>(['error', 'throttle', 'cut'])(
    'wait while the topic fails (%s), and go out once when it works again',
    async (fault) => {
      stack.aws.sns.failNext(fault, callTries * streamTries);
      const { id } = await create();
      await expect.poll(() => state(`${id}-1`), { timeout: 20_000 }).toEqual(givenBack);
      expect(stack.aws.sns.calls).toEqual([]);
      stack.advance(5);
      await stack.sweepNow();
      stack.advance(60);
      await stack.sweepNow();
      expect(stack.aws.sns.calls.map(({ input }) => input.attributes.messageId)).toEqual([`${id}-1`]);
      expect((await state(`${id}-1`)).delivered).toBe(true);
    },
  );

  test('to the requester wait while mail fails, and the approval itself does not', async () => {
    stack.aws.ses.failNext('error', callTries * streamTries);
    const request = await create();
    await approve(request);
    const message = `${request.id}-2`;
    await expect.poll(() => state(message), { timeout: 20_000 }).toEqual(givenBack);
    stack.advance(5);
    await stack.sweepNow();
    await stack.sweepNow();
    expect(stack.aws.ses.calls.map(({ input }) => [input.to, input.subject])).toEqual([
      [['erin@example.com'], 'Approved: DatabaseAdministrator in 111122223333'],
    ]);
  });

  test('go out by the sweep alone while nothing reads the stream', async () => {
    const announce = vi.spyOn(stack.lambdas.announce, 'invoke').mockRejectedValue(new Error('out of order'));
    const { id } = await create();
    await expect.poll(() => stack.logs).toContain('announce: 1 messages are left to the sweep');
    announce.mockRestore();
    expect(stack.aws.sns.calls).toEqual([]);
    await stack.sweepNow();
    await stack.sweepNow();
    expect(stack.aws.sns.calls.map(({ input }) => input.attributes.messageId)).toEqual([`${id}-1`]);
  });

  test('that went out without AWS being able to say so carry the same id the second time', async () => {
    stack.aws.sns.failNext('lose-answer');
    const { id } = await create();
    await expect.poll(() => state(`${id}-1`)).toEqual(delivered);
    expect(stack.aws.sns.calls.map(({ input }) => input.attributes.messageId)).toEqual([
      `${id}-1`,
      `${id}-1`,
    ]);
  });

  test('are sent once however many sweeps run beside the stream', async () => {
    const { id } = await create();
    await Promise.all([stack.sweepNow(), stack.sweepNow(), stack.sweepNow()]);
    await expect.poll(() => state(`${id}-1`)).toEqual(delivered);
    expect(stack.aws.sns.calls).toHaveLength(1);
  });
});
