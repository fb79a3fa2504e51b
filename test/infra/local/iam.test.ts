import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionTags } from '../../../api/domain/session.ts';
import type { LambdaFunction } from '../../../api/env.ts';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';
import { isDeniedAll } from '../../../infra/local/boundary-check.ts';

const account = '111122223333';
const other = '444455556666';
let aws: AwsServices;
let iam: IAMClient;
let arn: string;

beforeAll(async () => {
  const roles = [account, other].map((one) => ({ account: one, role: 'Admin' }));
  aws = await startAwsServices({
    signinPort: 0,
    now: Date.now,
    roles: [...roles, { account, role: 'Legacy', bounded: false }],
  });
  arn = `arn:aws:iam::${account}:policy${aws.boundaryPolicy}`;
  iam = await revoker();
});
afterAll(() => aws.stop());
beforeEach(() => {
  const policy = aws.iam.boundary(account);
  policy.versions = policy.versions.filter(({ isDefault }) => isDefault);
});

function clientOf(endpoint: string, credentials: ReturnType<AwsServices['principalOf']>) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    endpoint,
    region: aws.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
  };
}

async function assume(lambda: LambdaFunction, role: string, more = {}) {
  const sts = new STSClient(clientOf(aws.sts.url, aws.principalOf(lambda)));
  const command = new AssumeRoleCommand({
    RoleArn: `arn:aws:iam::${account}:role${role}`,
    RoleSessionName: 'test',
    ExternalId: aws.externalId,
    ...more,
  });
  const { Credentials } = await sts.send(command);
  return {
    name: '',
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

async function revoker(): Promise<IAMClient> {
  return new IAMClient(
    clientOf(aws.iam.url, await assume('enforce', aws.revokerRole, { DurationSeconds: 900 })),
  );
}

const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const all = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' };
const create = (PolicyDocument = policyOf(all), PolicyArn = arn) =>
  iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));

describe('the revoker', () => {
  it('puts a version in force, reads it as it was written, and takes an old one away', async () => {
    const document = policyOf({ ...all, Resource: "arn:aws:s3:::it's(*)!" });
    const { PolicyVersion: made } = await create(document);
    const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn }));
    const VersionId = made?.VersionId ?? '';
    expect(Versions.map((version) => [version.VersionId === VersionId, version.IsDefaultVersion])).toEqual([
      [true, true],
      [false, false],
    ]);
    const read = await iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId }));
    expect(decodeURIComponent(read.PolicyVersion?.Document ?? '')).toBe(document);
    expect(read.PolicyVersion?.Document).not.toMatch(/[^\w.~%-]/);
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: Versions[1]?.VersionId }));
    expect(aws.iam.boundary(account).versions).toHaveLength(1);
  });

  it('sees who has the policy as permissions', async () => {
    const list = () =>
      iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: arn, PolicyUsageFilter: 'PermissionsPolicy' }));
    expect(await list()).toMatchObject({ PolicyRoles: [], PolicyGroups: [], PolicyUsers: [] });
    aws.iam.boundary(account).permissionsOf.push('Admin');
    expect(await list()).toMatchObject({ PolicyRoles: [{ RoleName: 'Admin' }] });
    aws.iam.boundary(account).permissionsOf = [];
  });

  it('sees whose boundary it is, a hundred at a time', async () => {
    const policy = aws.iam.boundary(account);
    const before = policy.boundaryOf;
    const page = { PolicyArn: arn, PolicyUsageFilter: 'PermissionsBoundary', MaxItems: 1000 } as const;
    expect(await iam.send(new ListEntitiesForPolicyCommand(page))).toMatchObject({
      PolicyRoles: before.map((RoleName) => ({ RoleName })),
      IsTruncated: false,
    });
    policy.boundaryOf = Array.from({ length: 101 }, (_, number) => `Role${number}`);
    const first = await iam.send(new ListEntitiesForPolicyCommand(page));
    expect([first.PolicyRoles?.length, first.IsTruncated]).toEqual([100, true]);
    const rest = await iam.send(new ListEntitiesForPolicyCommand({ ...page, Marker: first.Marker }));
    expect(rest).toMatchObject({ PolicyRoles: [{ RoleName: 'Role100' }], IsTruncated: false });
    policy.boundaryOf = before;
  });

  it('may not have more than five versions', async () => {
    for (let version = 2; version <= 5; version += 1) await create();
    await expect(create()).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  const filler = (length: number) => {
    const bare = policyOf({ ...all, Resource: '' }).length;
    return policyOf({ ...all, Resource: 'x'.repeat(length - bare) });
  };
  it.each([
    ['a document of 6145 characters', () => filler(6145), 'LimitExceededException'],
    ['no JSON', () => '{', 'MalformedPolicyDocumentException'],
    ['no statement', () => policyOf(), 'MalformedPolicyDocumentException'],
    ['a name with a hyphen', () => policyOf({ ...all, Sid: 'a-b' }), 'MalformedPolicyDocumentException'],
    ['two of one name', () => policyOf(all, all), 'MalformedPolicyDocumentException'],
  ])('may not write %s', async (_what, document, name) => {
    await expect(create(document())).rejects.toMatchObject({ name });
  });
  it('may write 6144 characters, and white space beside', async () => {
    await expect(create(`${filler(6144)}\n  \n`)).resolves.toBeDefined();
  });

  it('may not delete the version that is in force', async () => {
    const [{ id } = { id: '' }] = aws.iam.boundary(account).versions;
    await expect(
      iam.send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: id })),
    ).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await expect(
      iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: 'v99' })),
    ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

