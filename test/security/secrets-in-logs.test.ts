import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { announce } from '../../api/actions/announce.ts';
import { sweep } from '../../api/actions/sweep.ts';
import { announcer } from '../../api/aws/announcer.ts';
import { boundaryKeepers } from '../../api/aws/boundary-keeper.ts';
import { roleProber } from '../../api/aws/role-prober.ts';
import { sessionIssuer } from '../../api/aws/session-issuer.ts';
import { planPreflight } from '../../api/domain/preflight.ts';
import { createIdentity } from '../../api/http/identity.ts';
import { createLogger, logging } from '../../api/log.ts';
import { type Answer, startAnsweringServer } from '../api/aws/answering-server.ts';
import { captureLog, startApi } from '../api/http/calls.ts';
import { ada, oki, production, stoppedWorld } from '../api/people.ts';
import { approved, openStore, pending, type Store } from '../api/store.ts';
import { headersOf } from '../support/tokens.ts';

/**
 * Services that give away what they were given: STS, IAM, the federation endpoint, DynamoDB, SNS, SES and the issuer answer
 * with the secrets in errors, in bodies that are no JSON, in fields that nobody asked for. None of it gets further: not
 * into a line of the log at its most talkative, an answer, a message or the table.
 */

type Server = Awaited<ReturnType<typeof startAnsweringServer>>;
let sts: Server;
let signin: Server;
let mail: Server;
let iam: Server;
let store: Store;
let log: () => string;
const world = stoppedWorld();

/** Like real ones in length and letters, and found nowhere else. */
const canaries = {
  secretAccessKey: 'cAnArY0Secret/Access+Key0123456789abcdef',
  sessionToken: `IQoJb3JpZ2luX2VjCanary${'q'.repeat(200)}==`,
  signinToken: `CaNaRySigninToken_${'w'.repeat(120)}`,
  externalId: 'canary-external-id-5b1f',
  accessToken: `eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOiJhY2Nlc3MifQ.${'a'.repeat(80)}`,
  idToken: `eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOiJpZCJ9.${'i'.repeat(80)}`,
  refreshToken: 'canary-refresh-token-0a9b8c7d6e5f',
  code: 'canary-authorization-code-112233',
  verifier: 'canary-pkce-verifier-44556677889900',
  assertion: 'canary-client-assertion-eyJhbGciOi',
} as const;
const all = Object.values(canaries).join(' ');

beforeAll(async () => {
  [sts, signin, mail, iam, store] = await Promise.all([
    startAnsweringServer(),
    startAnsweringServer(),
    startAnsweringServer(),
    startAnsweringServer(),
    openStore(),
  ]);
  const variables = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIATESTBROKER',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ENDPOINT_URL_IAM: iam.url,
    AWS_ENDPOINT_URL_SNS: mail.url,
    AWS_ENDPOINT_URL_SESV2: mail.url,
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    POWERTOOLS_LOGGER_LOG_EVENT: 'true',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
});
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([sts, signin, mail, iam].map((server) => server.stop()));
});

const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAEXAMPLEEXAMPLE123:ada</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/Admin/ada</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIACANARYCANARYCANA</AccessKeyId><SecretAccessKey>${canaries.secretAccessKey}</SecretAccessKey><SessionToken>${canaries.sessionToken}</SessionToken><Expiration>2126-11-24T10:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const refusal = (code: string, message: string) =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${all}</RequestId></ErrorResponse>`;

/** Nothing of a secret: not the whole of it, and no piece that a quoting error would have cut out. */
function expectNoSecret(where: string, text: string) {
  for (const [name, secret] of Object.entries(canaries)) {
    for (let start = 0; start + 16 <= secret.length; start += 8) {
      expect(text.includes(secret.slice(start, start + 16)), `${name} in ${where}`).toBe(false);
    }
  }
}

async function expectSilence(answered = '') {
  expectNoSecret('the log', log());
  expectNoSecret('the answer', answered);
  expectNoSecret('the table', JSON.stringify(await store.everything()));
}

/** Somebody new, who has no open request. */
const somebody = () => ({ ...ada, id: `https://id.example.com#${world.newId()}` });

function api(changes: Partial<Store> = {}) {
  const issuer = sessionIssuer({
    partition: 'aws',
    targetRolePath: '/stepladder/',
    externalId: canaries.externalId,
    appUrl: 'https://stepladder.example.com',
    signinEndpoint: signin.url,
  });
  return startApi({ ...store, ...changes }, world, issuer);
}

