import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionTags } from '../../../api/domain/session.ts';
import type { LambdaFunction } from '../../../api/env.ts';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';

const account = '111122223333';
let now = Date.now();
let aws: AwsServices;

beforeAll(async () => {
  aws = await startAwsServices({ signinPort: 0, now: () => now, roles: [{ account, role: 'Admin' }] });
});
afterAll(() => aws.stop());

function client(caller: LambdaFunction, change: Partial<{ secretAccessKey: string; region: string }> = {}) {
  const { accessKeyId, secretAccessKey, sessionToken } = aws.principalOf(caller);
  const credentials = {
    accessKeyId,
    secretAccessKey: change.secretAccessKey ?? secretAccessKey,
    sessionToken,
  };
  const region = change.region ?? aws.region;
  return new STSClient({ endpoint: aws.sts.url, region, credentials, maxAttempts: 1 });
}

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
const input: AssumeRoleCommandInput = {
  RoleArn: `arn:aws:iam::${account}:role/stepladder/Admin`,
  RoleSessionName: 'erin@example.com',
  SourceIdentity: 'erin@example.com',
  ExternalId: 'stepladder-local',
  DurationSeconds: 900,
  Policy: policy,
  Tags: Object.values(sessionTags).map((Key) => ({ Key, Value: 'of a request' })),
};
const assume = (change: Partial<AssumeRoleCommandInput> = {}, caller: LambdaFunction = 'sessions') =>
  client(caller).send(new AssumeRoleCommand({ ...input, ...change }));

