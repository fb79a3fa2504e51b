import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { roleProber } from '../../../api/aws/role-prober.ts';
import { type Preflight, planPreflight } from '../../../api/domain/preflight.ts';
import type { Fault } from '../../../infra/local/aws-endpoint.ts';
import { type AwsServices, startAwsServices } from '../../../infra/local/aws-services.ts';
import type { LocalRole } from '../../../infra/local/target-roles.ts';
import { oki, production, stoppedWorld } from '../people.ts';
import { startAnsweringServer } from './answering-server.ts';

/** What a preflight asks of AWS, before the local STS and IAM, and what becomes of every kind of answer. */

const world = stoppedWorld();
const account = production;
const roles: LocalRole[] = [
  { account, role: 'Admin', maxSession: 7200 },
  { account, role: 'Open', forgets: ['external-id'], bounded: false },
  { account, role: 'Nameless', forgets: ['source-identity', 'session-tags'], readsItself: false },
];
let aws: AwsServices;
let broken: Awaited<ReturnType<typeof startAnsweringServer>>;

beforeAll(async () => {
  broken = await startAnsweringServer();
});
beforeEach(async () => {
  aws = await startAwsServices({ signinPort: 0, now: Date.now, roles });
  as('sessions');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});
afterAll(() => broken.stop());

function as(lambda: 'sessions' | 'requests') {
  const { accessKeyId, secretAccessKey, sessionToken } = aws.principalOf(lambda);
  vi.stubEnv('AWS_REGION', aws.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', aws.sts.url);
  vi.stubEnv('AWS_ENDPOINT_URL_IAM', aws.iam.url);
}

function probe(role: string, targetRolePath = aws.targetRolePath) {
  const by = { kind: 'operator', person: oki, sourceIp: '192.0.2.7' } as const;
  const preflight: Preflight = { id: world.newId(), at: world.now(), target: { account, role }, by };
  const prober = roleProber({ partition: 'aws', targetRolePath, externalId: aws.externalId });
  return prober.probe(planPreflight(preflight, world.digest));
}

const wellSetUp = {
  'as-session': 'let-in',
  'an-hour': 'let-in',
  'no-external-id': 'refused',
  'wrong-external-id': 'refused',
  'no-source-identity': 'refused',
  'no-tags': 'refused',
};
const keptOut = { ...wellSetUp, 'as-session': 'refused', 'an-hour': 'refused' };

describe('a role', () => {
  test('that is set up as it should be lets in only what has everything, and reads itself', async () => {
    expect(await probe('Admin')).toEqual({
      probes: wellSetUp,
      role: {
        result: 'read',
        maxSessionSeconds: 7200,
        boundary: expect.stringMatching(`^arn:aws:iam::${production}:policy/`),
      },
    });
    expect(aws.iam.calls).toMatchObject([
      { input: { action: 'GetRole', roleName: 'Admin' }, refusal: undefined },
    ]);
  });

  test('whose trust policy forgot something lets in who lacks it', async () => {
    expect(await probe('Open')).toEqual({
      probes: { ...wellSetUp, 'no-external-id': 'let-in', 'wrong-external-id': 'let-in' },
      role: { result: 'read', maxSessionSeconds: 3600, boundary: null },
    });
    expect(await probe('Nameless')).toEqual({
      probes: { ...wellSetUp, 'no-source-identity': 'let-in', 'no-tags': 'let-in' },
      role: { result: 'refused' },
    });
  });

  test.each([
    ['that does not exist', 'Nothing', '/stepladder/'],
    ['that stands elsewhere than on the path of the broker', 'Admin', '/'],
  ])('%s refuses everything', async (_what, role, path) => {
    expect(await probe(role, path)).toEqual({ probes: keptOut, role: { result: 'not-asked' } });
    expect(aws.iam.calls).toEqual([]);
  });

  test('refuses another Lambda than the one that it trusts', async () => {
    as('requests');
    expect(await probe('Admin')).toEqual({ probes: keptOut, role: { result: 'not-asked' } });
  });
});

describe('an answer that is none', () => {
  test.each<[Fault, string]>([
    ['throttle', 'throttled'],
    ['error', 'unavailable'],
    ['cut', 'unavailable'],
  ])('of STS (%s) reads neither as let in nor as refused', async (fault, result) => {
    aws.sts.failNext(fault, 6 * 3);
    const probed = await probe('Admin');
    expect(new Set(Object.values(probed.probes))).toEqual(new Set([result]));
    expect(probed.role).toEqual({ result: 'not-asked' });
  });

  test.each<[Fault, string]>([
    ['throttle', 'throttled'],
    ['error', 'unavailable'],
    ['cut', 'unavailable'],
  ])('of IAM (%s) leaves the role unread', async (fault, result) => {
    aws.iam.failNext(fault, 3);
    expect(await probe('Admin')).toEqual({ probes: wellSetUp, role: { result } });
  });

  test.each([
    ['ValidationError', 400, 'not-taken'],
    ['MalformedPolicyDocument', 400, 'not-taken'],
    ['PackedPolicyTooLarge', 400, 'not-taken'],
    ['RegionDisabledException', 403, 'not-taken'],
    ['ExpiredToken', 403, 'unavailable'],
    ['SomethingNew', 403, 'unavailable'],
  ])('%s is %3$s', async (code, status, result) => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', broken.url);
    broken.state.answer = {
      status,
      body: `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
    };
    expect(new Set(Object.values((await probe('Admin')).probes))).toEqual(new Set([result]));
  });

  test('without credentials, or a role that is none, is not read', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', broken.url);
    broken.state.answer = {
      status: 200,
      body: '<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>',
    };
    expect((await probe('Admin')).role).toEqual({ result: 'unavailable' });
    as('sessions');
    vi.stubEnv('AWS_ENDPOINT_URL_IAM', broken.url);
    broken.state.answer = { status: 200, body: '<GetRoleResponse><GetRoleResult/></GetRoleResponse>' };
    expect((await probe('Admin')).role).toEqual({ result: 'unavailable' });
    broken.state.answer = {
      status: 404,
      body: '<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>no</Message></Error></ErrorResponse>',
    };
    expect((await probe('Admin')).role).toEqual({ result: 'missing' });
  });
});
