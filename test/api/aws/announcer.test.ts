import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../api/actions/ports.ts';
import { announcer } from '../../../api/aws/announcer.ts';
import { create } from '../../../api/domain/creation.ts';
import type { Message } from '../../../api/domain/message.ts';
import { ada, allowed, alone, askFor, policy, production, stoppedWorld } from '../people.ts';
import { startAnsweringServer } from './answering-server.ts';

type Server = Awaited<ReturnType<typeof startAnsweringServer>>;
let sns: Server;
let ses: Server;
const topicArn = 'arn:aws:sns:us-east-1:123456789012:reviewers';
const sender = 'stepladder@example.com';
const rendered = { subject: 'Review needed', body: 'Ada asks.\nhttps://stepladder.example.com/requests/1' };

beforeAll(async () => {
  [sns, ses] = await Promise.all([startAnsweringServer(), startAnsweringServer()]);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATESTANNOUNCE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', sns.url);
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', ses.url);
});
beforeEach(() => {
  for (const server of [sns, ses]) server.asked.length = 0;
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
  await Promise.all([sns.stop(), ses.stop()]);
});

function message(audience: Message['audience'], email = ada.email): Message {
  const world = stoppedWorld();
  const { request } = allowed(create(askFor(), { ...ada, email }, policy, world.now(), alone(world.newId())));
  const id = `${request.id}-1-created-${audience}`;
  return { id, kind: 'created', audience, at: world.now(), request, by: ada.name, text: '', note: '' };
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
    await announcer({ topicArn, sender }).tellReviewers(told, rendered);
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
    await announcer({ topicArn, sender }).tellRequester(message('requester'), rendered);
    expect(JSON.parse(ses.asked[0]?.body ?? '')).toEqual({
      FromEmailAddress: sender,
      Destination: { ToAddresses: [ada.email] },
      Content: { Simple: { Subject: { Data: rendered.subject }, Body: { Text: { Data: rendered.body } } } },
    });
    expect(sns.asked).toEqual([]);
  });

  test('is told through the topic where there is none, by an attribute', async () => {
    await announcer({ topicArn, sender: undefined }).tellRequester(message('requester'), rendered);
    expect(published().attributes).toMatchObject({ audience: 'requester', recipient: ada.email });
    expect(ses.asked).toEqual([]);
  });

  test('without an e-mail is told through the topic, without an empty attribute', async () => {
    await announcer({ topicArn, sender }).tellRequester(message('requester', ''), rendered);
    expect(published().attributes).not.toHaveProperty('recipient');
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
  const channels = announcer({ topicArn, sender });
  await expect(channels.tellReviewers(message('reviewers'), rendered)).rejects.toThrow(Unavailable);
  await expect(channels.tellRequester(message('requester'), rendered)).rejects.toThrow(Unavailable);
});
