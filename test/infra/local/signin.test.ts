import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsRefusal } from '../../../infra/local/aws-refusal.ts';
import { type Signin, startSignin } from '../../../infra/local/signin.ts';
import type { IssuedSession } from '../../../infra/local/sts.ts';

const start = Date.UTC(2026, 10, 23, 9, 30);
const hour = 3_600_000;
let now = start;
let ended = false;
let signin: Signin;

const session: IssuedSession = {
  accessKeyId: 'ASIAISSUEDHERE000000',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  name: 'arn:aws:sts::111122223333:assumed-role/Admin/erin',
  account: '111122223333',
  roleArn: 'arn:aws:iam::111122223333:role/stepladder/Admin',
  role: 'Admin',
  sessionName: '<b>erin</b>',
  scopedBy: [],
  sourceIdentity: 'erin@example.com',
  userId: 'AROAEXAMPLE:erin',
  issuedAt: start,
  expiresAt: start + hour,
  policy: '',
};

beforeAll(async () => {
  signin = await startSignin({
    now: () => now,
    isEnded: () => ended,
    port: 0,
    sessionOf: (accessKeyId) => {
      if (accessKeyId === session.accessKeyId && now >= session.expiresAt) {
        throw new AwsRefusal(403, 'ExpiredToken', 'over');
      }
      return accessKeyId === session.accessKeyId ? session : undefined;
    },
  });
});
afterAll(() => signin.stop());

const credentials = {
  sessionId: session.accessKeyId,
  sessionKey: session.secretAccessKey,
  sessionToken: session.sessionToken,
};
const form = { Action: 'getSigninToken', Session: JSON.stringify(credentials) };

function ask(fields: Record<string, string>): Promise<Response> {
  return fetch(`${signin.url}/federation`, { method: 'POST', body: new URLSearchParams(fields) });
}

async function open(change: Record<string, string> = {}): Promise<Response> {
  const { SigninToken } = (await (await ask(form)).json()) as { SigninToken: string };
  const link = {
    Action: 'login',
    Issuer: 'http://localhost:8080',
    Destination: 'https://console.aws.amazon.com/',
    SigninToken,
    ...change,
  };
  return fetch(`${signin.url}/federation?${new URLSearchParams(link)}`);
}

describe('getSigninToken', () => {
  it('answers a token for live credentials', async () => {
    const answer = await ask(form);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ SigninToken: expect.stringMatching(/^[\w-]{100,}$/) });
  });

  const of = (change: Record<string, string>) => JSON.stringify({ ...credentials, ...change });
  it.each([
    ['SessionDuration, for role-chained credentials', { ...form, SessionDuration: '3600' }],
    ['credentials that nobody issued', { ...form, Session: of({ sessionId: 'ASIAOTHER' }) }],
    ['a wrong secret key', { ...form, Session: of({ sessionKey: 'guessed' }) }],
    ['a wrong session token', { ...form, Session: of({ sessionToken: 'guessed' }) }],
    ['a session that is no JSON', { ...form, Session: '{' }],
    ['another action', { ...form, Action: 'login' }],
  ])('refuses %s', async (_what, fields) => {
    expect((await ask(fields)).status).toBe(400);
  });

  it('refuses credentials that are over', async () => {
    now = start + hour;
    expect((await ask(form)).status).toBe(400);
    now = start;
  });

  it('keeps no secret of what it was asked', () => {
    expect(JSON.stringify(signin.calls)).not.toContain(session.secretAccessKey);
  });
});

describe('login', () => {
  it('says who one is, and until when', async () => {
    const answer = await open();
    const page = await answer.text();
    expect(answer.status).toBe(200);
    for (const shown of ['111122223333', 'Admin', 'erin@example.com', '10:30:00 UTC'])
      expect(page).toContain(shown);
    expect(page).toContain('&lt;b&gt;erin&lt;/b&gt;');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.each([
    ['a made-up token', { SigninToken: 'guessed' }],
    [
      'a destination that is not the console',
      { Destination: 'https://console.aws.amazon.com.evil.example/' },
    ],
  ])('refuses %s', async (_what, change) => {
    expect((await open(change)).status).toBe(400);
  });

  it('says to whom an ended session is denied', async () => {
    ended = true;
    const answer = await open();
    ended = false;
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Access denied');
    expect((await open()).status).toBe(200);
  });

  it('refuses a token after 15 minutes', async () => {
    const { SigninToken } = (await (await ask(form)).json()) as { SigninToken: string };
    now = start + 15 * 60_000;
    expect((await open({ SigninToken })).status).toBe(400);
    now = start;
  });
});
