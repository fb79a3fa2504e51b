import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as open,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { listen } from '../../infra/local/listen.ts';
import { readBody } from '../../infra/local/read-body.ts';

/**
 * A proxy between the product's own clients and what they call, that breaks the calls it is told to. It is written here
 * because what it has to break, one call with all its retries, is named in a header of AWS's SDKs
 * (`amz-sdk-invocation-id`).
 * NB. The Host stays the client's: it is part of what Signature Version 4 signs, so the far end can verify it.
 */

/**
 * Before it is forwarded, so that nothing is done:
 *   cut          the connection is closed
 *   error        500
 *   busy         503
 *   throttle     the service's own throttling error
 * After it was forwarded, so that it is done:
 *   lose-answer  the connection is closed before the answer
 *   cut-answer   in the middle of the answer's body
 *   late         the answer comes only after the client has given up
 *   stall        half of the answer comes, and then nothing
 *   repeat       it is forwarded twice, as by a network that lost its memory; the second answer counts
 * For everything:
 *   outage       from this call on, every connection is reset, until `heal`
 */
export const faults = [
  'cut',
  'error',
  'busy',
  'throttle',
  'lose-answer',
  'cut-answer',
  'late',
  'stall',
  'repeat',
  'outage',
] as const;
export type Fault = (typeof faults)[number];

/** One call of a client, with all its retries. */
export interface ProxiedCall {
  /** `dynamodb GetItem`, `sts AssumeRole`, `issuer /keys` */
  readonly name: string;
  attempts: number;
  /** how often it reached the far end */
  forwarded: number;
  /** everything that was answered, or would have been */
  readonly answers: string[];
}

export interface Breakage {
  readonly fault: Fault;
  /** place of the call among all, from 0; undefined: every call */
  readonly at: number | undefined;
  /** only its first attempt, or all of them */
  readonly attempts: 'first' | 'all';
}

export interface FaultProxy {
  /** origin */
  readonly url: string;
  /** in the order of their first attempts, since the start or the last `heal` */
  readonly calls: readonly ProxiedCall[];
  break(breakage: Breakage): void;
  /** From now on everything is forwarded, and calls are counted anew. */
  heal(): void;
  stop(): Promise<void>;
}

/** Origins. DynamoDB, STS, IAM, SNS, SES and EventBridge are known by what was signed, the rest by its path. */
export interface Upstreams {
  readonly dynamodb: string;
  readonly sts: string;
  readonly iam: string;
  readonly sns: string;
  readonly ses: string;
  readonly events: string;
  readonly signin: string;
  readonly issuer: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export async function startFaultProxy(upstreams: Upstreams): Promise<FaultProxy> {
  const calls: ProxiedCall[] = [];
  const byId = new Map<string, ProxiedCall>();
  const state: { breakage: Breakage | undefined; out: boolean } = { breakage: undefined, out: false };

  const faultOf = (call: ProxiedCall): Fault | undefined => {
    const { breakage } = state;
    if (breakage === undefined) return undefined;
    const hit = breakage.at === undefined || calls.indexOf(call) === breakage.at;
    return hit && (breakage.attempts === 'all' || call.attempts === 1) ? breakage.fault : undefined;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await readBody(request, 1024 * 1024)) ?? Buffer.alloc(0);
    const service = serviceOf(request);
    const id = String(request.headers['amz-sdk-invocation-id'] ?? randomUUID());
    let call = byId.get(id);
    if (call === undefined) {
      call = { name: `${service} ${operationOf(request, body)}`, attempts: 0, forwarded: 0, answers: [] };
      byId.set(id, call);
      calls.push(call);
    }
    call.attempts += 1;
    const fault = faultOf(call);
    if (fault === 'outage') state.out = true;
    if (state.out || fault === 'cut') return void request.socket.resetAndDestroy();
    const refused = fault && refusals[fault];
    if (refused !== undefined) return send(response, refused(service));
    const forward = async (counted: ProxiedCall) => {
      counted.forwarded += 1;
      const answer = await ask(`${upstreams[service]}${request.url}`, request, body);
      counted.answers.push(answer.body.toString('utf8'));
      return answer;
    };
    if (fault === 'repeat') await forward(call);
    const answer = await forward(call);
    if (fault === undefined || fault === 'repeat') send(response, answer);
    else spoil(response, answer, fault);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.on('connection', (socket: Socket) => {
    if (state.out) socket.resetAndDestroy();
  });
  const { port, stop } = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    break: (breakage) => {
      state.breakage = breakage;
    },
    heal: () => {
      state.breakage = undefined;
      state.out = false;
      calls.length = 0;
      byId.clear();
    },
    stop,
  };
}

/** Of an answer to something that was done, the client gets nothing, or not enough. */
function spoil(response: ServerResponse, answer: Answer, fault: Fault): void {
  if (fault === 'lose-answer') return void cut(response);
  // The client ends the connection when it has waited long enough, and the test when it has not.
  if (fault === 'late') return;
  // An empty body has no middle: then it is one byte that does not come.
  const length = Math.max(1, answer.body.byteLength);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(length) });
  const half = answer.body.subarray(0, Math.floor(answer.body.byteLength / 2));
  if (half.byteLength === 0) response.flushHeaders();
  else response.write(half);
  if (fault === 'cut-answer') setImmediate(() => cut(response));
}

function cut(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': String(body.byteLength) }).end(body);
}

/** NB. By node:http and not by fetch, which does not let anybody set a Host. */
function ask(url: string, { method, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = open(url, { method, headers: headersOf(headers) }, async (response) => {
    try {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      const status = response.statusCode ?? 500;
      resolve({ status, headers: headersOf(response.headers), body: Buffer.concat(parts) });
    } catch (error) {
      reject(error);
    }
  });
  sent.on('error', reject).end(body);
  return promise;
}

const hops = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect']);

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !hops.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

const signedServices = ['dynamodb', 'sts', 'iam', 'sns', 'ses', 'events'] as const;

/** Signature Version 4 names the service in the credential's scope. */
function serviceOf(request: IncomingMessage): keyof Upstreams {
  const [, signed] =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  const known = signedServices.find((name) => name === signed);
  if (known !== undefined) return known;
  return request.url?.startsWith('/federation') ? 'signin' : 'issuer';
}

function operationOf(request: IncomingMessage, body: Buffer): string {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1);
  const type = request.headers['content-type'] ?? '';
  if (request.url === '/v2/email/outbound-emails') return 'SendEmail';
  const action = type.includes('form') ? new URLSearchParams(body.toString('utf8')).get('Action') : null;
  return action ?? request.url ?? '';
}

const refusals: Partial<Record<Fault, (service: keyof Upstreams) => Answer>> = {
  error: () => answerOf(500, 'text/plain', 'Internal server error'),
  busy: () => answerOf(503, 'text/plain', 'Service unavailable'),
  throttle: (service) => {
    if (service === 'dynamodb' || service === 'events') {
      const type = { dynamodb: 'com.amazonaws.dynamodb.v20120810#', events: '' }[service];
      return answerOf(
        400,
        `application/x-amz-json-1.${service === 'dynamodb' ? 0 : 1}`,
        JSON.stringify({ __type: `${type}ThrottlingException`, message: 'Too fast' }),
      );
    }
    const error = '<Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>';
    if (service === 'sts' || service === 'iam' || service === 'sns')
      return answerOf(400, 'text/xml', `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`);
    return answerOf(429, 'application/json', '{"message":"Too many requests"}');
  },
};

function answerOf(status: number, type: string, text: string): Answer {
  return { status, headers: { 'content-type': type }, body: Buffer.from(text) };
}
