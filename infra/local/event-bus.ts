import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Answer, type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { AwsRefusal } from './aws-refusal.ts';
import type { Principal } from './aws-signature.ts';

/** One event as the bus took it. */
export interface EventInput {
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** ISO 8601 */
  readonly time: string;
}

/** What PutEvents was asked; an entry that was not taken has its error code. */
export interface PutEventsInput {
  readonly entries: readonly (EventInput | { readonly errorCode: string })[];
}

export interface EventBusOptions {
  readonly region: string;
  readonly now: () => number;
  readonly bus: string;
  principal(accessKeyId: string): Principal | undefined;
  /** the names of the callers who may put events */
  readonly publishers: readonly string[];
}

export interface LocalEventBus extends AwsEndpoint<PutEventsInput> {
  /** The next entry is not taken, though the call is answered with 200. */
  failNextEntry(): void;
}

/** EventBridge User Guide, "Event entry size" and the announcement of 29 January 2026: bytes of one request. */
const maxBytes = 1024 * 1024;
/** EventBridge API Reference, PutEvents. */
const maxEntries = 10;

const entryShape = z.strictObject({
  EventBusName: z.string().min(1).max(1600).optional(),
  Source: z.string().min(1).max(256),
  DetailType: z.string().min(1).max(128),
  Detail: z.string().min(1),
  // JSON has instants as seconds (Smithy, "AWS JSON 1.1 protocol").
  Time: z.number().optional(),
  Resources: z.array(z.string().max(2048)).optional(),
});
const putEvents = z.strictObject({ Entries: z.array(entryShape).min(1).max(maxEntries) });
type Entry = z.output<typeof entryShape>;

/** A local EventBridge with one bus: PutEvents (EventBridge API Reference). */
export async function startEventBus(options: EventBusOptions): Promise<LocalEventBus> {
  let failing = 0;
  const endpoint = await startAwsEndpoint<PutEventsInput>({
    service: 'events',
    region: options.region,
    now: options.now,
    maxBodyBytes: 2 * maxBytes,
    throttling: new AwsRefusal(400, 'ThrottlingException', 'Rate exceeded'),
    principal: options.principal,
    parse: (request, body) => {
      const { entries } = parse(String(request.headers['x-amz-target']), body, options.now);
      if (failing === 0) return { entries };
      failing -= 1;
      return {
        entries: entries.map((_entry, index) => (index === 0 ? { errorCode: 'InternalFailure' } : _entry)),
      };
    },
    answer: ({ entries }, caller) => {
      for (const entry of entries) if ('bus' in entry) check(entry, caller, options);
      return json(200, resultOf(entries));
    },
    refuse: ({ status, code, message }) => json(status, { __type: code, message }),
  });
  return {
    ...endpoint,
    failNextEntry: () => {
      failing += 1;
    },
  };
}

function parse(operation: string, body: string, now: () => number): PutEventsInput {
  if (operation !== 'AWSEvents.PutEvents') throw new AwsRefusal(400, 'UnknownOperationException', operation);
  const parsed = putEvents.safeParse(parseJson(body));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' };
    throw invalid(`${path.join('.')} ${message}`);
  }
  const { Entries: entries } = parsed.data;
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) >= maxBytes) {
    throw invalid('Total size of the entries in the request is over the limit.');
  }
  return { entries: entries.map((entry) => read(entry, now)) };
}

/** EventBridge User Guide, "Calculating PutEvents event entry size". */
function sizeOf({ Time, Source, DetailType, Detail, Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return (Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function read(entry: Entry, now: () => number): PutEventsInput['entries'][number] {
  const { EventBusName: bus = 'default', Source: source, DetailType: detailType, Time: time } = entry;
  // Both are answers about the one entry, not about the request.
  if (source.startsWith('aws.')) return { errorCode: 'NotAuthorizedForSourceException' };
  const detail = parseObject(entry.Detail);
  if (detail === undefined) return { errorCode: 'MalformedDetail' };
  const at = time === undefined ? now() : time * 1000;
  return { bus, source, detailType, detail, time: new Date(at).toISOString() };
}

function check({ bus }: EventInput, caller: Principal, { bus: known, publishers }: EventBusOptions): void {
  if (!publishers.includes(caller.name)) {
    throw new AwsRefusal(
      400,
      'AccessDeniedException',
      `User: ${caller.name} is not authorized to perform: events:PutEvents on resource: ${bus}`,
    );
  }
  // NB. AWS answers 200 for a bus that is not there, and the event is nowhere. Here that is said aloud.
  if (bus !== known)
    throw new AwsRefusal(400, 'ResourceNotFoundException', `Event bus ${bus} does not exist.`);
}

function resultOf(entries: PutEventsInput['entries']) {
  return {
    FailedEntryCount: entries.filter((entry) => 'errorCode' in entry).length,
    Entries: entries.map((entry) =>
      'errorCode' in entry
        ? { ErrorCode: entry.errorCode, ErrorMessage: 'It was not taken.' }
        : { EventId: randomUUID() },
    ),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function json(status: number, body: object): Answer {
  return { status, contentType: 'application/x-amz-json-1.1', body: JSON.stringify(body) };
}

function invalid(message: string): AwsRefusal {
  return new AwsRefusal(400, 'ValidationException', message);
}
