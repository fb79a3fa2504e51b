import { randomUUID } from 'node:crypto';
import type { LocalAccess } from '../doctor/local-access.ts';
import { type Answer, type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { AwsRefusal } from './aws-refusal.ts';
import { newPrincipal } from './aws-services.ts';
import { type Lambda, LambdaFailed, LambdaTimedOut } from './lambda-host.ts';

export interface LambdaApi extends AwsEndpoint<unknown> {
  /** how the one operator gets in */
  readonly access: LocalAccess;
}

export interface LambdaApiOptions {
  readonly region: string;
  readonly now: () => number;
  /** the one function that may be invoked */
  readonly lambda: Lambda;
}

/** A local Lambda API: Invoke, of one function, by one operator, and waiting for the answer. */
export async function startLambdaApi({ region, now, lambda }: LambdaApiOptions): Promise<LambdaApi> {
  const operator = newPrincipal('operator');
  const endpoint = await startAwsEndpoint<unknown>({
    service: 'lambda',
    region,
    now,
    maxBodyBytes: 6 * 1024 * 1024,
    throttling: new AwsRefusal(429, 'TooManyRequestsException', 'Rate Exceeded.'),
    principal: (accessKeyId) => (accessKeyId === operator.accessKeyId ? operator : undefined),
    parse: (request, body) => {
      checkRequest(request.method, request.url, request.headers['x-amz-invocation-type'], lambda.name);
      return parsePayload(body);
    },
    answer: (event) => invoke(lambda, event),
    refuse: ({ status, code, message }, requestId) => ({
      ...json(status, { Type: status < 500 ? 'User' : 'Service', Message: message, requestId }),
      headers: { 'x-amzn-errortype': code },
    }),
  });
  const { accessKeyId, secretAccessKey, sessionToken } = operator;
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  return { ...endpoint, access: { endpoint: endpoint.url, region, functionName: lambda.name, credentials } };
}

/** Lambda API Reference, Invoke. */
function checkRequest(
  method: string | undefined,
  url: string | undefined,
  type: string | string[] | undefined,
  name: string,
): void {
  const [, asked] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/.exec(url ?? '') ?? [];
  if (method !== 'POST' || asked === undefined) {
    throw new AwsRefusal(404, 'UnknownOperationException', 'There is no such operation here.');
  }
  if (asked !== name) {
    throw new AwsRefusal(404, 'ResourceNotFoundException', `Function not found: ${asked}`);
  }
  if ((type ?? 'RequestResponse') !== 'RequestResponse') {
    throw new AwsRefusal(400, 'InvalidParameterValueException', 'Only RequestResponse is known here.');
  }
}

function parsePayload(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    throw new AwsRefusal(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
}

/** NB. A function that fails is a 200 with a header, as with AWS. */
async function invoke(lambda: Lambda, event: unknown): Promise<Answer> {
  try {
    return json(200, (await lambda.invoke(event)) ?? null);
  } catch (error) {
    if (!(error instanceof LambdaFailed || error instanceof LambdaTimedOut)) throw error;
    const failed = json(200, { errorType: error.name, errorMessage: 'It failed.', requestId: randomUUID() });
    return { ...failed, headers: { 'x-amz-function-error': 'Unhandled' } };
  }
}

function json(status: number, body: unknown): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
