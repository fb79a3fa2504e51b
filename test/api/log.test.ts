import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TargetRefused } from '../../api/actions/aws-refusals.ts';
import { Unavailable } from '../../api/actions/ports.ts';
import { Unauthenticated } from '../../api/http/identity-errors.ts';
import { createLogger, Logged, loggedError, logging } from '../../api/log.ts';
import { captureLog } from './http/calls.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
let log: () => string;
const lines = () =>
  log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** As the AWS SDK makes them: everything of the answer hangs on it. */
function sdkError(name = 'ValidationError') {
  return Object.assign(new Error(`1 validation error detected: Value '${secret}' is wrong`), {
    name,
    $fault: 'client',
    $metadata: { httpStatusCode: 400, requestId: '8e5f7c1a-0000-4000-8000-1234567890ab', extra: secret },
    $response: { body: secret },
    Error: { Message: secret },
  });
}

describe('an error in the log', () => {
  test('keeps name, code, status, request id and place of what a package threw, and no word of it', () => {
    const logged = loggedError(sdkError());
    expect(logged).toEqual({
      name: 'ValidationError',
      status: 400,
      awsRequestId: '8e5f7c1a-0000-4000-8000-1234567890ab',
      at: expect.arrayContaining([expect.stringMatching(/^at sdkError \(.*log\.test\.ts:\d+:\d+\)$/)]),
    });
    expect(loggedError(Object.assign(new Error(secret), { code: 'ECONNREFUSED' })).code).toBe('ECONNREFUSED');
    expect(loggedError(Object.assign(new Error(secret), { code: 'UND_ERR_SOCKET' })).code).toBe(
      'UND_ERR_SOCKET',
    );
  });
  test('keeps the words of Stepladder itself, with the causes behind them', () => {
    const thrown = new Unavailable('STS failed', { cause: new Error(secret, { cause: sdkError() }) });
    expect(loggedError(thrown)).toMatchObject({
      name: 'Unavailable',
      message: 'STS failed',
      cause: { name: 'Error', cause: { name: 'ValidationError', status: 400 } },
    });
    expect(loggedError(new Unauthenticated('token-expired', 'x')).message).toMatch(/^Your sign-in/);
    const target = { account: '111122223333', role: 'Admin' };
    expect(
      loggedError(new TargetRefused(target, 'access-denied', { cause: sdkError('AccessDenied') })).cause
        ?.name,
    ).toBe('AccessDenied');
  });
  test('tells of each of several errors', () => {
    const several = new AggregateError([new Unavailable('reading failed'), sdkError(), secret], secret);
    expect(loggedError(several)).toMatchObject({
      name: 'AggregateError',
      errors: [{ message: 'reading failed' }, { name: 'ValidationError' }, { name: 'thrown string' }],
    });
  });

  const looping = new Error(secret);
  looping.cause = looping;
  const named = Object.assign(new Error(''), { name: secret, code: secret });
  const framed = new Error(`first\n    at ${secret} (file:///a.js:1:1)\n    at ${secret}:1:1`);
  const laterSaid = new Error(`x\n    at eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(300)} (file:///a.js:1:1)`);
  laterSaid.message = 'another';
  test.each([
    ['in a message', new Error(secret)],
    ['in a field', Object.assign(new Error('x'), { token: secret, inner: { secret } })],
    ['in a cause that is no error', new Error('x', { cause: { Session: secret } })],
    ['in a cause that is a text', new Unavailable('x', { cause: secret })],
    ['in a name or a code', named],
    ['in a message that looks like a stack', framed],
    ['in the stack, of a message that was changed afterwards', laterSaid],
    ['in an error that is its own cause', looping],
    ['in an error that writes itself as JSON', Object.assign(new Error('x'), { toJSON: () => secret })],
    ['as what was thrown', secret],
    ['in an object that was thrown', { secret }],
    [
      'in metadata',
      Object.assign(new Error('x'), { $metadata: { requestId: secret, httpStatusCode: secret } }),
    ],
    ['without metadata', Object.assign(new Error(secret), { $metadata: null })],
  ])('has no secret that stands %s', (_where, thrown) => {
    const text = JSON.stringify(loggedError(thrown));
    expect(text).not.toContain(secret);
    expect(text).not.toContain('eyJ');
  });
  test('is cut where there is no end of it', () => {
    const many = Array.from({ length: 50 }, () => new Error('x'));
    expect(loggedError(new AggregateError(many)).errors).toHaveLength(10);
    let deep = new Error('x');
    for (let depth = 0; depth < 50; depth += 1) deep = new Error('x', { cause: deep });
    expect(JSON.stringify(loggedError(deep)).match(/"cause"/g)).toHaveLength(6);
  });
});

describe('the logger', () => {
  test('writes an error that way wherever it stands in a line', () => {
    const logger = createLogger('test');
    logger.error('failed', { error: sdkError(), deep: { list: [sdkError()] } });
    logger.error('failed', sdkError());
    expect(log()).not.toContain(secret);
    expect(lines()).toMatchObject([
      { service: 'test', error: { name: 'ValidationError' }, deep: { list: [{ name: 'ValidationError' }] } },
      { error: { name: 'ValidationError', status: 400 } },
    ]);
  });
});

describe('a handler that logs what it throws', () => {
  test('answers what it answers', async () => {
    const handler = logging(createLogger('test'), async (one: number) => one + 1);
    expect(await handler(1)).toBe(2);
    expect(log()).toBe('');
  });
  test('logs the failure once, and gives its runtime nothing that it could write', async () => {
    const handler = logging(createLogger('test'), async () => {
      throw Object.assign(new AggregateError([sdkError()], secret), { secret });
    });
    const thrown = await handler().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Logged);
    expect(Object.getOwnPropertyNames(thrown).sort()).toEqual(['message', 'name', 'stack']);
    expect(`${(thrown as Error).stack}${log()}`).not.toContain(secret);
    expect(lines()).toMatchObject([
      { level: 'ERROR', message: 'failed', error: { errors: [{ name: 'ValidationError' }] } },
    ]);
  });
});
