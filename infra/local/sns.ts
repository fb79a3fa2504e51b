import { randomUUID } from 'node:crypto';
import { type AwsEndpoint, type Call, startAwsEndpoint } from './aws-endpoint.ts';
import { listOf, parseQuery, type QueryInput, queryAnswer, queryError } from './aws-query.ts';
import { AwsRefusal } from './aws-refusal.ts';
import type { Principal } from './aws-signature.ts';
import { parseNotification } from './chat-notification.ts';

export interface PublishInput {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TopicOptions {
  readonly region: string;
  readonly now: () => number;
  readonly topicArn: string;
  /** the topic that Amazon Q Developer reads */
  readonly chatTopicArn: string;
  principal(accessKeyId: string): Principal | undefined;
  /** the names of the callers who may publish */
  readonly publishers: readonly string[];
}

export interface Sns extends AwsEndpoint<PublishInput> {
  /** of the topic of the chat; `calls` are those of the other one */
  readonly chatCalls: readonly Call<PublishInput>[];
}

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';
const maxMessageBytes = 256 * 1024;
const known = /^(Action|Version|TopicArn|Subject|Message|MessageAttributes\.entry\..+)$/;

/** A local SNS with two topics: Publish (SNS API Reference). */
export async function startSns(options: TopicOptions): Promise<Sns> {
  const { topicArn, chatTopicArn } = options;
  const endpoint = await startAwsEndpoint<PublishInput>({
    service: 'sns',
    region: options.region,
    now: options.now,
    maxBodyBytes: 4 * maxMessageBytes,
    throttling: new AwsRefusal(400, 'Throttling', 'Rate exceeded'),
    principal: options.principal,
    parse: (request, body) => parsePublish(parseQuery(request.headers['content-type'], body)),
    answer: (input, caller, requestId) => {
      if (!options.publishers.includes(caller.name)) {
        throw new AwsRefusal(
          403,
          'AuthorizationError',
          `User: ${caller.name} is not authorized to perform: SNS:Publish on resource: ${input.topicArn}`,
        );
      }
      if (input.topicArn !== topicArn && input.topicArn !== chatTopicArn) {
        throw new AwsRefusal(404, 'NotFound', 'Topic does not exist');
      }
      if (input.topicArn === chatTopicArn && parseNotification(input.message) === undefined) {
        throw refused('Message: Amazon Q Developer would drop it');
      }
      return queryAnswer(namespace, 'Publish', { MessageId: randomUUID() }, requestId);
    },
    refuse: (refusal, requestId) => queryError(namespace, refusal, requestId),
  });
  const isChat = ({ input }: Call<PublishInput>) => input.topicArn === chatTopicArn;
  return {
    url: endpoint.url,
    failNext: endpoint.failNext,
    stop: endpoint.stop,
    get calls() {
      return endpoint.calls.filter((call) => !isChat(call));
    },
    get chatCalls() {
      return endpoint.calls.filter(isChat);
    },
  };
}

function parsePublish(input: QueryInput): PublishInput {
  if (input.get('Action') !== 'Publish' || input.get('Version') !== '2010-03-31') {
    throw new AwsRefusal(400, 'InvalidAction', `Could not find operation ${input.get('Action')}`);
  }
  for (const name of input.keys()) if (!known.test(name)) throw refused(`${name} is not a parameter here`);
  const topicArn = input.get('TopicArn') ?? '';
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(topicArn)) throw refused('TopicArn');
  const subject = input.get('Subject');
  // ASCII, begins with a letter, number or punctuation mark, no line breaks or control characters, under 100 characters.
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject)) throw refused('Subject');
  const message = input.get('Message') ?? '';
  if (message === '') throw refused('Empty message');
  if (Buffer.byteLength(message) > maxMessageBytes) throw refused('Message too long');
  return { topicArn, subject: subject ?? '', message, attributes: parseAttributes(input) };
}

/** SNS Developer Guide, "Message attributes". */
function parseAttributes(input: QueryInput): Record<string, string> {
  const attributes: Record<string, string> = {};
  const list = listOf(input, 'MessageAttributes.entry');
  // A filter policy sees any number; a delivery to SQS in raw form takes ten.
  if (list.length > 10) throw refused('at most 10 message attributes');
  for (const entry of list) {
    const {
      Name: name = '',
      'Value.DataType': type = '',
      'Value.StringValue': value = '',
      ...others
    } = entry;
    const nameFits = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name) && name.length <= 256;
    if (!nameFits || /^(aws|amazon)\./i.test(name) || name in attributes)
      throw refused(`attribute name ${name}`);
    if (type !== 'String' && !(type === 'String.Array' && isArray(value)))
      throw refused(`The message attribute '${name}' has an invalid type`);
    if (value === '' || Object.keys(others).length > 0) {
      throw refused(`The message attribute '${name}' must contain a non-empty value of type String`, true);
    }
    attributes[name] = value;
  }
  return attributes;
}

/** Of strings, as this product sends them; SNS takes numbers, booleans and null too. */
function isArray(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) && parsed.every((one) => typeof one === 'string');
  } catch {
    return false;
  }
}

function refused(reason: string, attribute = false): AwsRefusal {
  const code = attribute ? 'ParameterValueInvalid' : 'InvalidParameter';
  return new AwsRefusal(400, code, `Invalid parameter: ${reason}`);
}
