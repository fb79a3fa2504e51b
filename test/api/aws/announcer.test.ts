import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../api/actions/ports.ts';
import { announcer } from '../../../api/aws/announcer.ts';
import { renderChat } from '../../../api/domain/chat.ts';
import { create } from '../../../api/domain/creation.ts';
import type { Message } from '../../../api/domain/message.ts';
import { ada, allowed, alone, askFor, policy, production, stoppedWorld } from '../people.ts';
import { startAnsweringServer } from './answering-server.ts';

type Server = Awaited<ReturnType<typeof startAnsweringServer>>;
let sns: Server;
let ses: Server;
let bus: Server;
const topicArn = 'arn:aws:sns:us-east-1:123456789012:reviewers';
const sender = 'stepladder@example.com';
const chatTopicArn = 'arn:aws:sns:us-east-1:123456789012:chat';
const places = { topicArn, chatTopicArn: undefined, bus: 'stepladder' };
const rendered = { subject: 'Review needed', body: 'Ada asks.\nhttps://stepladder.example.com/requests/1' };

beforeAll(async () => {
  [sns, ses, bus] = await Promise.all([
    startAnsweringServer(),
    startAnsweringServer(),
    startAnsweringServer(),
  ]);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATESTANNOUNCE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', sns.url);
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', ses.url);
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', bus.url);
});
beforeEach(() => {
  for (const server of [sns, ses, bus]) server.asked.length = 0;
  sns.state.answer = {
    status: 200,
    body: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  };
  ses.state.answer = {
    status: 200,
    body: '{"MessageId":"1"}',
    headers: { 'content-type': 'application/json' },
  };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([sns.stop(), ses.stop(), bus.stop()]);
});

function asked(email = ada.email) {
  const world = stoppedWorld();
  return allowed(create(askFor(), { ...ada, email }, policy, world.now(), alone(world.newId())));
}

function message(audience: Message['audience'], email = ada.email): Message {
  const { request, entry } = asked(email);
  const id = `${request.id}-1-created-${audience}`;
  return { id, kind: 'created', audience, at: entry.at, request, by: ada.name, text: '', note: '' };
}

/** The form of the first Publish, its attributes by name. */
function published() {
  const form = new URLSearchParams(sns.asked[0]?.body);
  const attributes: Record<string, string> = {};
  for (let index = 1; form.has(`MessageAttributes.entry.${index}.Name`); index += 1) {
    const entry = `MessageAttributes.entry.${index}`;
    attributes[form.get(`${entry}.Name`) ?? ''] = form.get(`${entry}.Value.StringValue`) ?? '';
  }
  return { form, attributes };
}

describe('reviewers', () => {
  test('are told through the topic, with attributes to filter by', async () => {
    const told = message('reviewers');
    await announcer({ ...places, sender }).tellReviewers(told, rendered);
    const { form, attributes } = published();
    expect(form.get('TopicArn')).toBe(topicArn);
    expect(form.get('Subject')).toBe(rendered.subject);
    expect(form.get('Message')).toBe(rendered.body);
    expect(attributes).toEqual({
      messageId: told.id,
      kind: 'created',
      audience: 'reviewers',
      account: production,
      role: 'Admin',
      rule: 'production',
      reviewerGroups: '["aws-temp#Reviewer"]',
    });
    expect(ses.asked).toEqual([]);
  });
});

describe('the requester', () => {
  test('is told by mail where there is a sender', async () => {
    await announcer({ ...places, sender }).tellRequester(message('requester'), rendered);
    expect(JSON.parse(ses.asked[0]?.body ?? '')).toEqual({
      FromEmailAddress: sender,
      Destination: { ToAddresses: [ada.email] },
      Content: { Simple: { Subject: { Data: rendered.subject }, Body: { Text: { Data: rendered.body } } } },
    });
    expect(sns.asked).toEqual([]);
  });

  test('is told through the topic where there is none, by an attribute', async () => {
    await announcer({ ...places, sender: undefined }).tellRequester(message('requester'), rendered);
    expect(published().attributes).toMatchObject({ audience: 'requester', recipient: ada.email });
    expect(ses.asked).toEqual([]);
  });

  test('without an e-mail is told through the topic, without an empty attribute', async () => {
    await announcer({ ...places, sender }).tellRequester(message('requester', ''), rendered);
    expect(published().attributes).not.toHaveProperty('recipient');
  });
});

describe('the chat', () => {
  test('is told through a topic of its own, where there is one', async () => {
    const told = message('reviewers');
    const channels = announcer({ ...places, chatTopicArn, sender });
    const notification = renderChat(told, 'https://stepladder.example.com');
    await channels.tellChat?.(told, notification);
    const { form, attributes } = published();
    expect(form.get('TopicArn')).toBe(chatTopicArn);
    expect(JSON.parse(form.get('Message') ?? '')).toEqual(notification);
    expect(attributes).toMatchObject({ messageId: told.id, kind: 'created' });
    expect(announcer({ ...places, sender }).tellChat).toBeNull();
  });
});

describe('the bus', () => {
  const { event } = asked();
  const answer = (body: object) => ({
    status: 200,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  });

  test('gets an event as one entry', async () => {
    bus.state.answer = answer({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    await announcer({ ...places, sender }).putEvent(event);
    const [entry, ...others] = JSON.parse(bus.asked[0]?.body ?? '').Entries;
    expect(others).toEqual([]);
    expect({ ...entry, Detail: JSON.parse(entry.Detail) }).toEqual({
      EventBusName: 'stepladder',
      Source: 'stepladder',
      DetailType: 'Stepladder Request Event',
      Time: Date.parse(event.at) / 1000,
      Detail: event.detail,
    });
  });

  test.each<[string, object]>([
    ['of this entry', { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }],
    ['of some entry, without a word', { FailedEntryCount: 1 }],
    ['nothing', {}],
  ])('that answers 200 and says of a failure %s, did not take it', async (_what, body) => {
    bus.state.answer = answer(body);
    await expect(announcer({ ...places, sender }).putEvent(event)).rejects.toThrow(Unavailable);
  });
});

test.each([
  [
    'throttled',
    { status: 400, body: '<ErrorResponse><Error><Code>Throttled</Code></Error></ErrorResponse>' },
  ],
  ['down', { status: 500, body: '' }],
  ['gone', 'cut' as const],
])('a channel that is %s says that it is not available', async (_how, answer) => {
  sns.state.answer = answer;
  ses.state.answer = answer;
  bus.state.answer = answer;
  const channels = announcer({ ...places, chatTopicArn, sender });
  const told = message('reviewers');
  const notification = renderChat(told, 'https://stepladder.example.com');
  await expect(channels.tellChat?.(told, notification)).rejects.toThrow(Unavailable);
  await expect(channels.putEvent(asked().event)).rejects.toThrow(Unavailable);
  await expect(channels.tellReviewers(message('reviewers'), rendered)).rejects.toThrow(Unavailable);
  await expect(channels.tellRequester(message('requester'), rendered)).rejects.toThrow(Unavailable);
});
