import { createServer } from 'node:http';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { renderChat } from '../../../api/domain/chat.ts';
import { create } from '../../../api/domain/creation.ts';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';
import { type Listening, listen } from '../../../infra/local/listen.ts';
import { serveMailPage } from '../../../infra/local/mail-page.ts';
import { ada, allowed, alone, askFor, policy, stoppedWorld } from '../../api/people.ts';

const appUrl = 'http://localhost:8080';
const id = '0123456789abcdefghjkmnpqrs';
const world = stoppedWorld();
let aws: AwsServices;
let server: Listening;

beforeAll(async () => {
  aws = await startAwsServices({ signinPort: 0, now: Date.now, roles: [] });
  server = await listen(
    createServer((request, response) => serveMailPage(aws, appUrl, request.url ?? '', response)),
    0,
  );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await aws.stop();
});

async function page(path = '/mail'): Promise<string> {
  return (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
}

/** From one view to the others. */
const own = ['/mail', '/mail/chat', '/mail/events'];

async function linksOf(path: string): Promise<(string | undefined)[]> {
  return [...(await page(path)).matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href);
}

/** The product's own channels, as that Lambda has them. */
async function channelsAs(name: 'announce') {
  const { accessKeyId, secretAccessKey, sessionToken } = aws.principalOf(name);
  vi.stubEnv('AWS_REGION', aws.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', aws.sns.url);
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', aws.eventBus.url);
  const { announcer } = await import('../../../api/aws/announcer.ts');
  return announcer(aws);
}

async function publish(Message: string): Promise<void> {
  const credentials = aws.principalOf('announce');
  const sns = new SNSClient({ endpoint: aws.sns.url, region: aws.region, credentials });
  await sns.send(new PublishCommand({ TopicArn: aws.topicArn, Subject: 'Review needed', Message }));
}

it('says that nothing was sent yet, then shows what was', async () => {
  expect(await page()).toContain('Nothing was sent yet');
  await publish('Erin asks for access');
  expect(await page()).toContain('Erin asks for access');
  expect(await page()).not.toContain('Nothing was sent yet');
});

it('links the request, and nothing that a person wrote', async () => {
  await publish(
    [
      `${appUrl}/requests/${id}`,
      '> https://evil.example/one',
      `> ${appUrl}/requests/${id.replace('0', '9')}`,
      `${appUrl}/requests/../mail`,
      `${appUrl}.evil.example/requests/${id}`,
      'javascript:alert(1)',
    ].join('\n'),
  );
  expect(await linksOf('/mail')).toEqual([...own, '/mail', `${appUrl}/requests/${id}`]);
});

it('shows markup as text', async () => {
  await publish('<script>alert(1)</script><img src=x>');
  const shown = await page();
  expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(shown).not.toMatch(/<script|<img/);
});

it('shows what the chat would, with the request as its only link', async () => {
  expect(await page('/mail/chat')).toContain('Nothing was sent yet');
  const { request, messages } = allowed(create(askFor(), ada, policy, world.now(), alone(id)));
  const [message] = messages;
  if (message === undefined) throw new Error('nobody is told');
  const channels = await channelsAs('announce');
  const typed = {
    ...message,
    request: { ...request, justification: 'See https://evil.example/ <b>now</b>' },
  };
  await channels.tellChat?.(typed, renderChat(typed, appUrl));
  expect(await linksOf('/mail/chat')).toEqual([...own, '/mail/chat', `${appUrl}/requests/${id}`]);
  expect(await page('/mail/chat')).not.toMatch(/<b>/);
  expect(await page('/mail')).not.toContain('thread');
});

it('shows the events of the bus', async () => {
  expect(await page('/mail/events')).toContain('Nothing was sent yet');
  const { event } = allowed(create(askFor(), ada, policy, world.now(), alone(id)));
  await (await channelsAs('announce')).putEvent(event);
  expect(await page('/mail/events')).toContain('Stepladder Request Event: created');
});