/** @returns what is answered to somebody who asks for a session, with both tokens in the event */
async function issue(kind: 'cli' | 'console', changes: Partial<Store> = {}) {
  const by = somebody();
  const request = await approved(store, world, by);
  return api(changes).call(by, 'issueSession', {
    id: request.id,
    body: { kind },
    headers: headersOf({ access: canaries.accessToken, id: canaries.idToken }),
  });
}

describe('STS that repeats what it was sent', () => {
  test.each<[string, Answer | 'cut']>([
    ['in a refusal', { status: 403, body: refusal('AccessDenied', all) }],
    ['in a validation error', { status: 400, body: refusal('ValidationError', `Value '${all}' is wrong`) }],
    ['in an unknown error', { status: 400, body: refusal('Strange', all) }],
    ['as the name of the error', { status: 400, body: refusal(canaries.secretAccessKey, all) }],
    ['in an error of its own', { status: 500, body: refusal('InternalFailure', all) }],
    ['in what is no XML', { status: 200, body: `<${all}` }],
    ['in what is no answer', { status: 200, body: all }],
    [
      'in credentials that are not whole',
      { status: 200, body: assumed.replace(/<Expiration>.*<\/Expiration>/, '') },
    ],
    [
      'in an expiration',
      { status: 200, body: assumed.replace('2126-11-24T10:00:00Z', canaries.sessionToken) },
    ],
  ])('%s', async (_where, answer) => {
    sts.state.answer = answer;
    const answered = await issue('cli');
    expect(answered.status).toBeGreaterThanOrEqual(500);
    expect(log()).toContain('"level":"ERROR"');
    await expectSilence(answered.text);
  });
});

describe('IAM that repeats what it was sent', () => {
  const place = {
    ...{ partition: 'aws', account: production, targetRoles: '/stepladder/' },
    ...{ boundary: '/control/Boundary', revoker: '/control/Revoker' },
  };
  const { externalId } = canaries;
  test.each<[string, Answer | 'cut']>([
    ['in a refusal', { status: 403, body: refusal('AccessDenied', all) }],
    ['in an unknown error', { status: 400, body: refusal('Strange', all) }],
    ['as the name of the error', { status: 400, body: refusal(canaries.sessionToken, all) }],
    ['in an error of its own', { status: 500, body: refusal('ServiceFailure', all) }],
    ['in what is no XML', { status: 200, body: `<${all}` }],
    ['in what is no answer', { status: 200, body: all }],
    ['in nothing, because it hangs up', 'cut'],
  ])('%s, to the revoker and to a preflight', async (_where, answer) => {
    sts.state.answer = { status: 200, body: assumed };
    iam.state.answer = answer;
    const logger = createLogger('enforce');
    const keepers = boundaryKeepers({ externalId });
    const enforcing = logging(logger, () => keepers.keep(place, (keeper) => keeper.readBoundary()));
    const thrown = await enforcing().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    await expectSilence(String((thrown as Error).stack));

    const target = { account: production, role: 'Admin' };
    const by = { kind: 'operator', person: oki, sourceIp: '192.0.2.7' } as const;
    const plan = planPreflight({ id: world.newId(), at: world.now(), target, by }, world.digest);
    const prober = roleProber({ partition: 'aws', targetRolePath: '/stepladder/', externalId });
    const outcomes = await logging(logger, () => prober.probe(plan))();
    expect(outcomes.role.result).not.toBe('read');
    await expectSilence(JSON.stringify(outcomes));
  });
});

describe('the federation endpoint that repeats the session it was sent', () => {
  test.each<[string, Answer | 'cut']>([
    ['in an error', { status: 400, body: all }],
    ['in an answer that is no JSON', { status: 200, body: `${canaries.secretAccessKey}{` }],
    ['in an answer that begins as JSON', { status: 200, body: `{"SigninToken": ${canaries.signinToken}` }],
    ['in other fields', { status: 200, body: JSON.stringify({ Session: canaries, SigninToken: '' }) }],
    [
      'in a redirect',
      { status: 302, body: '', headers: { location: `https://evil.example/${canaries.code}` } },
    ],
    ['in nothing, because it hangs up', 'cut'],
  ])('%s', async (_where, answer) => {
    sts.state.answer = { status: 200, body: assumed };
    signin.state.answer = answer;
    const answered = await issue('console');
    expect(answered.status).toBe(503);
    await expectSilence(answered.text);
  });
});

