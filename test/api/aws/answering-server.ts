import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export type Answering = Answer | 'cut' | 'hang';

/** A server on loopback that answers exactly what the test says, right or wrong, and remembers what it was asked. */
export async function startAnsweringServer() {
  const asked: Asked[] = [];
  const state: { answer: Answering | ((asked: Asked) => Answering) } = { answer: { status: 200, body: '' } };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const now: Asked = {
      method: request.method ?? '',
      url: request.url ?? '',
      body: Buffer.concat(parts).toString('utf8'),
      headers: request.headers,
    };
    asked.push(now);
    const answer = typeof state.answer === 'function' ? state.answer(now) : state.answer;
    if (answer === 'hang') return;
    if (answer === 'cut') return void response.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    state,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
