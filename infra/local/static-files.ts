import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves the built app as CloudFront and S3 do: files by name, and `index.html` for every address of the app.
 * @param directory with index.html @param headers of every answer
 * @throws Error if the app was not built
 */
export function staticFiles(directory: string, headers: Readonly<Record<string, string>>): Serve {
  if (!existsSync(join(directory, 'index.html'))) throw new Error('The app is not built: run npm run build.');
  const files = sirv(directory, {
    single: true,
    // Look at the folder for each request: the app may be built anew while it is served.
    dev: true,
    etag: true,
    ignores: ['/assets/'],
    setHeaders: (response, path) => {
      const isHashed = path.startsWith('/assets/');
      response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-store');
    },
  });
  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    files(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found');
    });
  };
}
