import { Logger } from '@aws-lambda-powertools/logger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BrokerRefused, TargetRefused, Throttled } from '../../../api/actions/aws-refusals.ts';
import { Unavailable } from '../../../api/actions/ports.ts';
import { type SessionIssuerOptions, sessionIssuer } from '../../../api/aws/session-issuer.ts';
import type { Instant } from '../../../api/domain/instant.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import type { SessionPlan } from '../../../api/domain/session.ts';
import { production, stoppedWorld } from '../people.ts';
import { startAnsweringServer } from './answering-server.ts';

const noHurry = new AbortController().signal;

/** What STS and the federation endpoint are asked, and what becomes of every kind of answer. */

type Server = Awaited<ReturnType<typeof startAnsweringServer>>;
let sts: Server;
let signin: Server;
const now = stoppedWorld().now();
const plan: SessionPlan = {
  target: { account: production, role: 'Admin' },
  durationSeconds: 3600,
  denyFrom: plusMinutes(now, 60),
  endsAt: plusMinutes(now, 60),
  sourceIdentity: 'ada@example.com-0123456789',
  sessionName: 'ada-0123456789.0123456789abcdefghjkmnpqrs',
  tags: { StepladderRequest: 'one', StepladderReviewer: 'ravi' },
  endable: false,
  policy: '{"Version":"2012-10-17","Statement":[]}',
};
const secret = {
  accessKeyId: 'ASIACANARYCANARYCANA',
  secretAccessKey: 'canary-secret-access-key',
  sessionToken: 'canary-session-token',
  expiration: plusMinutes(now, 60),
};

const assumedRoleId = 'AROAEXAMPLEEXAMPLE123:ada-0123456789';

beforeAll(async () => {
  [sts, signin] = await Promise.all([startAnsweringServer(), startAnsweringServer()]);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATESTBROKER');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url);
});
beforeEach(() => {
  for (const server of [sts, signin]) server.asked.length = 0;
  sts.state.answer = { status: 200, body: assumed() };
  signin.state.answer = { status: 200, body: JSON.stringify({ SigninToken: 'canary-sign-in-token' }) };
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([sts.stop(), signin.stop()]);
});

function issuer(changes: Partial<SessionIssuerOptions> = {}) {
  return sessionIssuer({
    partition: 'aws',
    targetRolePath: '/stepladder/',
    externalId: 'the-external-id',
    appUrl: 'https://stepladder.example.com',
    signinEndpoint: signin.url,
    ...changes,
  });
}

