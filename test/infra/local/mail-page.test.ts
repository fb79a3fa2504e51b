import { createServer } from 'node:http';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';
import { type Listening, listen } from '../../../infra/local/listen.ts';
import { serveMailPage } from '../../../infra/local/mail-page.ts';

const appUrl = 'http://localhost:8080';
const id = '0123456789abcdefghjkmnpqrs';
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
  await server.stop();
  await aws.stop();
});

async function page(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${server.port}/mail`)).text();
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
  const links = [...(await page()).matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href);
  expect(links).toEqual(['/mail', `${appUrl}/requests/${id}`]);
});

it('shows markup as text', async () => {
  await publish('<script>alert(1)</script><img src=x>');
  const shown = await page();
  expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(shown).not.toMatch(/<script|<img/);
});
