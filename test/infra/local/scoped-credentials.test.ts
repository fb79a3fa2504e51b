import {
  AssumeRoleCommand,
  type Credentials,
  GetCallerIdentityCommand,
  GetScopedCredentialsCommand,
  type GetScopedCredentialsCommandInput,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionTags } from '../../../api/domain/session.ts';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';

/** The local GetScopedCredentials is as strict as AWS documents it. */

const account = '111122223333';
let now = Date.now();
let aws: AwsServices;
interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}
let session: Keys;
let assumedRoleId: string | undefined;

beforeAll(async () => {
  aws = await startAwsServices({ signinPort: 0, now: () => now, roles: [{ account, role: 'Admin' }] });
  const input = {
    RoleArn: `arn:aws:iam::${account}:role/stepladder/Admin`,
    RoleSessionName: 'erin',
    SourceIdentity: 'erin',
    ExternalId: 'stepladder-local',
    DurationSeconds: 900,
    Tags: Object.values(sessionTags).map((Key) => ({ Key, Value: 'of a request' })),
  };
  const answer = await client(aws.principalOf('sessions')).send(new AssumeRoleCommand(input));
  session = keysOf(answer.Credentials);
  assumedRoleId = answer.AssumedRoleUser?.AssumedRoleId;
});
afterAll(() => aws.stop());

function client({ accessKeyId, secretAccessKey, sessionToken }: Keys) {
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  return new STSClient({ endpoint: aws.sts.url, region: aws.region, credentials, maxAttempts: 1 });
}

function keysOf(given: Partial<Credentials> | undefined): Keys {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

const narrow = (input: GetScopedCredentialsCommandInput, keys = session) =>
  client(keys).send(new GetScopedCredentialsCommand(input));
const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

describe('GetScopedCredentials', () => {
  it('gives the same session other keys that end earlier', async () => {
    const answer = await narrow({ DurationSeconds: 1, ScopedSessionDescription: 'one second' });
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(answer.Credentials?.AccessKeyId).not.toBe(session.accessKeyId);
    expect(answer.Credentials?.Expiration?.getTime()).toBe(Math.floor(now / 1000 + 1) * 1000);
    expect(answer.SessionInfo?.ScopedSessionId).toBe(assumedRoleId);
    expect(answer).toMatchObject({ SourceIdentity: 'erin', ScopedPoliciesCount: 0 });
    const keys = keysOf(answer.Credentials);
    await expect(client(keys).send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: account,
    });
    now += 1_000;
    await expect(client(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      Code: 'ExpiredToken',
    });
    await expect(client(session).send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  });

  it('takes three policies, and no fourth', async () => {
    let keys = session;
    for (const count of [1, 2, 3]) {
      const answer = await narrow({ Policy: policy }, keys);
      expect(answer.ScopedPoliciesCount).toBe(count);
      keys = keysOf(answer.Credentials);
    }
    await expect(narrow({ Policy: policy }, keys)).rejects.toMatchObject({ Code: 'AccessDenied' });
    await expect(narrow({ DurationSeconds: 1 }, keys)).resolves.toBeDefined();
  });

  const refusals: [string, string, GetScopedCredentialsCommandInput][] = [
    ['neither policy nor duration', 'ValidationError', {}],
    ['no time', 'ValidationError', { DurationSeconds: 0 }],
    ['more than 36 hours', 'ValidationError', { DurationSeconds: 129_601 }],
    ['more time than the session has', 'InsufficientSessionLifetimeException', { DurationSeconds: 901 }],
    [
      'a description of 257',
      'ValidationError',
      { DurationSeconds: 1, ScopedSessionDescription: 'd'.repeat(257) },
    ],
    ['a token of 4097', 'ValidationError', { DurationSeconds: 1, MinimumSessionTokenSize: 4097 }],
    ['a policy that is no JSON', 'MalformedPolicyDocument', { Policy: '{' }],
    ['a policy of 2049', 'PackedPolicyTooLarge', { Policy: policy.padEnd(2049) }],
  ];
  it.each(refusals)('refuses %s with %s', async (_what, code, input) => {
    await expect(narrow(input)).rejects.toMatchObject({ Code: code });
  });

  it('is for sessions only', async () => {
    const asked = narrow({ DurationSeconds: 1 }, aws.principalOf('sessions') as Keys);
    await expect(asked).rejects.toMatchObject({ Code: 'InvalidSubjectCredentialsException' });
  });
});
