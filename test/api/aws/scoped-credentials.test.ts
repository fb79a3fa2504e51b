import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../api/actions/ports.ts';
import { clientSettings } from '../../../api/aws/client-settings.ts';
import { narrow } from '../../../api/aws/scoped-credentials.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import { stoppedWorld } from '../people.ts';
import { startAnsweringServer } from './answering-server.ts';

/** What GetScopedCredentials is asked, and what becomes of every kind of answer. */

let sts: Awaited<ReturnType<typeof startAnsweringServer>>;
const now = stoppedWorld().now();
const assumedRoleId = 'AROAEXAMPLEEXAMPLE123:ada-0123456789';
const assumed = {
  assumedRoleId,
  credentials: {
    accessKeyId: 'ASIAPARENTPARENTPARE',
    secretAccessKey: 'parent-secret',
    sessionToken: 'parent-token',
    expiration: plusMinutes(now, 15),
  },
};
const narrowed = {
  accessKeyId: 'ASIACANARYCANARYCANA',
  secretAccessKey: 'canary-secret-access-key',
  sessionToken: 'canary-session-token',
  expiration: plusMinutes(now, 5),
};

beforeAll(async () => {
  sts = await startAnsweringServer();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATESTBROKER');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url);
});
beforeEach(() => {
  sts.asked.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await sts.stop();
});

function answer(changes: Partial<Record<'token' | 'expiration' | 'id', string>> = {}) {
  const { token = narrowed.sessionToken, expiration = narrowed.expiration, id = assumedRoleId } = changes;
  const body = `<GetScopedCredentialsResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetScopedCredentialsResult>
    <Credentials><AccessKeyId>${narrowed.accessKeyId}</AccessKeyId>
    <SecretAccessKey>${narrowed.secretAccessKey}</SecretAccessKey>
    <SessionToken>${token}</SessionToken><Expiration>${expiration}</Expiration></Credentials>
    <SessionInfo><ScopedSessionId>${id}</ScopedSessionId><Arn>arn:aws:sts::111122223333:assumed-role/Admin/ada</Arn></SessionInfo>
    </GetScopedCredentialsResult></GetScopedCredentialsResponse>`;
  return { status: 200, body };
}

function refusal(code: string, status = 400) {
  return {
    status,
    body: `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  };
}

const ask = () =>
  narrow(new STSClient(clientSettings), assumed, {
    durationSeconds: 300,
    description: 'Stepladder request one',
  });

describe('GetScopedCredentials', () => {
  test('is asked with the credentials that are to be narrowed, for a time and nothing else', async () => {
    sts.state.answer = answer();
    expect(await ask()).toEqual({ credentials: narrowed, refusal: null });
    expect(Object.fromEntries(new URLSearchParams(sts.asked[0]?.body))).toEqual({
      Action: 'GetScopedCredentials',
      Version: '2011-06-15',
      DurationSeconds: '300',
      ScopedSessionDescription: 'Stepladder request one',
    });
    expect(sts.asked[0]?.headers.authorization).toContain('Credential=ASIAPARENTPARENTPARE/');
    expect(sts.asked[0]?.headers['x-amz-security-token']).toBe('parent-token');
  });

  test.each([
    ['a region or partition that does not know it', refusal('InvalidAction'), 'InvalidAction'],
    ['a role that may not ask for it', refusal('AccessDenied', 403), 'AccessDenied'],
    ['throttling', refusal('Throttling'), 'Throttling'],
    ['a failure of AWS', refusal('InternalFailure', 500), 'InternalFailure'],
    [
      'a session that ends earlier',
      refusal('InsufficientSessionLifetimeException'),
      'InsufficientSessionLifetimeException',
    ],
    ['no credentials', answer({ token: '' }), 'NoCredentials'],
    ['a closed connection', 'cut' as const, 'TimeoutError'],
    ['a name that is none', refusal('canary secret/access+key'), 'unknown'],
  ])(
    'answered by %s leaves the session to its policy, asks once, and says why',
    async (_what, given, why) => {
      sts.state.answer = given;
      expect(await ask()).toEqual({ credentials: null, refusal: why });
      expect(sts.asked).toHaveLength(1);
    },
  );

  test.each([
    ["another session's credentials", { id: 'AROASOMEBODYELSE12345:eve' }],
    ['a session without a name', { id: '' }],
    ['a longer session', { expiration: plusMinutes(now, 16) }],
  ])('answered by %s is no answer of AWS: nothing is used', async (_what, changes) => {
    sts.state.answer = answer(changes);
    await expect(ask()).rejects.toThrow(Unavailable);
  });

  test('that is never answered gives up in time', async () => {
    sts.state.answer = 'hang';
    const begun = Date.now();
    expect(await ask()).toEqual({ credentials: null, refusal: 'TimeoutError' });
    expect(Date.now() - begun).toBeLessThan(5_000);
  });
});

test.each([
  ['us-east-1', 'sts.us-east-1.amazonaws.com'],
  ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
])('STS is asked at its endpoint in %s, never at the global one', async (region, host) => {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', undefined);
  const client = new STSClient({ ...clientSettings, region, useGlobalEndpoint: false });
  const parameters = { Region: region, UseDualStack: false, UseFIPS: false, UseGlobalEndpoint: false };
  expect(client.config.endpointProvider(parameters).url.hostname).toBe(host);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url);
});
