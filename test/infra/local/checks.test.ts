import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LocalSubscription } from '../../../infra/local/sns-subscriptions.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** The Lambdas that hold things against what they should be, as EventBridge starts them. */

let stack: TestStack;
let atFirst: LocalSubscription[];
const lines = () =>
  stack.logs.filter((line) => /"service":"(watch|reconcile)"/.test(line)).map((line) => JSON.parse(line));

beforeAll(async () => {
  stack = await startTestStack();
  atFirst = [...stack.aws.subscriptions.list];
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.aws.sts.takeTrail();
});

/** NB. What is wrong, and how much of it, come by two streams, in any order. */
async function expectWrong(expected: readonly string[]): Promise<void> {
  const before = lines().length;
  await stack.watchNow();
  const told = () => {
    const since = lines().slice(before);
    return {
      findings: since.find(({ message }) => message === 'watched')?.findings,
      wrong: since
        .filter(({ message }) => message === 'subscription-wrong')
        .map(({ topic, kind }) => `${topic} ${kind}`),
    };
  };
  await expect.poll(told).toEqual({ findings: expected.length, wrong: expected });
}

describe('who is subscribed', () => {
  test('is right at first, then not confirmed, then gone, then somebody else', async () => {
    const { list } = stack.aws.subscriptions;
    const [first] = list;
    if (first === undefined) throw new Error('nobody is subscribed');
    await expectWrong([]);
    list[0] = { ...first, arn: 'PendingConfirmation' };
    await expectWrong(['reviewers unconfirmed', 'reviewers nobody']);
    list[0] = { ...first, arn: 'Deleted' };
    await expectWrong(['reviewers missing', 'reviewers nobody']);
    list[0] = first;
    // Beyond the first page.
    for (let n = 0; n < 150; n += 1)
      list.push({ ...first, endpoint: `arn:aws:sqs:us-east-1:123456789012:${n}`, protocol: 'sqs' });
    list.push({ ...first, endpoint: 'eve@example.com' });
    await expectWrong(['reviewers foreign']);
  });

  test('to alarms, is looked at in the same way: one was lost, then nobody is left, then somebody else listens', async () => {
    const { list } = stack.aws.subscriptions;
    list.length = 0;
    list.push(...atFirst);
    const [one, other] = list.filter(({ topicArn }) => topicArn === stack.aws.alarmTopicArn);
    if (one === undefined || other === undefined) throw new Error('two addresses are subscribed to alarms');
    await expectWrong([]);
    list[list.indexOf(one)] = { ...one, arn: 'PendingConfirmation' };
    await expectWrong(['alarms unconfirmed']);
    list.splice(list.indexOf(other), 1);
    await expectWrong(['alarms unconfirmed', 'alarms missing', 'alarms nobody']);
    list.length = 0;
    list.push(...atFirst, { ...one, endpoint: 'eve@example.com' });
    await expectWrong(['alarms foreign']);
  });

  test('cannot be asked: the Lambda fails, and its silence is an alarm', async () => {
    stack.aws.subscriptions.failNext('error', 3);
    await expect(stack.watchNow()).rejects.toThrow('watch');
  });
});

test('an AssumeRole by hand with the credentials of the sessions role is in the log, without a secret', async () => {
  const credentials = stack.aws.principalOf('sessions');
  const sts = new STSClient({ endpoint: stack.aws.sts.url, region: stack.aws.region, credentials });
  await sts.send(
    new AssumeRoleCommand({
      RoleArn: 'arn:aws:iam::111122223333:role/stepladder/DatabaseAdministrator',
      RoleSessionName: `erin-0123456789.${'z'.repeat(26)}`,
      SourceIdentity: 'erin-0123456789',
      ExternalId: stack.aws.externalId,
      Tags: ['Request', 'Reviewer', 'Until'].map((one) => ({ Key: `Stepladder${one}`, Value: 'x' })),
    }),
  );
  sts.destroy();
  await stack.reconcileNow();
  const found = () => lines().filter(({ message }) => message === 'assume-role');
  await expect.poll(() => found().length).toBe(1);
  expect(found()).toMatchObject([{ level: 'ERROR', verdict: 'unmatched', reason: 'no-record' }]);
  const [given] = stack.aws.sts.sessions();
  expect(stack.logs.join('\n')).not.toContain(given?.sessionToken ?? 'nothing was given');
});

test('an event that cannot be read is told, and is not tried again', async () => {
  await stack.lambdas.reconcile.invoke({ 'detail-type': 'AWS API Call via CloudTrail', detail: {} });
  await expect.poll(() => lines().filter(({ verdict }) => verdict === 'unreadable').length).toBe(1);
});
