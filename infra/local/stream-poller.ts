import { setTimeout as delay } from 'node:timers/promises';
import {
  type _Record,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { key } from '../../api/table.ts';
import type { Lambda } from './lambda-host.ts';

export interface StreamPollerOptions {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly mappings: readonly EventSourceMapping[];
  readonly onLog: (line: string) => void;
  /** milliseconds between looks at an idle stream */
  readonly intervalMs?: number;
}

/** Which Lambda gets the new items whose partition key begins so. */
export interface EventSourceMapping {
  readonly prefix: string;
  readonly lambda: Lambda;
}

export interface StreamPoller {
  /** From then on nothing that is written is missed. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

const batchSize = 100;
/** Tries of one batch; after that a scheduled run does what is left. */
const most = { tries: 3 } as const;

/**
 * The event source mappings between the table's stream and Lambdas: to each its new items in order, retried from the
 * first record that failed (Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB").
 * It begins at the newest record: what was written while nothing ran is what the schedules are for.
 */
export function pollStream(options: StreamPollerOptions): StreamPoller {
  const { client, streamArn, onLog, intervalMs = 200 } = options;
  const stopping = new AbortController();
  const iterators = new Map<string, string>();
  const known = new Set<string>();
  const { promise: ready, resolve: begun } = Promise.withResolvers<void>();

  const discover = async (type: 'LATEST' | 'TRIM_HORIZON') => {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      if (ShardId === undefined || known.has(ShardId)) continue;
      const iterator = await client.send(
        new GetShardIteratorCommand({ StreamArn: streamArn, ShardId, ShardIteratorType: type }),
      );
      known.add(ShardId);
      if (iterator.ShardIterator) iterators.set(ShardId, iterator.ShardIterator);
    }
  };
  const readShard = async (shard: string, ShardIterator: string) => {
    const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: batchSize }));
    for (const mapping of options.mappings) {
      const own = (page.Records ?? []).filter((record) => isNew(record, mapping));
      await handOver(own, mapping, options, stopping.signal);
    }
    if (page.NextShardIterator) iterators.set(shard, page.NextShardIterator);
    else iterators.delete(shard);
  };
  const run = async () => {
    let start: 'LATEST' | 'TRIM_HORIZON' = 'LATEST';
    while (!stopping.signal.aborted) {
      try {
        await discover(start);
        // A shard that appears later is the child of one that was read to its end: it is read from its beginning.
        start = 'TRIM_HORIZON';
        begun();
        for (const [shard, iterator] of iterators) await readShard(shard, iterator);
      } catch (error) {
        if (!stopping.signal.aborted)
          onLog(`stream poller: ${error instanceof Error ? error.message : String(error)}`);
      }
      await delay(intervalMs, undefined, { signal: stopping.signal }).catch(stopped);
    }
  };
  const running = run();
  return {
    ready,
    stop: async () => {
      stopping.abort();
      begun();
      await running;
      client.destroy();
    },
  };
}

/** The only reason why a wait ends early is that the poller stops. */
function stopped(): void {}

/** The filter of an event source mapping: INSERT of an item whose key begins so. */
function isNew({ eventName, dynamodb }: _Record, { prefix }: EventSourceMapping): boolean {
  return eventName === 'INSERT' && dynamodb?.Keys?.[key.pk]?.S?.startsWith(prefix) === true;
}

async function handOver(
  records: _Record[],
  { lambda }: EventSourceMapping,
  { onLog, streamArn }: StreamPollerOptions,
  signal: AbortSignal,
) {
  let left = records;
  for (let attempt = 1; left.length > 0 && attempt <= most.tries && !signal.aborted; attempt += 1) {
    try {
      const event = { Records: left.map((record) => eventRecord(record, streamArn)) };
      const response = (await lambda.invoke(event)) as DynamoDBBatchResponse;
      const failed = new Set(response.batchItemFailures.map((failure) => failure.itemIdentifier));
      const first = left.findIndex((record) => failed.has(record.dynamodb?.SequenceNumber ?? ''));
      left = first === -1 ? [] : left.slice(first);
    } catch (error) {
      onLog(`${lambda.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (left.length > 0) onLog(`${lambda.name}: ${left.length} records are left to the schedule`);
}

function eventRecord(record: _Record, streamArn: string): DynamoDBRecord {
  const { dynamodb, eventID = '', eventName, eventVersion = '1.1' } = record;
  return {
    eventID,
    eventName: eventName as 'INSERT',
    eventVersion,
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: streamArn,
    dynamodb: {
      ...dynamodb,
      // Events carry seconds where the SDK has a Date.
      ApproximateCreationDateTime: Math.floor((dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
    } as DynamoDBRecord['dynamodb'] & object,
  };
}
