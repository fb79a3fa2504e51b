import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { AwsRefusal } from './aws-refusal.ts';
import type { Principal } from './aws-signature.ts';

export interface MailInput {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

export interface MailOptions {
  readonly region: string;
  readonly now: () => number;
  /** the verified sender */
  readonly sender: string;
  principal(accessKeyId: string): Principal | undefined;
  /** the names of the callers who may send */
  readonly senders: readonly string[];
}

const address = z.string().regex(/^[^\s@<>,]{1,64}@[^\s@<>,]{1,255}$/, 'is not an e-mail address');
const content = z.strictObject({ Data: z.string().min(1), Charset: z.literal('UTF-8').optional() });
const lists = { ToAddresses: z.array(address).optional() };
const sendEmail = z.strictObject({
  FromEmailAddress: address,
  Destination: z.strictObject(lists),
  Content: z.strictObject({
    Simple: z.strictObject({ Subject: content, Body: z.strictObject({ Text: content }) }),
  }),
});
const maxRecipients = 50;

/** A local SES with one verified sender: SendEmail with a plain text body (SES API v2 Reference). */
export function startSes(options: MailOptions): Promise<AwsEndpoint<MailInput>> {
  return startAwsEndpoint<MailInput>({
    service: 'ses',
    region: options.region,
    now: options.now,
    maxBodyBytes: 10 * 1024 * 1024,
    throttling: new AwsRefusal(429, 'TooManyRequestsException', 'Too many requests'),
    principal: options.principal,
    parse: (request, body) => parseMail(`${request.method} ${request.url}`, body),
    answer: (input, caller) => {
      if (!options.senders.includes(caller.name)) {
        throw new AwsRefusal(
          403,
          'AccessDeniedException',
          `User ${caller.name} is not authorized to perform ses:SendEmail on ${input.from}`,
        );
      }
      if (input.from !== options.sender) {
        throw new AwsRefusal(400, 'MessageRejected', 'Email address is not verified.');
      }
      const body = JSON.stringify({ MessageId: randomUUID() });
      return { status: 200, contentType: 'application/json', body };
    },
    refuse: ({ status, code, message }) => ({
      status,
      contentType: 'application/json',
      body: JSON.stringify({ message }),
      headers: { 'x-amzn-ErrorType': code },
    }),
  });
}

function parseMail(operation: string, body: string): MailInput {
  if (operation !== 'POST /v2/email/outbound-emails') {
    throw new AwsRefusal(404, 'UnknownOperationException', operation);
  }
  const parsed = sendEmail.safeParse(parseJson(body));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' };
    throw badRequest(`${path.join('.')} ${message}`);
  }
  const { FromEmailAddress: from, Destination, Content } = parsed.data;
  const to = Destination.ToAddresses ?? [];
  const subject = Content.Simple.Subject.Data;
  if (to.length === 0 || to.length > maxRecipients) throw badRequest('1 to 50 recipients');
  if (/[\r\n]/.test(subject)) throw badRequest('Subject contains a line break');
  return { from, to, subject, text: Content.Simple.Body.Text.Data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsRefusal(400, 'SerializationException', String(error));
  }
}

function badRequest(message: string): AwsRefusal {
  return new AwsRefusal(400, 'BadRequestException', message);
}