const whose = `<AssumedRoleUser><AssumedRoleId>${assumedRoleId}</AssumedRoleId></AssumedRoleUser>`;
function assumed(credentials = `<SessionToken>${secret.sessionToken}</SessionToken>`, user = whose): string {
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>${secret.accessKeyId}</AccessKeyId>
    <SecretAccessKey>${secret.secretAccessKey}</SecretAccessKey>
    ${credentials}<Expiration>${secret.expiration}</Expiration>
    </Credentials>${user}</AssumeRoleResult></AssumeRoleResponse>`;
}

function refused(code: string, status = 403) {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
  return { status, body };
}

/** What is thrown, and all that the logger would write of it. */
async function failureOf(call: Promise<unknown>): Promise<{ error: Error; logged: string }> {
  const error = await call.then(
    () => expect.unreachable('it did not fail'),
    (thrown: Error) => thrown,
  );
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  new Logger({ serviceName: 'test' }).error('failed', { error });
  write.mockRestore();
  expect(lines.join('')).toContain(error.name);
  return { error, logged: lines.join('') };
}

describe('AssumeRole', () => {
  test('is asked for exactly what was planned', async () => {
    expect(await issuer().assumeRole(plan, noHurry)).toEqual({ credentials: secret, assumedRoleId });
    const form = Object.fromEntries(new URLSearchParams(sts.asked[0]?.body));
    expect(form).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: `arn:aws:iam::${production}:role/stepladder/Admin`,
      RoleSessionName: plan.sessionName,
      SourceIdentity: plan.sourceIdentity,
      ExternalId: 'the-external-id',
      DurationSeconds: '3600',
      Policy: plan.policy,
      'Tags.member.1.Key': 'StepladderRequest',
      'Tags.member.1.Value': 'one',
      'Tags.member.2.Key': 'StepladderReviewer',
      'Tags.member.2.Value': 'ravi',
    });
  });

  test.each(['aws', 'aws-us-gov', 'aws-cn'] as const)(
    'names the role in its partition, %s',
    async (partition) => {
      await issuer({ partition, targetRolePath: '/' }).assumeRole(plan, noHurry);
      const form = new URLSearchParams(sts.asked[0]?.body);
      expect(form.get('RoleArn')).toBe(`arn:${partition}:iam::${production}:role/Admin`);
    },
  );

  test.each([
    ['AccessDenied', 403, 'access-denied'],
    ['ValidationError', 400, 'invalid-input'],
    ['MalformedPolicyDocument', 400, 'malformed-policy'],
    ['PackedPolicyTooLarge', 400, 'policy-too-large'],
    ['RegionDisabledException', 403, 'region-disabled'],
  ])('refused with %s is not tried again: an operator has to act', async (code, status, reason) => {
    sts.state.answer = refused(code, status);
    const { error } = await failureOf(issuer().assumeRole(plan, noHurry));
    expect(error).toBeInstanceOf(TargetRefused);
    expect(error).toMatchObject({ reason, target: plan.target, contact: null });
    expect(sts.asked).toHaveLength(1);
  });

  test.each([
    ['Throttling', 400],
    ['ThrottlingException', 400],
    ['TooManyRequestsException', 429],
    ['RequestLimitExceeded', 503],
    ['SlowDown', 503],
    ['AnythingElse', 429],
  ])('answered by %s (%i) is told apart from a refusal, and tried three times', async (code, status) => {
    sts.state.answer = refused(code, status);
    const { error } = await failureOf(issuer().assumeRole(plan, noHurry));
    expect(error).toBeInstanceOf(Throttled);
    expect(sts.asked).toHaveLength(3);
  });

  test.each(['ExpiredToken', 'InvalidClientTokenId', 'SignatureDoesNotMatch'])(
    'answered by %s is about our own credentials, and no fault of the role',
    async (code) => {
      sts.state.answer = refused(code);
      const { error } = await failureOf(issuer().assumeRole(plan, noHurry));
      expect(error).toBeInstanceOf(BrokerRefused);
    },
  );

  test.each([
    ['a failure', refused('InternalFailure', 500), 3],
    ['a closed connection', 'cut' as const, 3],
  ])('answered by %s can be tried again later', async (_what, answer, times) => {
    sts.state.answer = answer;
    const { error } = await failureOf(issuer().assumeRole(plan, noHurry));
    expect(error).toBeInstanceOf(Unavailable);
    expect(sts.asked).toHaveLength(times);
  });

  test.each([
    ['without a session token', assumed('')],
    ['that names no session', assumed(undefined, '')],
    ['with an empty one', assumed('<SessionToken></SessionToken>')],
    ['with nothing', '<AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>'],
    ['cut off after the secret', assumed().slice(0, -60)],
    ['that is no XML', 'canary-secret-access-key'],
  ])('an answer %s gives nothing, and leaves nothing secret in the log', async (_what, body) => {
    sts.state.answer = { status: 200, body };
    const { error, logged } = await failureOf(issuer().assumeRole(plan, noHurry));
    expect(error).toBeInstanceOf(Unavailable);
    expect(logged).not.toMatch(/canary/);
  });
});

describe('the console link', () => {
  test('is made of a sign-in token that was asked for in a body, without a duration', async () => {
    const link = new URL(await issuer().consoleUrl(secret));
    expect(Object.fromEntries(link.searchParams)).toEqual({
      Action: 'login',
      Issuer: 'https://stepladder.example.com',
      Destination: 'https://console.aws.amazon.com/',
      SigninToken: 'canary-sign-in-token',
    });
    expect(signin.asked).toHaveLength(1);
    expect(signin.asked[0]).toMatchObject({ method: 'POST', url: '/federation' });
    const form = Object.fromEntries(new URLSearchParams(signin.asked[0]?.body));
    expect(Object.keys(form).sort()).toEqual(['Action', 'Session']);
    expect(JSON.parse(form.Session ?? '')).toEqual({
      sessionId: secret.accessKeyId,
      sessionKey: secret.secretAccessKey,
      sessionToken: secret.sessionToken,
    });
  });

  test.each([
    ['aws-us-gov', 'https://console.amazonaws-us-gov.com/'],
    ['aws-cn', 'https://console.amazonaws.cn/'],
  ] as const)('of %s leads to its own console', async (partition, destination) => {
    const link = new URL(await issuer({ partition }).consoleUrl(secret));
    expect(link.searchParams.get('Destination')).toBe(destination);
  });

  test.each([
    ['aws', 'https://signin.aws.amazon.com/federation'],
    ['aws-us-gov', 'https://signin.amazonaws-us-gov.com/federation'],
    ['aws-cn', 'https://signin.amazonaws.cn/federation'],
  ] as const)(
    'of %s is made by its own endpoint, and no other sees the credentials',
    async (partition, endpoint) => {
      const asked = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ SigninToken: 'canary' }));
      const link = new URL(await issuer({ partition, signinEndpoint: undefined }).consoleUrl(secret));
      expect(asked.mock.calls.map(([url]) => url)).toEqual([endpoint]);
      expect(`${link.origin}${link.pathname}`).toBe(endpoint);
    },
  );

  test.each([
    ['a refusal', { status: 400, body: 'canary-session-token' }],
    ['no token', { status: 200, body: '{}' }],
    ['a token that is none', { status: 200, body: '{"SigninToken":1}' }],
    ['an empty one', { status: 200, body: '{"SigninToken":""}' }],
    ['no JSON', { status: 200, body: '<html>canary-session-token</html>' }],
    ['JSON that is cut off', { status: 200, body: '{"SigninToken":"canary-sign-in-tok' }],
    ['a redirect', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/canary' } }],
    ['a closed connection', 'cut' as const],
  ])('is not made of %s, and nothing secret is in the log', async (_what, answer) => {
    signin.state.answer = answer;
    const { error, logged } = await failureOf(issuer().consoleUrl(secret));
    expect(error).toBeInstanceOf(Unavailable);
    expect(logged).not.toMatch(/canary/);
  });
});

test('an expiration is an instant in UTC, whatever its fraction', async () => {
  const whole = '2026-11-23T10:30:00Z';
  sts.state.answer = { status: 200, body: assumed().replace(secret.expiration, whole as Instant) };
  const { expiration, ...rest } = (await issuer().assumeRole(plan, noHurry)).credentials;
  expect(expiration).toBe('2026-11-23T10:30:00.000Z');
  expect(rest.sessionToken).toBe(`${secret.sessionToken}`);
});
