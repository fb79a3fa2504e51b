import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LambdaFunction } from '../../../api/env.ts';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';

let aws: AwsServices;

beforeAll(async () => {
  aws = await startAwsServices({ signinPort: 0, now: Date.now, roles: [] });
});
afterAll(() => aws.stop());

const settings = (caller: LambdaFunction) => ({
  region: aws.region,
  credentials: aws.principalOf(caller),
  maxAttempts: 1,
});

describe('Publish', () => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const input = (): PublishCommandInput => ({
    TopicArn: aws.topicArn,
    Subject: 'Review needed',
    Message: 'Élodie asks\nfor access',
    MessageAttributes: { kind: text('created'), audience: text('reviewers') },
  });
  const publish = (change: Partial<PublishCommandInput> = {}, caller: LambdaFunction = 'announce') =>
    new SNSClient({ ...settings(caller), endpoint: aws.sns.url }).send(
      new PublishCommand({ ...input(), ...change }),
    );

  it('takes a message, and keeps it to be read', async () => {
    await expect(publish()).resolves.toMatchObject({ MessageId: expect.any(String) });
    expect(aws.sns.calls.at(-1)).toMatchObject({
      caller: 'announce',
      refusal: undefined,
      input: { message: 'Élodie asks\nfor access', attributes: { kind: 'created', audience: 'reviewers' } },
    });
  });

  const attributes = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`name${n}`, text('x')]));
  const refusals: [string, string, Partial<PublishCommandInput>][] = [
    ['a subject of 100 characters', 'InvalidParameter', { Subject: 'a'.repeat(100) }],
    ['a subject that is not ASCII', 'InvalidParameter', { Subject: 'Élodie' }],
    ['a subject of two lines', 'InvalidParameter', { Subject: 'one\ntwo' }],
    ['a subject that begins with a space', 'InvalidParameter', { Subject: ' one' }],
    ['an empty message', 'InvalidParameter', { Message: '' }],
    ['a message over 256 KiB', 'InvalidParameter', { Message: 'é'.repeat(131_073) }],
    ['11 attributes', 'InvalidParameter', { MessageAttributes: attributes(11) }],
    ['an attribute name with a space', 'InvalidParameter', { MessageAttributes: { 'a b': text('x') } }],
    ['a reserved attribute name', 'InvalidParameter', { MessageAttributes: { 'AWS.kind': text('x') } }],
    ['an empty attribute', 'ParameterValueInvalid', { MessageAttributes: { kind: text('') } }],
    ['another topic', 'NotFound', { TopicArn: 'arn:aws:sns:us-east-1:123456789012:elsewhere' }],
  ];
  it.each(refusals)('refuses %s with %s', async (_what, code, change) => {
    await expect(publish(change)).rejects.toMatchObject({ Code: code });
  });

  it.each([
    ['no JSON', 'Review needed'],
    ['another version', JSON.stringify({ version: '0', source: 'custom', content: { description: 'x' } })],
    ['an unknown field', JSON.stringify({ version: '1.0', source: 'custom', content: {}, text: 'x' })],
  ])('refuses for the chat what Amazon Q Developer would drop: %s', async (_what, Message) => {
    await expect(publish({ TopicArn: aws.chatTopicArn, Message })).rejects.toMatchObject({
      Code: 'InvalidParameter',
    });
    expect(aws.sns.chatCalls.at(-1)).toMatchObject({ refusal: 'InvalidParameter' });
  });

  it('is not for the sessions Lambda', async () => {
    await expect(publish({}, 'sessions')).rejects.toMatchObject({ Code: 'AuthorizationError' });
  });
});

describe('SendEmail', () => {
  const simple = (subject: string, text: string) => ({
    Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } },
  });
  const input = (): SendEmailCommandInput => ({
    FromEmailAddress: aws.sender,
    Destination: { ToAddresses: ['erin@example.com'] },
    Content: simple('Approved', 'The window is open now.'),
  });
  const mail = (change: Partial<SendEmailCommandInput> = {}, caller: LambdaFunction = 'announce') =>
    new SESv2Client({ ...settings(caller), endpoint: aws.ses.url }).send(
      new SendEmailCommand({ ...input(), ...change }),
    );

  it('takes a mail, and keeps it to be read', async () => {
    await expect(mail()).resolves.toMatchObject({ MessageId: expect.any(String) });
    expect(aws.ses.calls.at(-1)).toMatchObject({
      caller: 'announce',
      input: {
        from: aws.sender,
        to: ['erin@example.com'],
        subject: 'Approved',
        text: 'The window is open now.',
      },
    });
  });

  const refusals: [string, string, Partial<SendEmailCommandInput>][] = [
    ['a sender that is not verified', 'MessageRejected', { FromEmailAddress: 'other@example.com' }],
    ['no recipient', 'BadRequestException', { Destination: { ToAddresses: [] } }],
    [
      '51 recipients',
      'BadRequestException',
      { Destination: { ToAddresses: Array(51).fill('a@example.com') } },
    ],
    [
      'two addresses in one',
      'BadRequestException',
      { Destination: { ToAddresses: ['a@b.example,c@d.example'] } },
    ],
    [
      'a subject of two lines',
      'BadRequestException',
      { Content: simple('one\r\nBcc: x@example.com', 'text') },
    ],
    ['an empty subject', 'BadRequestException', { Content: simple('', 'text') }],
  ];
  it.each(refusals)('refuses %s with %s', async (_what, name, change) => {
    await expect(mail(change)).rejects.toMatchObject({ name });
  });

  it('is not for the requests Lambda', async () => {
    await expect(mail({}, 'requests')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('throttles as SES does', async () => {
    aws.ses.failNext('throttle');
    await expect(mail()).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  });
});
