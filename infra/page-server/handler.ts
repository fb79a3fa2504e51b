import { readFileSync } from 'node:fs';
import type { ALBEvent, ALBResult } from 'aws-lambda';

/**
 * Answers the load balancer with the app's files, as CloudFront and S3 do elsewhere. NB. It is shipped as it stands, with
 * its types taken out (`package.ts`): so it imports nothing but what Node has.
 */

/** What stands beside it, by address. */
export interface ServedFile {
  /** media type */
  readonly type: string;
  /** its name, seen from this module */
  readonly name: string;
  /** the same, compressed with Brotli; null where that is not smaller */
  readonly compressed: string | null;
}

interface Settings {
  /** of every answer */
  readonly headers: Readonly<Record<string, string>>;
  /** `/config.json`: the same build serves every environment */
  readonly config: string;
}

type Request = Pick<ALBEvent, 'httpMethod' | 'path' | 'headers'>;

/** @param folder of the files, and of `files.json`, which lists them */
export function servePages(folder: URL, { headers, config }: Settings) {
  const files: Readonly<Record<string, ServedFile>> = JSON.parse(
    readFileSync(new URL('files.json', folder), 'utf8'),
  );
  const listed = new Map(Object.entries(files));
  const read = new Map<string, string>();
  const contentOf = (name: string) => {
    const content = read.get(name) ?? readFileSync(new URL(name, folder)).toString('base64');
    read.set(name, content);
    return content;
  };
  const answer = (
    statusCode: number,
    more: Record<string, string>,
    body: string,
    isBase64Encoded = false,
  ) => ({
    statusCode,
    headers: { ...headers, ...more },
    body,
    isBase64Encoded,
  });
  const plain = { 'Content-Type': 'text/plain; charset=utf-8' };
  return ({ httpMethod, path, headers: asked }: Request): ALBResult => {
    if (httpMethod !== 'GET' && httpMethod !== 'HEAD') {
      return answer(405, { ...plain, Allow: 'GET, HEAD' }, 'Only GET and HEAD');
    }
    const hasBody = httpMethod === 'GET';
    if (path === '/config.json') {
      return answer(200, { 'Content-Type': 'application/json' }, hasBody ? config : '');
    }
    const file = listed.get(isFile(path) ? path : '/index.html');
    if (file === undefined) return answer(404, plain, hasBody ? 'Not found' : '');
    const compressed = takesBrotli(asked?.['accept-encoding'] ?? '') ? file.compressed : null;
    const more = {
      'Content-Type': file.type,
      Vary: 'Accept-Encoding',
      ...(compressed !== null && { 'Content-Encoding': 'br' }),
      // Their names carry a hash of what is in them.
      ...(path.startsWith('/assets/') && { 'Cache-Control': 'public, max-age=31536000, immutable' }),
    };
    return answer(200, more, hasBody ? contentOf(compressed ?? file.name) : '', hasBody);
  };
}

/** Every address of the app is its one page; what has an ending, or stands below `/assets/`, is a file. */
function isFile(path: string): boolean {
  return path.startsWith('/assets/') || path.slice(path.lastIndexOf('/')).includes('.');
}

/** RFC 9110, section 12.5.3. NB. `*` and what nobody sends is left out: the file as it is, is never wrong. */
function takesBrotli(accepted: string): boolean {
  return accepted.split(',').some((one) => {
    const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    return name === 'br' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