describe('DynamoDB and whatever else throws', () => {
  const thrown = Object.assign(new Error(all, { cause: canaries }), {
    $metadata: { requestId: all, httpStatusCode: 500 },
    $response: { headers: canaries, body: all },
    Item: { request: { M: canaries } },
    CancellationReasons: [{ Item: canaries }],
  });
  test.each<[string, unknown]>([
    ['an error with everything on it', thrown],
    ['an error in an error', new Error('x', { cause: new AggregateError([thrown], all) })],
    ['a text', all],
    ['an object', canaries],
  ])('%s', async (_what, error) => {
    sts.state.answer = { status: 200, body: assumed };
    const reads = await issue('cli', { readRequest: () => Promise.reject(error) });
    const saves = await issue('cli', { saveChange: () => Promise.reject(error) });
    for (const answered of [reads, saves]) {
      expect(answered).toMatchObject({ status: 500, body: { code: 'internal' } });
      await expectSilence(answered.text);
    }
  });
  test('after AWS answered: the credentials are in nobody’s hands', async () => {
    sts.state.answer = { status: 200, body: assumed };
    let saved = 0;
    const saveChange: Store['saveChange'] = (...change) => {
      saved += 1;
      return saved === 1 ? store.saveChange(...change) : Promise.reject(thrown);
    };
    const answered = await issue('cli', { saveChange });
    expect(answered.status).toBe(503);
    await expectSilence(answered.text);
  });
});

describe('what a successful session leaves behind', () => {
  test.each(['cli', 'console'] as const)('%s: its secrets are in the answer alone', async (kind) => {
    sts.state.answer = { status: 200, body: assumed };
    signin.state.answer = { status: 200, body: JSON.stringify({ SigninToken: canaries.signinToken }) };
    const answered = await issue(kind);
    expect(answered.status).toBe(201);
    expect(answered.text).toContain(kind === 'cli' ? canaries.sessionToken : canaries.signinToken);
    await expectSilence();
  });
});

describe('the issuer, or somebody in its place', () => {
  test.each([
    ['is no JSON', () => new Response(all)],
    ['is a refusal', () => new Response(all, { status: 400 })],
    ['names another issuer', () => Response.json({ ...canaries, issuer: all })],
    [
      'names keys at an address that is none',
      () => Response.json({ issuer: 'https://id.example.com', jwks_uri: all }),
    ],
    ['throws', () => Promise.reject(Object.assign(new TypeError(all), { cause: canaries }))],
  ])('%s', async (_what, answer) => {
    const identity = createIdentity({
      profile: 'generic',
      issuer: 'https://id.example.com',
      clientId: 'app',
      audience: 'api',
      claims: [],
      now: Date.now,
      fetch: async () => answer(),
    });
    const logger = createLogger('authorizer');
    const headers = headersOf({ access: canaries.accessToken, id: canaries.idToken });
    const thrown = await logging(logger, () => identity.identify(headers))().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    await expectSilence(String((thrown as Error).stack));
  });
});

describe('channels that repeat what they were sent', () => {
  test.each<[string, Answer | 'cut']>([
    ['in a refusal', { status: 400, body: refusal('InvalidParameter', all) }],
    ['in an error of their own', { status: 500, body: all }],
    ['in what is no answer', { status: 200, body: `<${all}` }],
  ])('%s, to the stream and to the sweep', async (_where, answer) => {
    await pending(store, world, somebody());
    mail.state.answer = answer;
    const logger = createLogger('announce');
    const channels = announcer({
      topicArn: 'arn:aws:sns:us-east-1:111122223333:t',
      sender: 'a@example.com',
      chatTopicArn: 'arn:aws:sns:us-east-1:111122223333:c',
      bus: 'stepladder',
    });
    const [event = '', id = ''] = await store.listDueMessages(world.now(), 2);
    const appUrl = 'https://stepladder.example.com';
    const tell = logging(logger, () => announce(store, channels, world, id, appUrl));
    const put = logging(logger, () => announce(store, channels, world, event, appUrl));
    const clean = logging(logger, () => sweep({ store, announcer: channels, world, appUrl }));
    for (const run of [tell, put, clean]) {
      const thrown = await run().catch((error: unknown) => error);
      await expectSilence(thrown instanceof Error ? String(thrown.stack) : '');
    }
  });
});
