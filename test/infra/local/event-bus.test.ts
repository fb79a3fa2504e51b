import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LambdaFunction } from '../../../api/env.ts';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';

let aws: AwsServices;

beforeAll(async () => {
  aws = await startAwsServices({ signinPort: 0, now: Date.now, roles: [] });
});
afterAll(() => aws.stop());

const entry = (change: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: aws.bus,
  Source: 'stepladder',
  DetailType: 'Stepladder Request Event',
  Time: new Date('2026-11-23T09:30:00Z'),
  Detail: JSON.stringify({ kind: 'created' }),
  ...change,
});
const put = (Entries: PutEventsRequestEntry[], caller: LambdaFunction = 'announce') =>
  new EventBridgeClient({
    region: aws.region,
    credentials: aws.principalOf(caller),
    maxAttempts: 1,
    endpoint: aws.eventBus.url,
  }).send(new PutEventsCommand({ Entries }));

describe('PutEvents', () => {
  it('takes an event, and keeps it to be read', async () => {
    await expect(put([entry()])).resolves.toMatchObject({
      FailedEntryCount: 0,
      Entries: [{ EventId: expect.any(String) }],
    });
    expect(aws.eventBus.calls.at(-1)).toMatchObject({
      caller: 'announce',
      input: {
        entries: [{ bus: 'stepladder', detail: { kind: 'created' }, time: '2026-11-23T09:30:00.000Z' }],
      },
    });
  });

  it.each<[string, Partial<PutEventsRequestEntry>, string]>([
    ['detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['detail that is no object', { Detail: '[]' }, 'MalformedDetail'],
    ["AWS's own source", { Source: 'aws.sts' }, 'NotAuthorizedForSourceException'],
  ])('answers 200 for %s, and says that it was not taken', async (_what, change, code) => {
    await expect(put([entry(), entry(change)])).resolves.toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode: code }],
    });
  });

  it('does not take an entry that it was told not to', async () => {
    aws.eventBus.failNextEntry();
    await expect(put([entry()])).resolves.toMatchObject({ FailedEntryCount: 1 });
    await expect(put([entry()])).resolves.toMatchObject({ FailedEntryCount: 0 });
  });

  it.each<[string, () => PutEventsRequestEntry[], string]>([
    ['11 entries', () => Array(11).fill(entry()), 'ValidationException'],
    ['no entries', () => [], 'ValidationException'],
    ['no source', () => [entry({ Source: '' })], 'ValidationException'],
    [
      '1 MiB in all',
      () => Array(4).fill(entry({ Detail: `{"a":"${'é'.repeat(131_072)}"}` })),
      'ValidationException',
    ],
    ['another bus', () => [entry({ EventBusName: 'default' })], 'ResourceNotFoundException'],
  ])('refuses %s', async (_what, entries, name) => {
    await expect(put(entries())).rejects.toMatchObject({ name });
  });

  it('is not for the requests Lambda', async () => {
    await expect(put([entry()], 'requests')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
