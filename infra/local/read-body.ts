import type { IncomingMessage } from 'node:http';

/** The whole body, or undefined where it is longer than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= maxBytes) chunks.push(bytes);
    // NB. What is too much is read and dropped: cutting the connection would hide the answer from the client.
    else if (size > maxBytes * 4) return undefined;
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}
