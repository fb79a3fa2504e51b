import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AwsRefusal } from './aws-refusal.ts';
import { type Principal, verifySignature } from './aws-signature.ts';
import { listen } from './listen.ts';
import { readBody } from './read-body.ts';

/**
 * throttle     the service's own throttling error
 * error        500
 * hang         no answer
 * cut          the connection is closed before anything is done
 * lose-answer  it is done, then the connection is closed
 */
export type Fault = 'throttle' | 'error' | 'hang' | 'cut' | 'lose-answer';

/** One call as the service saw it; `refusal` is the error code, if it was refused. */
export interface Call<Input> {
  readonly at: string;
  readonly caller: string;
  readonly input: Input;
  readonly refusal: string | undefined;
}

export interface AwsEndpoint<Input> {
  /** origin, for AWS_ENDPOINT_URL_... */
  readonly url: string;
  /** oldest first; faulty calls (except lose-answer) are not among them */
  readonly calls: readonly Call<Input>[];
  failNext(fault: Fault, times?: number): void;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AwsService<Input> {
  /** signing name, such as `sts` */
  readonly service: string;
  readonly region: string;
  readonly now: () => number;
  readonly maxBodyBytes: number;
  readonly throttling: AwsRefusal;
  principal(accessKeyId: string): Principal | undefined;
  parse(request: IncomingMessage, body: string): Input;
  answer(input: Input, caller: Principal, requestId: string): Answer | Promise<Answer>;
  refuse(refusal: AwsRefusal, requestId: string): Answer;
}

/** Serves one AWS service on loopback: signature, fault, act, record, answer. */
export async function startAwsEndpoint<Input>(service: AwsService<Input>): Promise<AwsEndpoint<Input>> {
  const calls: Call<Input>[] = [];
  const faults: Fault[] = [];
  const server = createServer((request, response) => {
    serve(service, calls, faults.shift(), request, response).catch((error: unknown) => {
      console.error(`The local ${service.service} endpoint failed:`, error);
      response.destroy();
    });
  });
  const { port, stop } = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    failNext: (fault, times = 1) => {
      for (let index = 0; index < times; index += 1) faults.push(fault);
    },
    stop,
  };
}

async function serve<Input>(
  service: AwsService<Input>,
  calls: Call<Input>[],
  fault: Fault | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (fault === 'hang') return;
  if (fault === 'cut') return void response.destroy();
  const requestId = randomUUID();
  const body = await readBody(request, service.maxBodyBytes);
  const refuse = (refusal: AwsRefusal) => send(service.refuse(refusal, requestId));
  const send = (answer: Answer) => {
    if (fault === 'lose-answer') return void response.destroy();
    response.writeHead(answer.status, {
      'Content-Type': answer.contentType,
      'x-amzn-RequestId': requestId,
      // NB. The SDK corrects its clock by this header, so it has to follow the clock that tests move.
      Date: new Date(service.now()).toUTCString(),
      ...answer.headers,
    });
    response.end(answer.body);
  };
  if (fault === 'throttle') return refuse(service.throttling);
  if (fault === 'error') return refuse(new AwsRefusal(500, 'InternalFailure', 'An internal error occurred.'));
  if (body === undefined) return refuse(new AwsRefusal(413, 'RequestEntityTooLarge', 'Request too large.'));
  try {
    const caller = verifySignature(request, body, service);
    const input = service.parse(request, body.toString('utf8'));
    send(await record(service, calls, input, caller, requestId));
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    refuse(error);
  }
}

async function record<Input>(
  service: AwsService<Input>,
  calls: Call<Input>[],
  input: Input,
  caller: Principal,
  requestId: string,
): Promise<Answer> {
  const call = { at: new Date(service.now()).toISOString(), caller: caller.name, input };
  try {
    const answer = await service.answer(input, caller, requestId);
    calls.push({ ...call, refusal: undefined });
    return answer;
  } catch (error) {
    calls.push({ ...call, refusal: error instanceof AwsRefusal ? error.code : 'InternalFailure' });
    throw error;
  }
}