it('a target role is not the revoker', async () => {
  const credentials = await assume('sessions', `${aws.targetRolePath}Admin`, {
    SourceIdentity: 'erin',
    DurationSeconds: 900,
    Tags: Object.values(sessionTags).map((Key) => ({ Key, Value: 'of a request' })),
  });
  const command = new ListPolicyVersionsCommand({ PolicyArn: arn });
  await expect(new IAMClient(clientOf(aws.iam.url, credentials)).send(command)).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

describe('what a boundary denies', () => {
  const session = {
    userId: 'AROAEXAMPLE:erin.aaa',
    sourceIdentity: 'erin-0123456789',
    issuedAt: Date.UTC(2026, 10, 23, 9, 30),
  };
  const issued = { DateLessThanEquals: { 'aws:TokenIssueTime': '2026-11-23T09:30:00Z' } };
  const earlier = { DateLessThanEquals: { 'aws:TokenIssueTime': '2026-11-23T09:29:59Z' } };
  const person = (mark: string) => ({ StringLike: { 'aws:SourceIdentity': ['*-9876543210', `*-${mark}`] } });
  const deny = (Condition: object, Action = '*') =>
    policyOf(all, { Effect: 'Deny', Action, Resource: '*', Condition });
  it.each([
    ['everybody else', policyOf(all), false],
    ['its name', deny({ StringLike: { 'aws:userid': ['*.bbb', '*.aaa'] } }), true],
    ['another name', deny({ StringLike: { 'aws:userid': ['*.bbb'] } }), false],
    ['its time', deny(issued), true],
    ['an earlier time', deny(earlier), false],
    ['its person', deny({ ...issued, ...person('0123456789') }), true],
    ['its person, until an earlier time', deny({ ...earlier, ...person('0123456789') }), false],
    ['another person', deny({ ...issued, ...person('0123456780') }), false],
    ['some actions', deny({}, 's3:*'), false],
  ])('%s', (_what, document, denied) => {
    expect(isDeniedAll(document, session)).toBe(denied);
  });
  it.each([
    ['an operator', deny({ StringEquals: { 'aws:userid': 'x' } })],
    ['a pattern', deny({ StringLike: { 'aws:userid': '*a*' } })],
    ['a pattern of a person', deny({ StringLike: { 'aws:SourceIdentity': 'erin-*' } })],
  ])('is not guessed where %s is not known', (_what, document) => {
    expect(() => isDeniedAll(document, session)).toThrow('known here');
  });
});

describe('the console of a session', () => {
  const asAdmin = {
    SourceIdentity: 'erin',
    Policy: policyOf(all),
    Tags: Object.values(sessionTags).map((Key) => ({ Key, Value: 'of a request' })),
  };

  async function consoleOf(role: string): Promise<number> {
    const { accessKeyId, secretAccessKey, sessionToken } = await assume('sessions', role, asAdmin);
    const session = { sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken };
    const form = new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(session) });
    const endpoint = `${aws.signin.url}/federation`;
    const { SigninToken } = (await (await fetch(endpoint, { method: 'POST', body: form })).json()) as {
      SigninToken: string;
    };
    const link = new URLSearchParams({
      Action: 'login',
      Issuer: 'http://localhost:8080',
      Destination: 'https://console.aws.amazon.com/',
      SigninToken,
    });
    return (await fetch(`${endpoint}?${link}`)).status;
  }

  it.each([
    ['Admin', 403],
    ['Legacy', 200],
  ])('of %s, once the boundary denies it everything: %i', async (role, status) => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const Condition = { DateLessThanEquals: { 'aws:TokenIssueTime': until } };
    expect(await consoleOf(`/stepladder/${role}`)).toBe(200);
    await create(policyOf(all, { ...all, Sid: 'Ended', Effect: 'Deny', Condition }));
    expect(await consoleOf(`/stepladder/${role}`)).toBe(status);
    await create();
  });
});
