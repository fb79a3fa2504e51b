import { afterEach, describe, expect, it } from 'vitest';
import { hostLambda, type Lambda, type LambdaOptions } from '../../../infra/local/lambda-host.ts';

const started: Lambda[] = [];
afterEach(() => Promise.all(started.splice(0).map((lambda) => lambda.stop())));

function host(options: Partial<LambdaOptions> = {}): Lambda {
  const module = new URL('./probe-handler.ts', import.meta.url);
  const lambda = hostLambda({ name: 'probe', module, env: {}, onLog: () => {}, ...options });
  started.push(lambda);
  return lambda;
}

describe('the environment of a Lambda', () => {
  it('is what it was given, and nothing of the process around it', async () => {
    const env = { TABLE_NAME: 'a-table', AWS_REGION: 'us-east-1' };
    expect(process.env.PATH).toBeDefined();
    expect(await host({ env }).invoke({ ask: 'environment' })).toEqual(env);
  });

  it('is not shared with another Lambda', async () => {
    const [one, two] = [host({ env: { A: '1' } }), host({ env: { B: '2' } })];
    expect(await one.invoke({ ask: 'environment' })).toEqual({ A: '1' });
    expect(await two.invoke({ ask: 'environment' })).toEqual({ B: '2' });
  });
});

describe('an invocation', () => {
  it('has the context that Lambda gives', async () => {
    const context = await host({ timeoutMs: 5000 }).invoke({ ask: 'context' });
    expect(context).toMatchObject({ name: 'probe', id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect((context as { remaining: number }).remaining).toBeLessThanOrEqual(5000);
  });

  it('fails where the handler throws, and the Lambda lives on', async () => {
    const lambda = host();
    await expect(lambda.invoke({ ask: 'throw' })).rejects.toMatchObject({ name: 'LambdaFailed' });
    await expect(lambda.invoke({ ask: 'date' })).resolves.toEqual(expect.any(Number));
  });

  it('is given up after its time', async () => {
    const lambda = host({ timeoutMs: 500 });
    await lambda.warm();
    await expect(lambda.invoke({ ask: 'hang' })).rejects.toMatchObject({ name: 'LambdaTimedOut' });
  });

  it('fails where the thread dies, and the next one finds a new thread', async () => {
    const lambda = host();
    await expect(lambda.invoke({ ask: 'die' })).rejects.toMatchObject({ name: 'LambdaFailed' });
    await expect(lambda.invoke({ ask: 'date' })).resolves.toEqual(expect.any(Number));
  });
});

describe('a Lambda', () => {
  it('that does not load says so', async () => {
    const lines: string[] = [];
    const module = new URL('./no-such-handler.ts', import.meta.url);
    const lambda = host({ module, onLog: (line) => lines.push(line) });
    await expect(lambda.warm()).rejects.toMatchObject({ name: 'LambdaFailed' });
    expect(lines.join('\n')).toContain('no-such-handler.ts');
  });

  it('has its lines read by whoever hosts it', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    await host({ onLog: resolve }).invoke({ ask: 'log' });
    expect(await promise).toBe('a line of the handler');
  });

  it('goes by the clock of the test', async () => {
    const clockOffset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
    const module = new URL('../../support/shifted-clock.ts', import.meta.url);
    const lambda = host({ preload: { module, data: { clockOffset } } });
    await lambda.warm();
    new Float64Array(clockOffset)[0] = 3_600_000;
    expect(await lambda.invoke({ ask: 'date' })).toBeGreaterThan(Date.now() + 3_500_000);
  });
});
