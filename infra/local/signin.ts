import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Fault } from './aws-endpoint.ts';
import { AwsRefusal } from './aws-refusal.ts';
import { html } from './html.ts';
import { listen } from './listen.ts';
import { pageHeaders, readableTime, sendPage, sendStyle, sendText } from './page.ts';
import { readBody } from './read-body.ts';
import type { IssuedSession } from './sts.ts';

/** What the federation endpoint was asked; never the credentials. */
export interface SigninCall {
  readonly at: string;
  readonly action: 'getSigninToken' | 'login';
  readonly accessKeyId: string;
  readonly refusal: string | undefined;
}

export interface Signin {
  /** origin, for AWS_ENDPOINT_URL_SIGNIN */
  readonly url: string;
  readonly calls: readonly SigninCall[];
  failNext(fault: Fault, times?: number): void;
  stop(): Promise<void>;
}

export interface SigninOptions {
  readonly now: () => number;
  readonly port: number;
  /** @throws AwsRefusal where they are expired */
  sessionOf(accessKeyId: string): IssuedSession | undefined;
  /** whether the boundary of its role denies the session everything */
  isEnded(session: IssuedSession): boolean;
}

const tokenLifeMs = 15 * 60_000;
const destinations = /^https:\/\/console\.(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)\//;
const sessionForm = z.strictObject({
  sessionId: z.string(),
  sessionKey: z.string(),
  sessionToken: z.string(),
});

type Tokens = Map<string, { session: IssuedSession; until: number }>;

/**
 * The federation endpoint and, behind its sign-in links, a page instead of the console (IAM User Guide, "Enabling custom
 * identity broker access to the AWS console"). A token is valid for 15 minutes.
 */
export async function startSignin(options: SigninOptions): Promise<Signin> {
  const calls: SigninCall[] = [];
  const faults: Fault[] = [];
  const tokens: Tokens = new Map();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/page.css') return sendStyle(response);
    if (url.pathname !== '/federation') return sendText(response, 404, 'Not found');
    if (request.method === 'GET') return login(options, tokens, calls, url.searchParams, response);
    const body = await readBody(request, 64 * 1024);
    const fault = faults.shift();
    if (fault === 'hang') return;
    if (fault === 'cut') return void response.destroy();
    if (fault !== undefined && fault !== 'lose-answer')
      return sendText(response, fault === 'throttle' ? 429 : 500, '');
    const answer = getToken(options, tokens, calls, new URLSearchParams(body?.toString('utf8')));
    if (fault === 'lose-answer') return void response.destroy();
    if (answer === undefined) return sendText(response, 400, 'Bad request');
    response.writeHead(200, { ...pageHeaders(), 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ SigninToken: answer }));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error('The local federation endpoint failed:', error);
      response.destroy();
    });
  });
  const { port, stop } = await listen(server, options.port);
  const failNext = (fault: Fault, times = 1) => {
    faults.push(...Array.from({ length: times }, () => fault));
  };
  return { url: `http://127.0.0.1:${port}`, calls, failNext, stop };
}

/** The new sign-in token, or undefined: the real endpoint says 400 without a reason, whatever is wrong. */
function getToken(
  options: SigninOptions,
  tokens: Tokens,
  calls: SigninCall[],
  form: URLSearchParams,
): string | undefined {
  const asked = { at: new Date(options.now()).toISOString(), action: 'getSigninToken' } as const;
  const credentials = parseSession(form.get('Session'));
  const accessKeyId = credentials?.sessionId ?? '';
  const refuse = (refusal: string) => void calls.push({ ...asked, accessKeyId, refusal });
  if (form.get('Action') !== 'getSigninToken') return refuse('unknown action');
  // Not with role chaining: the console session ends with the credentials.
  if (form.has('SessionDuration')) return refuse('SessionDuration with role-chained credentials');
  if ([...form.keys()].length !== 2 || credentials === undefined) return refuse('malformed');
  const session = liveSession(options, credentials.sessionId);
  if (session === undefined) return refuse('unknown or expired credentials');
  const genuine =
    session.secretAccessKey === credentials.sessionKey && session.sessionToken === credentials.sessionToken;
  if (!genuine) return refuse('wrong credentials');
  const token = randomBytes(256).toString('base64url');
  tokens.set(token, { session, until: options.now() + tokenLifeMs });
  calls.push({ ...asked, accessKeyId, refusal: undefined });
  return token;
}

function parseSession(json: string | null): z.infer<typeof sessionForm> | undefined {
  if (json === null) return undefined;
  try {
    return sessionForm.parse(JSON.parse(json));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

function liveSession(options: SigninOptions, accessKeyId: string): IssuedSession | undefined {
  try {
    return options.sessionOf(accessKeyId);
  } catch (error) {
    if (error instanceof AwsRefusal) return undefined;
    throw error;
  }
}

function login(
  options: SigninOptions,
  tokens: Tokens,
  calls: SigninCall[],
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const found = tokens.get(query.get('SigninToken') ?? '');
  const session = found && liveSession(options, found.session.accessKeyId);
  const accessKeyId = found?.session.accessKeyId ?? '';
  const call = { at: new Date(options.now()).toISOString(), action: 'login', accessKeyId } as const;
  const complete =
    query.get('Action') === 'login' &&
    query.has('Issuer') &&
    destinations.test(query.get('Destination') ?? '');
  if (!found || !session || options.now() >= found.until || !complete) {
    calls.push({ ...call, refusal: complete ? 'token unknown or over' : 'malformed' });
    const body = html`<h1>This sign-in link does not work</h1>
      <p>It is incomplete, or its time is over. Go back to Stepladder and choose Access console again.</p>`;
    sendPage(response, 400, { title: 'Sign-in link', body }, '/page.css');
    return;
  }
  calls.push({ ...call, refusal: undefined });
  if (options.isEnded(session)) {
    sendPage(response, 403, { title: 'Local AWS console', body: deniedPage(session) }, '/page.css');
    return;
  }
  sendPage(response, 200, { title: 'Local AWS console', body: consolePage(session) }, '/page.css');
}

function consolePage(session: IssuedSession) {
  return html`<h1>Local AWS console</h1>
    <p class="note">Stepladder runs on this computer, so this page stands in for the AWS console. You are signed in as:</p>
    <dl class="card"><dt>Account</dt><dd>${session.account}</dd><dt>Role</dt><dd>${session.role}</dd>
    <dt>Session name</dt><dd>${session.sessionName}</dd><dt>Source identity</dt><dd>${session.sourceIdentity}</dd>
    <dt>Until</dt><dd>${readableTime(session.expiresAt)}</dd></dl>`;
}

function deniedPage({ account, role }: IssuedSession) {
  return html`<h1>Access denied</h1>
    <p>The access to ${role} in ${account} was revoked, and AWS denies this session everything with an explicit deny in a
    permissions boundary. Ask for access again in Stepladder if you still need it.</p>`;
}
