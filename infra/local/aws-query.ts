import type { Answer } from './aws-endpoint.ts';
import { AwsRefusal, invalid } from './aws-refusal.ts';
import { escapeHtml } from './html.ts';

/** The AWS Query protocol: a form as input, XML as output (Smithy, "AWS query protocol"). */

export type QueryInput = ReadonlyMap<string, string>;

export function parseQuery(contentType: string | undefined, body: string): QueryInput {
  if (contentType?.split(';')[0] !== 'application/x-www-form-urlencoded') {
    throw new AwsRefusal(400, 'InvalidParameterCombination', 'The body must be a form.');
  }
  const input = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (input.has(name)) throw new AwsRefusal(400, 'MalformedInput', `Duplicate parameter ${name}.`);
    input.set(name, value);
  }
  return input;
}

/**
 * A list such as `Tags.member.1.Key`, `Tags.member.1.Value`, `Tags.member.2.Key`: one record per number, in order.
 * @param list `Tags.member`
 */
export function listOf(input: QueryInput, list: string): Record<string, string>[] {
  const items: Record<string, string>[] = [];
  for (const [name, value] of input) {
    if (!name.startsWith(`${list}.`)) continue;
    const [number = '', ...rest] = name.slice(list.length + 1).split('.');
    if (!/^[1-9]\d*$/.test(number)) throw invalid(`${name} is not a member of a list`);
    const index = Number(number) - 1;
    if (index > 1000) throw invalid(`${list} has too many members`);
    items[index] = { ...items[index], [rest.join('.')]: value };
  }
  if (items.includes(undefined as never)) throw invalid(`${list} has a gap`);
  return items;
}

/** Output fields; a nested object becomes a nested element, a list one element with its members. */
export type QueryOutput = { readonly [name: string]: string | number | QueryOutput | readonly QueryOutput[] };

export function queryAnswer(
  namespace: string,
  action: string,
  output: QueryOutput,
  requestId: string,
): Answer {
  const result = `<${action}Result>${elements(output)}</${action}Result>`;
  const metadata = elements({ ResponseMetadata: { RequestId: requestId } });
  return xml(200, `<${action}Response xmlns="${namespace}">${result}${metadata}</${action}Response>`);
}

export function queryError(namespace: string, refusal: AwsRefusal, requestId: string): Answer {
  const fault = {
    Type: refusal.status < 500 ? 'Sender' : 'Receiver',
    Code: refusal.code,
    Message: refusal.message,
  };
  const content = elements({ Error: fault, RequestId: requestId });
  return xml(refusal.status, `<ErrorResponse xmlns="${namespace}">${content}</ErrorResponse>`);
}

function elements(output: QueryOutput): string {
  return Object.entries(output)
    .map(([name, value]) => {
      if (isList(value)) return `<${name}>${value.map((member) => elements({ member })).join('')}</${name}>`;
      const content = typeof value === 'object' ? elements(value) : escapeHtml(String(value));
      return `<${name}>${content}</${name}>`;
    })
    .join('');
}

function isList(value: QueryOutput[string]): value is readonly QueryOutput[] {
  return Array.isArray(value);
}

function xml(status: number, body: string): Answer {
  return { status, contentType: 'text/xml', body };
}
