import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../infra/local/listen.ts';
import { transactionUnits } from './capacity.ts';

/** What one API request asked of DynamoDB. */
export interface Cost {
  readonly calls: number;
  /** capacity units; of transactions, see `capacity.ts` */
  readonly read: number;
  readonly write: number;
}

export interface Meter {
  /** to be used instead of DynamoDB's */
  readonly endpoint: string;
  /** Forgets what was counted so far. */
  reset(): void;
  /** What the holder of this access key has asked for since. */
  costOf(accessKeyId: string): Cost;
  /** Every call that was heard since, in order, also of operations that consume nothing. */
  heard(): readonly Heard[];
  stop(): Promise<void>;
}

interface Call extends Cost {
  readonly accessKeyId: string;
}

export interface Heard {
  readonly accessKeyId: string;
  readonly operation: string;
  /** in DynamoDB's JSON */
  readonly input: unknown;
}

/** The operations that tell what they consumed when they are asked to (DynamoDB API Reference, ReturnConsumedCapacity). */
const kinds: Readonly<Record<string, 'read' | 'write'>> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  TransactGetItems: 'read',
  Query: 'read',
  Scan: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  TransactWriteItems: 'write',
};

/**
 * A proxy before DynamoDB Local that counts calls and consumed capacity. NB. It changes the body and so breaks its
 * signature (Signature Version 4), which only DynamoDB Local forgives: it reads the access key and verifies nothing. And
 * it asks for a table's description once: AWS has that at hand, but DynamoDB Local counts every item for it.
 */
export async function startMeter(dynamoDb: string): Promise<Meter> {
  const agent = new Agent({ keepAlive: true });
  let calls: Call[] = [];
  let heard: Heard[] = [];
  const described = new Map<string, Promise<Answer>>();
  const note = { call: (call: Call) => calls.push(call), heard: (one: Heard) => heard.push(one) };
  const server = createServer((incoming, outgoing) => {
    forward({ to: new URL(dynamoDb), agent, described }, incoming, outgoing, note).catch((error: unknown) => {
      console.error(error);
      outgoing.writeHead(502).end();
    });
  });
  const { port, stop } = await listen(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    reset: () => {
      calls = [];
      heard = [];
    },
    heard: () => heard,
    costOf: (accessKeyId) => sum(calls.filter((call) => call.accessKeyId === accessKeyId)),
    stop: async () => {
      await stop();
      agent.destroy();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Way {
  readonly to: URL;
  readonly agent: Agent;
  /** what DescribeTable was answered, by its question */
  readonly described: Map<string, Promise<Answer>>;
}

async function forward(
  way: Way,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  note: { readonly call: (call: Call) => void; readonly heard: (one: Heard) => void },
): Promise<void> {
  const sent = await buffer(incoming);
  const operation = operationOf(incoming) ?? '';
  const accessKeyId = /Credential=([^/]+)\//.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
  if (operation !== '') note.heard({ accessKeyId, operation, input: parse(sent) });
  const kind = kinds[operation];
  const answer = await (operation === 'DescribeTable'
    ? describe(way, incoming, sent)
    : ask(way, incoming, kind === undefined ? sent : askForCapacity(sent)));
  if (kind !== undefined) {
    const isTransaction = operation === 'TransactWriteItems' && answer.status === 200;
    const units = isTransaction ? transactionUnits(parse(sent)) : consumed(parse(answer.body));
    note.call({ accessKeyId, calls: 1, read: 0, write: 0, [kind]: units });
  }
  outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

function describe(way: Way, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const question = body.toString('utf8');
  const answer = way.described.get(question) ?? ask(way, incoming, body);
  way.described.set(question, answer);
  return answer;
}

async function ask({ to, agent }: Way, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  httpRequest(to, {
    agent,
    method: incoming.method ?? 'POST',
    path: incoming.url ?? '/',
    headers: { ...incoming.headers, 'content-length': body.length },
  })
    .on('response', resolve)
    .on('error', reject)
    .end(body);
  const answer = await promise;
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
}

function operationOf({ headers }: IncomingMessage): string | undefined {
  return /^DynamoDB_\d+\.(\w+)$/.exec(String(headers['x-amz-target']))?.[1];
}

function askForCapacity(body: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ ...parse<object>(body), ReturnConsumedCapacity: 'TOTAL' }));
}

function parse<T>(body: Buffer): T {
  return JSON.parse(body.toString('utf8'));
}

interface Units {
  readonly CapacityUnits?: number;
}

/** One table's units, or those of several; an error consumes what it does not say, which counts as nothing. */
function consumed({ ConsumedCapacity = [] }: { ConsumedCapacity?: Units | Units[] }): number {
  return [ConsumedCapacity].flat().reduce((units, one) => units + (one.CapacityUnits ?? 0), 0);
}

function sum(costs: readonly Cost[]): Cost {
  return costs.reduce(
    (all, { calls, read, write }) => ({
      calls: all.calls + calls,
      read: all.read + read,
      write: all.write + write,
    }),
    { calls: 0, read: 0, write: 0 },
  );
}
