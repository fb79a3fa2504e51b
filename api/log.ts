import { Logger } from '@aws-lambda-powertools/logger';
import { BrokerRefused, TargetRefused, Throttled } from './actions/aws-refusals.ts';
import { BoundaryRefused, Unavailable } from './actions/ports.ts';
import { InvalidCursor } from './http/cursor.ts';
import { IdentityUnavailable, Unauthenticated } from './http/identity-errors.ts';
import { Refused } from './http/respond.ts';

/**
 * What may be written into a log. An error of a package may hold anything that went through it: STS repeats its input
 * in messages, the SDK hangs whole answers on `$response`, a JSON parser quotes what it could not read. So an error is
 * logged as what it is and where it was thrown, and its words only where they are Stepladder's own.
 */

/** Their messages are fixed words of this repository. */
const own = [
  Unavailable,
  TargetRefused,
  BoundaryRefused,
  Throttled,
  BrokerRefused,
  Refused,
  Unauthenticated,
  IdentityUnavailable,
  InvalidCursor,
];
/** Causes of causes, and errors of one AggregateError, of which a line tells. */
const most = { depth: 6, errors: 10, frames: 30 } as const;

// Written by nobody but whoever named a class, an AWS error or an error of Node.js. NB. A secret access key or a token
// that stands in their place has other characters, or is longer.
const className = /^[A-Z][A-Za-z]{2,63}$/;
const nodeCode = /^E(?:RR_)?[A-Z_]{3,40}$|^UND_ERR_[A-Z_]{3,40}$/;
const awsRequestId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9A-Z]{52}$/;
/** `at name (file:///place.js:1:2)`, or without a name. */
const frame = /^\s+at (?:[\w.$<> [\]#]{1,80} \()?(?:file:\/\/|node:)?[\w./@+-]{1,200}:\d{1,7}:\d{1,7}\)?$/;

/** An error as a log may have it. */
export interface LoggedError {
  readonly name: string;
  readonly message?: string;
  readonly code?: string;
  /** of the answer that it was made from */
  readonly status?: number;
  /** AWS's, to ask AWS about */
  readonly awsRequestId?: string;
  readonly at: readonly string[];
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

/** Name, code, place and causes of whatever was thrown. NB. Of a package's error no word, and no field but these. */
export function loggedError(thrown: unknown, depth: number = most.depth): LoggedError {
  if (!(thrown instanceof Error)) return { name: `thrown ${typeof thrown}`, at: [] };
  const { cause, errors } = thrown as { cause?: unknown; errors?: unknown };
  const inner = (one: unknown) => loggedError(one, depth - 1);
  return {
    name: className.test(thrown.name) ? thrown.name : 'Error',
    ...(own.some((one) => thrown instanceof one) && { message: thrown.message }),
    ...codesOf(thrown),
    at: framesOf(thrown),
    ...(cause !== undefined && depth > 0 && { cause: inner(cause) }),
    ...(Array.isArray(errors) && depth > 0 && { errors: errors.slice(0, most.errors).map(inner) }),
  };
}

function codesOf(thrown: Error): Pick<LoggedError, 'code' | 'status' | 'awsRequestId'> {
  const { code, $metadata } = thrown as { code?: unknown; $metadata?: Record<string, unknown> | null };
  const { httpStatusCode: status, requestId } = $metadata ?? {};
  return {
    ...(typeof code === 'string' && nodeCode.test(code) && { code }),
    ...(Number.isInteger(status) && { status: Number(status) }),
    ...(typeof requestId === 'string' && awsRequestId.test(requestId) && { awsRequestId: requestId }),
  };
}

/** NB. The stack begins with the message, whose lines may look like frames. */
function framesOf({ stack, message }: Error): string[] {
  const said = new Set(String(message).split('\n'));
  return String(stack)
    .split('\n')
    .filter((line) => frame.test(line) && !said.has(line))
    .slice(0, most.frames)
    .map((line) => line.trim());
}

/** The logger of one Lambda. An error that finds its way into a line, wherever in it, is written as `loggedError`. */
export function createLogger(serviceName: string): Logger {
  return new Logger({
    serviceName,
    jsonReplacerFn: (_key, value: unknown) => (value instanceof Error ? loggedError(value) : value),
  });
}

/** What a handler throws to its runtime, after it has logged why. */
export class Logged extends Error {
  override readonly name = 'Logged';
}

/**
 * A handler, or a part of one, that logs what it throws. NB. Lambda's runtime writes a thrown error into the log too,
 * with its message and every field: so the error that goes on says nothing.
 */
export function logging<Input extends unknown[], Output>(
  logger: Logger,
  run: (...input: Input) => Promise<Output>,
): (...input: Input) => Promise<Output> {
  return async (...input) => {
    try {
      return await run(...input);
    } catch (error) {
      logger.error('failed', { error: loggedError(error) });
      throw new Logged('It failed; the line of the log before this one says why.');
    }
  };
}
