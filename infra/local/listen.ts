import { once } from 'node:events';
import type { Server } from 'node:http';

export interface Listening {
  readonly port: number;
  /** Stops at once: open connections are cut. */
  stop(): Promise<void>;
}

/**
 * Listens on loopback only.
 * @param port 0: any free one
 * @throws Error with one line that says what to do, where the port is in use
 */
export async function listen(server: Server, port: number): Promise<Listening> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(
      `Port ${port} is in use. Stop whatever uses it, or choose another: npm start -- --port=${port + 100}`,
    );
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { port: address.port, stop: () => stop(server) };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