function policyOf(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

describe('AssumeRole', () => {
  it('gives temporary credentials that end when it says', async () => {
    const { Credentials, AssumedRoleUser, SourceIdentity, PackedPolicySize } = await assume();
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(Credentials?.Expiration?.getTime()).toBe(Math.floor(now / 1000 + 900) * 1000);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/Admin/erin@example.com`);
    expect(SourceIdentity).toBe('erin@example.com');
    expect(PackedPolicySize).toBeGreaterThan(0);
  });

  const tag = (Key: string, Value = 'x') => ({ Key, Value });
  const refusals: [string, string, Partial<AssumeRoleCommandInput>][] = [
    ['a session name with a space', 'ValidationError', { RoleSessionName: 'two words' }],
    ['a session name of one character', 'ValidationError', { RoleSessionName: 'a' }],
    ['a session name of 65', 'ValidationError', { RoleSessionName: 'a'.repeat(65) }],
    ['a source identity of 65', 'ValidationError', { SourceIdentity: 'a'.repeat(65) }],
    ['a source identity that is reserved', 'ValidationError', { SourceIdentity: 'aws:erin' }],
    ['899 seconds', 'ValidationError', { DurationSeconds: 899 }],
    ['more than an hour by role chaining', 'ValidationError', { DurationSeconds: 3601 }],
    ['an ARN of no role', 'ValidationError', { RoleArn: `arn:aws:iam::${account}:user/erin-the-user` }],
    [
      'an account of 11 digits',
      'ValidationError',
      { RoleArn: 'arn:aws:iam::11112222333:role/stepladder/Admin' },
    ],
    ['two tags that differ in case', 'ValidationError', { Tags: [tag('Request'), tag('request')] }],
    ['a comma in a tag', 'ValidationError', { Tags: [tag('Request', 'a,b')] }],
    ['a tag key of 129', 'ValidationError', { Tags: [tag('k'.repeat(129))] }],
    ['a tag value of 257', 'ValidationError', { Tags: [tag('Request', 'v'.repeat(257))] }],
    ['a reserved tag key', 'ValidationError', { Tags: [tag('aws:Request')] }],
    ['51 tags', 'ValidationError', { Tags: Array.from({ length: 51 }, (_, n) => tag(`k${n}`)) }],
    ['a policy that is no JSON', 'MalformedPolicyDocument', { Policy: '{' }],
    ['a policy without a version', 'MalformedPolicyDocument', { Policy: '{"Statement":[]}' }],
    ['a policy without statements', 'MalformedPolicyDocument', { Policy: '{"Version":"2012-10-17"}' }],
    [
      'a session policy that names a principal',
      'MalformedPolicyDocument',
      { Policy: policyOf({ Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }) },
    ],
    [
      'a statement without a resource',
      'MalformedPolicyDocument',
      { Policy: policyOf({ Effect: 'Allow', Action: '*' }) },
    ],
    [
      'a policy of 2049 characters',
      'PackedPolicyTooLarge',
      { Policy: policy + ' '.repeat(2049 - policy.length) },
    ],
    ['a wrong external id', 'AccessDenied', { ExternalId: 'somebody-else' }],
    ['no external id', 'AccessDenied', { ExternalId: undefined }],
    ['no source identity', 'AccessDenied', { SourceIdentity: undefined }],
    ['no tags', 'AccessDenied', { Tags: undefined }],
    ['a role that does not exist', 'AccessDenied', { RoleArn: `${input.RoleArn}2` }],
    [
      'the role of that name in another path',
      'AccessDenied',
      { RoleArn: `arn:aws:iam::${account}:role/Admin` },
    ],
  ];
  it.each(refusals)('refuses %s with %s', async (_what, code, change) => {
    await expect(assume(change)).rejects.toMatchObject({ Code: code });
  });

  const others: LambdaFunction[] = [
    'authorizer',
    'requests',
    'reviews',
    'audit',
    'announce',
    'sweep',
    'enforce',
  ];
  it.each(others)('is not for the %s Lambda', async (caller) => {
    await expect(assume({}, caller)).rejects.toMatchObject({ Code: 'AccessDenied' });
  });
});

describe('the signature', () => {
  const send = (sts: STSClient) => sts.send(new AssumeRoleCommand(input));

  it('has to be made with the secret key', async () => {
    const sts = client('sessions', { secretAccessKey: 'guessed' });
    await expect(send(sts)).rejects.toMatchObject({ Code: 'SignatureDoesNotMatch' });
  });

  it('has to be scoped to the region', async () => {
    const sts = client('sessions', { region: 'eu-central-1' });
    await expect(send(sts)).rejects.toMatchObject({ Code: 'SignatureDoesNotMatch' });
  });

  it('has to be of a known access key', async () => {
    const credentials = { accessKeyId: 'ASIAUNKNOWN', secretAccessKey: 'x', sessionToken: 'y' };
    const sts = new STSClient({ endpoint: aws.sts.url, region: aws.region, credentials, maxAttempts: 1 });
    await expect(send(sts)).rejects.toMatchObject({ Code: 'InvalidClientTokenId' });
  });

  it('has to be there', async () => {
    const answer = await fetch(aws.sts.url, { method: 'POST' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});

describe('credentials that were issued', () => {
  it('say who they are, until they expire', async () => {
    const { Credentials } = await assume();
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const sts = new STSClient({ endpoint: aws.sts.url, region: aws.region, credentials, maxAttempts: 1 });
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: account });
    now += 900_000;
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ Code: 'ExpiredToken' });
    now -= 900_000;
  });
});

describe('a fault', () => {
  it.each([
    ['throttle', { Code: 'Throttling' }],
    ['error', { Code: 'InternalFailure' }],
    ['cut', { code: 'ECONNRESET' }],
    ['lose-answer', { code: 'ECONNRESET' }],
  ] as const)('%s is for the next call only', async (fault, error) => {
    aws.sts.failNext(fault);
    await expect(assume()).rejects.toMatchObject(error);
    await expect(assume()).resolves.toBeDefined();
  });

  it('lose-answer does what was asked, cut does not', async () => {
    const before = aws.sts.calls.length;
    aws.sts.failNext('cut');
    aws.sts.failNext('lose-answer');
    await expect(assume()).rejects.toBeDefined();
    await expect(assume()).rejects.toBeDefined();
    expect(aws.sts.calls.length).toBe(before + 1);
  });
});
