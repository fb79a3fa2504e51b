import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { z } from 'zod';
import { requestId } from '../contract.ts';
import { notFound } from '../domain/denial.ts';
import { headerValues } from './header-values.ts';
import { Refused, refuse } from './respond.ts';

/** The one place where path, query, body and headers of a request are read; what comes out of it has been checked. */

/**
 * The request id of the path; '' where the route has none. @throws Refused 404: the shape of an id is nobody's business,
 * so a malformed one is answered like one that is absent
 */
export function idOf({ resource, pathParameters }: APIGatewayProxyEvent): string {
  if (!resource.includes('{id}')) return '';
  const parsed = requestId.safeParse(pathParameters?.id);
  if (parsed.success) return parsed.data;
  throw refuse(notFound().denial);
}

/** How many wrong fields are named, and how much of a name. NB. A Lambda that answers more than 6 MB has failed. */
const named = { fields: 20, length: 100 } as const;

/** @throws Refused 400 that names the fields that are wrong, the first of them where there are very many */
export function parse<T>(where: 'query' | 'body', schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) => {
    const names = issue.code === 'unrecognized_keys' ? issue.keys.map(repeatable) : [''];
    return names.map((name) => {
      const message = issue.code === 'unrecognized_keys' ? 'is not a field here' : issue.message;
      const field = [where, ...issue.path.map(String), name].filter((part) => part !== '').join('.');
      return [field.slice(0, named.length), message];
    });
  });
  throw new Refused({
    status: 400,
    code: 'invalid-input',
    detail: 'Some of what was sent cannot be accepted. Correct the fields named here and send it again.',
    evidence: Object.fromEntries(fields.slice(0, named.fields)),
  });
}

/**
 * An unknown name as an answer may repeat it: as a hint for a slip of the pen. NB. What looks like no name of a field may
 * be anything that was put into the wrong place, a token too.
 */
function repeatable(name: string): string {
  return /^\w[\w-]{0,29}$/.test(name) ? name : '(unreadable)';
}

/** @throws Refused 400 if a parameter is given twice */
export function queryOf(event: APIGatewayProxyEvent): Record<string, string> {
  const all = Object.entries(event.multiValueQueryStringParameters ?? {});
  const twice = all.find(([, values]) => values?.length !== 1);
  if (twice) {
    throw new Refused({
      status: 400,
      code: 'invalid-input',
      detail: 'A query parameter may be given only once.',
      evidence: { [`query.${repeatable(twice[0])}`]: 'given more than once' },
    });
  }
  return Object.fromEntries(all.map(([name, values]) => [name, values?.[0] ?? '']));
}

/** @throws Refused 400 or 415 if the body is no JSON, or does not say that it is */
export function bodyOf(event: APIGatewayProxyEvent): unknown {
  const mime = headerOf(event, 'Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (mime !== 'application/json') {
    throw new Refused({ status: 415, code: 'not-json', detail: 'Send the body as application/json.' });
  }
  const raw = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : event.body;
  try {
    return JSON.parse(raw ?? '');
  } catch {
    throw new Refused({ status: 400, code: 'not-json', detail: 'The body is not valid JSON.' });
  }
}

/** The value of a header that may be given once, whatever its letter case. @throws Refused 400 if it is given twice */
export function headerOf(event: APIGatewayProxyEvent, name: string): string | undefined {
  const values = headerValues(event.multiValueHeaders ?? {}, name);
  if (values.length <= 1) return values[0];
  throw new Refused({
    status: 400,
    code: 'invalid-input',
    detail: `The header ${name} may be given only once.`,
  });
}

/** @throws Refused 400 if there is a body where none belongs */
export function refuseBody({ body }: APIGatewayProxyEvent): undefined {
  if (body === null || body === undefined || body === '') return;
  throw new Refused({ status: 400, code: 'invalid-input', detail: 'This address takes no body.' });
}
