import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { messageKey } from '../../api/aws/request-items.ts';
import { indexes } from '../../api/table.ts';
import type { Fault } from '../../infra/local/aws-endpoint.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { databaseSettings } from '../support/table.ts';
import { type ApiUser, apiUser, createByApi, reviewByApi } from './calls.ts';
import { patience, sent } from './people.ts';

/**
 * What people are told: while the channels fail, everything, and, as long as AWS says what it did, once; and in time,
 * where a deadline or an end comes near.
 */

/** As often as the SDK tries one call. */
const callTries = 3;
/** As often as a new message is due at once: the stream's first and second try. The third waits a minute. */
const streamTries = 2;

let stack: TestStack;
let erin: ApiUser;
let robin: ApiUser;

beforeEach(async () => {
  stack = await startTestStack();
  [erin, robin] = await Promise.all([apiUser(stack, 'erin'), apiUser(stack, 'robin')]);
});
afterEach(() => stack.stop());

/** The message to the reviewers that a request was made. */
function created(id: string): string {
  return `${id}-1-created-reviewers`;
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

/** How many messages the reader of the stream has given up. */
function leftToTheSweep(): number {
  const counts = stack.logs.map(
    (line) => /^announce: (\d+) records are left to the schedule$/.exec(line)?.[1],
  );
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

const givenBack = { attempts: streamTries, sending: false, delivered: false };
const delivered = { attempts: 1, sending: false, delivered: true };

describe('messages', () => {
  test.each<Fault>(['error', 'throttle', 'cut'])(
    'wait while the topic fails (%s), and go out once when it works again',
    async (fault) => {
      stack.aws.sns.failNext(fault, callTries * streamTries);
      const { id } = await createByApi(erin);
      await expect.poll(() => state(created(id)), patience).toEqual(givenBack);
      expect(stack.aws.sns.calls).toEqual([]);
      stack.advance(5);
      await stack.sweepNow();
      stack.advance(60);
      await stack.sweepNow();
      expect(stack.aws.sns.calls.map(({ input }) => input.attributes.messageId)).toEqual([created(id)]);
      expect((await state(created(id))).delivered).toBe(true);
    },
  );

  test('to the requester wait while mail fails, and the approval itself does not', async () => {
    stack.aws.ses.failNext('error', callTries * streamTries);
    const request = await createByApi(erin);
    await reviewByApi(robin, request);
    const message = `${request.id}-2-approved-requester`;
    await expect.poll(() => state(message), patience).toEqual(givenBack);
    stack.advance(5);
    await stack.sweepNow();
    await stack.sweepNow();
    expect(stack.aws.ses.calls.map(({ input }) => [input.to, input.subject])).toEqual([
      [['erin@example.com'], 'Approved: DatabaseAdministrator in 111122223333'],
    ]);
  });

  test('go out by the sweep alone while nothing reads the stream', async () => {
    const announce = vi.spyOn(stack.lambdas.announce, 'invoke').mockRejectedValue(new Error('out of order'));
    const { id } = await createByApi(erin);
    // The word to the reviewers, the event, and the reminder that is for later.
    await expect.poll(leftToTheSweep, patience).toBe(3);
    announce.mockRestore();
    expect([...stack.aws.sns.calls, ...stack.aws.eventBus.calls]).toEqual([]);
    await stack.sweepNow();
    await stack.sweepNow();
    expect(stack.aws.sns.calls.map(({ input }) => input.attributes.messageId)).toEqual([created(id)]);
    expect(stack.aws.eventBus.calls).toHaveLength(1);
  });

  test('that went out without AWS being able to say so carry the same id the second time', async () => {
    stack.aws.sns.failNext('lose-answer');
    const { id } = await createByApi(erin);
    await expect.poll(() => state(created(id)), patience).toEqual(delivered);
    expect(stack.aws.sns.calls.map(({ input }) => input.attributes.messageId)).toEqual([
      created(id),
      created(id),
    ]);
  });

  test('are sent once however many sweeps run beside the stream', async () => {
    const { id } = await createByApi(erin);
    await Promise.all([stack.sweepNow(), stack.sweepNow(), stack.sweepNow()]);
    await expect.poll(() => state(created(id)), patience).toEqual(delivered);
    expect(stack.aws.sns.calls).toHaveLength(1);
  });
});

/** Two sweeps, as the second must find nothing that the first has sent. */
async function sweepAfter(minutes: number): Promise<void> {
  stack.advance(minutes);
  await stack.sweepNow();
  await stack.sweepNow();
}

const target = 'DatabaseAdministrator in 111122223333';

describe('a reminder', () => {
  test('of a review goes to the reviewers once, an hour before the request expires', async () => {
    await createByApi(erin);
    await expect.poll(() => sent(stack), patience).toEqual({ reviewers: ['created'], requester: [] });
    await sweepAfter(23 * 60 - 1);
    expect(sent(stack)).toEqual({ reviewers: ['created'], requester: [] });
    await sweepAfter(2);
    expect(sent(stack)).toEqual({ reviewers: ['created', 'review-reminder'], requester: [] });
    const [, reminder] = stack.aws.sns.calls;
    expect(reminder?.input.subject).toBe('Still waiting for review: Erin Engstrom asks for '.concat(target));
    await sweepAfter(60);
    expect(sent(stack)).toEqual({
      reviewers: ['created', 'review-reminder'],
      requester: [`Expired: ${target}`],
    });
  });

  test.each([
    {
      what: 'of a review is not sent once somebody has rejected',
      decision: 'reject' as const,
      minutes: 23 * 60 + 1,
      gives: { reviewers: ['created', 'handled'], requester: [`Rejected: ${target}`] },
    },
    {
      what: 'of the end is not sent sooner than fifteen minutes before it',
      decision: 'approve' as const,
      minutes: 44,
      gives: { reviewers: ['created', 'handled'], requester: [`Approved: ${target}`] },
    },
    {
      what: 'of the end goes to the requester once',
      decision: 'approve' as const,
      minutes: 46,
      gives: {
        reviewers: ['created', 'handled'],
        requester: [`Approved: ${target}`, `Ending soon: ${target}`],
      },
    },
    {
      what: 'of the end is not sent when the access has ended',
      decision: 'approve' as const,
      minutes: 61,
      gives: { reviewers: ['created', 'handled'], requester: [`Approved: ${target}`] },
    },
  ])('$what', async ({ decision, minutes, gives }) => {
    await reviewByApi(robin, await createByApi(erin), decision, 'As agreed.');
    const soon = { reviewers: gives.reviewers.length, requester: 1 };
    const counts = () => {
      const { reviewers, requester } = sent(stack);
      return { reviewers: reviewers.length, requester: requester.length };
    };
    await expect.poll(counts, patience).toEqual(soon);
    await sweepAfter(minutes);
    expect({ ...sent(stack), reviewers: sent(stack).reviewers.sort() }).toEqual(gives);
  });

  test('of the end is not sent after a revocation', async () => {
    const request = await createByApi(erin);
    await reviewByApi(robin, request);
    await robin.post(`/requests/${request.id}/revoke`, { comment: 'The work is done.' });
    await expect.poll(() => sent(stack).requester, patience).toHaveLength(2);
    await sweepAfter(46);
    expect(sent(stack).requester.sort()).toEqual([`Approved: ${target}`, `Revoked: ${target}`]);
  });
});

describe('the other reviewers', () => {
  test.each([
    { decision: 'approve' as const, status: 'approved' },
    { decision: 'reject' as const, status: 'rejected' },
  ])('hear who dealt with it: $decision', async ({ decision, status }) => {
    await reviewByApi(robin, await createByApi(erin), decision, 'As agreed.');
    const handled = () => stack.aws.sns.calls.find(({ input }) => input.attributes.kind === 'handled')?.input;
    await expect
      .poll(() => handled()?.subject, patience)
      .toBe(`Handled (${status}): Erin Engstrom, ${target}`);
    expect(handled()?.message.split('\n')[0]).toBe(
      `Robin Reyes has dealt with this request: it is ${status} now. There is nothing left for you to do.`,
    );
  });
});
