import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RoleProber, Unavailable } from '../../api/actions/ports.ts';
import { roleProber } from '../../api/aws/role-prober.ts';
import type { PreflightView, ProblemView } from '../../api/contract.ts';
import { orPreflight } from '../../api/http/preflight-endpoints.ts';
import { createLogger } from '../../api/log.ts';
import { type AwsServices, startAwsServices } from '../../infra/local/aws-services.ts';
import { sessionAllows } from '../../infra/local/session-policy.ts';
import { type Api, boundaryPlace, captureLog, eventOf, startApi, wellSetUp } from '../api/http/calls.ts';
import { ada, eve, nemo, oki, otto, policy, production, ravi } from '../api/people.ts';
import { openStore, type Store } from '../api/store.ts';

/** A preflight makes credentials of target roles. What people try to get them, or to be let near them. */

const target = { account: production, role: 'Admin' };
/** Access key ids, and what is as long as a secret key or a session token. */
const credential = /ASIA[A-Z0-9]{16}|[A-Za-z0-9+/]{39}=|[A-Za-z0-9+/]{200}/;
const invocation = '8d3c7a52-0000-4000-8000-000000000001';
let store: Store;
let aws: AwsServices;
let api: Api;
let log: () => string;
let probed: number;

beforeAll(async () => {
  [store, aws] = await Promise.all([
    openStore(),
    startAwsServices({ signinPort: 0, now: Date.now, roles: [{ ...target, forgets: ['external-id'] }] }),
  ]);
  const { accessKeyId, secretAccessKey, sessionToken } = aws.principalOf('sessions');
  vi.stubEnv('AWS_REGION', aws.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', aws.sts.url);
  vi.stubEnv('AWS_ENDPOINT_URL_IAM', aws.iam.url);
});
beforeEach(() => {
  log = captureLog();
  probed = 0;
  api = startApi(store, undefined, {}, policy, counted());
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function counted(prober: RoleProber = { probe: async () => wellSetUp }): RoleProber {
  return {
    probe: (plan) => {
      probed += 1;
      return prober.probe(plan);
    },
  };
}

/** The sessions Lambda as the Lambda API invokes it. */
function invoke(event: unknown, prober = counted(), saving: Store = store): Promise<unknown> {
  const { world } = api;
  const tools = { store: saving, prober, world, policy, place: boundaryPlace };
  const handler = orPreflight(api.handlers.sessions, tools, createLogger('test'));
  return handler(event, { awsRequestId: invocation } as Context);
}

const preflights = async () =>
  (await store.everything()).filter(({ pk }) => String(pk).startsWith('PREFLIGHT#'));

describe('nobody but an operator', () => {
  test.each([
    ['an engineer', ada],
    ['a reviewer', ravi],
    ['an auditor', otto],
    ['somebody without rights', nemo],
    ['a group that is called nearly so', { ...nemo, groups: ['aws-temp#Operators', 'AWS-temp#Operator'] }],
    ['a claim that says so', { ...nemo, claims: { groups: ['aws-temp#Operator'] } }],
  ])('looks at a role or lists them: %s', async (_who, user) => {
    for (const name of ['runPreflight', 'listRoles'] as const) {
      const parts = name === 'runPreflight' ? { body: target } : {};
      const { status, body } = await api.call<ProblemView>(user, name, parts);
      expect([status, body.code]).toEqual([403, 'not-operator']);
    }
    expect(probed).toBe(0);
  });

  test('by the authorizer’s word: the groups of the tokens count, and whose they are', async () => {
    api.tokens.of = async () => ({ ...oki, groups: [] });
    expect((await api.call(oki, 'runPreflight', { body: target })).status).toBe(403);
    api.tokens.of = async () => ({ ...eve, groups: oki.groups });
    expect((await api.call(oki, 'runPreflight', { body: target })).status).toBe(401);
    expect(probed).toBe(0);
  });

  test.each([
    ['an ARN', { ...target, role: `arn:aws:iam::${production}:role/stepladder/Admin` }],
    ['a path', { ...target, role: '../Admin' }],
    ['a wildcard', { ...target, role: 'Adm*' }],
    ['an account that is none', { ...target, account: '1111' }],
    ['a path of its own', { ...target, targetRolePath: '/' }],
    ['an external id of its own', { ...target, externalId: 'mine' }],
    ['a session policy of its own', { ...target, policy: '{}' }],
  ])('and not even an operator aims elsewhere: %s', async (_what, body) => {
    expect((await api.call(oki, 'runPreflight', { body })).status).toBe(400);
    const answer = await invoke({ stepladderPreflight: body });
    expect(answer).toMatchObject({ problem: { status: 400, code: 'invalid-input' } });
    expect(probed).toBe(0);
  });
});

describe('no credentials', () => {
  const real = () =>
    roleProber({ partition: 'aws', targetRolePath: aws.targetRolePath, externalId: aws.externalId });

  test('leave by the answer, the log or the table, where AWS gave some', async () => {
    api = startApi(store, undefined, {}, policy, real());
    const before = aws.sts.calls.length;
    const answer = await api.call<PreflightView>(oki, 'runPreflight', { body: target });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(Object.keys(answer.body).sort()).toEqual(['at', 'findings', 'id', 'target']);
    const failed = answer.body.findings.filter(({ state }) => state === 'fail').map(({ check }) => check);
    expect(failed).toEqual(['no-external-id', 'wrong-external-id']);
    const invoked = await invoke({ stepladderPreflight: target }, real());
    expect(invoked).toMatchObject({ preflight: { findings: answer.body.findings } });
    // Both times four of six were let in, so there was something to leak.
    const given = aws.sts.calls.slice(before).filter(({ refusal }) => refusal === undefined);
    expect(given).toHaveLength(8);
    for (const text of [
      answer.text,
      JSON.stringify(invoked),
      log(),
      JSON.stringify(await store.everything()),
    ]) {
      expect(text).not.toMatch(credential);
    }
  });

  test('of a preflight could do anything, if somebody stole them: no session policy allows it', async () => {
    const before = aws.sts.calls.length;
    await invoke({ stepladderPreflight: target }, real());
    const arn = `arn:aws:iam::${production}:role/stepladder/Admin`;
    const policies = aws.sts.calls
      .slice(before)
      .map(({ input }) => (input.action === 'AssumeRole' ? (input.parameters.policy ?? '') : ''));
    expect(policies).toHaveLength(6);
    expect(policies.filter((one) => sessionAllows(one, 'iam:GetRole', arn))).toHaveLength(1);
    for (const one of policies) {
      for (const action of ['s3:GetObject', 'sts:AssumeRole', 'iam:PassRole', 'iam:UpdateAssumeRolePolicy']) {
        expect(sessionAllows(one, action, arn)).toBe(false);
      }
    }
  });

  test.each([
    ['nothing', {}],
    ['no object', 'stepladderPreflight'],
    ['null', null],
    ['a list', [{ stepladderPreflight: target }]],
    ['a session', { stepladderSession: { ...target, kind: 'cli' } }],
    ['a preflight with more beside it', { stepladderPreflight: target, requestContext: {} }],
  ])('come from invoking the function with %s', async (_what, event) => {
    const came = await invoke(event).then(JSON.stringify, String);
    expect(came).not.toMatch(/findings|credentials|canary/);
    expect(probed).toBe(0);
  });

  test('come from invoking it with a made-up event of API Gateway: it has no tokens', async () => {
    api.tokens.of = async () => {
      throw new Unavailable('these are no tokens');
    };
    const issue = eventOf(ada, 'issueSession', { id: '0'.repeat(26), body: { kind: 'cli' } });
    const look = eventOf(oki, 'runPreflight', { body: target });
    for (const event of [issue, look, { ...look, stepladderPreflight: target }]) {
      expect(await invoke(event)).toMatchObject({ statusCode: 503 });
    }
    expect(probed).toBe(0);
  });
});

describe('an HTTP request', () => {
  const smuggled = { stepladderPreflight: target };
  const asText = JSON.stringify(smuggled);
  const json = { 'content-type': ['application/json'] };
  test.each<[string, Partial<APIGatewayProxyEvent>]>([
    ['in the body', { body: asText }],
    ['in headers', { multiValueHeaders: { ...json, stepladderPreflight: [asText] } }],
    ['in the query', { multiValueQueryStringParameters: { stepladderPreflight: [asText] } }],
    ['in the path', { pathParameters: { stepladderPreflight: asText } }],
    ['in the body, in base64', { body: Buffer.from(asText).toString('base64'), isBase64Encoded: true }],
  ])('does not turn into the event of the Lambda API: %s', async (_where, event) => {
    // NB. Of a person who may use the route's Lambda, but is no operator.
    api.tokens.of = async () => ada;
    const issue = { id: '0'.repeat(26), body: { kind: 'cli' }, event };
    const answer = (await invoke(eventOf(ada, 'issueSession', issue))) as { statusCode: number };
    expect([400, 404]).toContain(answer.statusCode);
    const look = eventOf(ada, 'runPreflight', { body: target, event });
    expect(await invoke(look)).toMatchObject({ statusCode: 403 });
    expect(probed).toBe(0);
  });
});

describe('on record', () => {
  test('is who asked for which target, before AWS is asked, and what was found, after', async () => {
    let seen: unknown[] = [];
    const looking = counted({
      probe: async () => {
        seen = await preflights();
        return wellSetUp;
      },
    });
    api = startApi(store, undefined, {}, policy, looking);
    const before = (await preflights()).length;
    const { body } = await api.call<PreflightView>(oki, 'runPreflight', { body: target });
    expect(seen).toHaveLength(before + 1);
    const mine = (await preflights()).filter(({ pk }) => pk === `PREFLIGHT#${body.id}`);
    expect(mine).toEqual([
      {
        pk: `PREFLIGHT#${body.id}`,
        sk: 'ASKED',
        preflight: {
          id: body.id,
          at: body.at,
          target,
          by: {
            kind: 'operator',
            person: { id: oki.id, name: oki.name, email: oki.email },
            sourceIp: '192.0.2.7',
          },
        },
      },
      { pk: `PREFLIGHT#${body.id}`, sk: 'FINDINGS', at: body.at, findings: body.findings },
    ]);
  });

  test('is by which invocation the Lambda API asked', async () => {
    const { preflight } = (await invoke({ stepladderPreflight: target })) as { preflight: PreflightView };
    const asked = (await preflights()).find(
      ({ pk, sk }) => pk === `PREFLIGHT#${preflight.id}` && sk === 'ASKED',
    );
    expect(asked).toMatchObject({ preflight: { by: { kind: 'lambda-api', invocation } } });
  });

  test('or not asked at all: where it cannot be recorded, AWS hears nothing', async () => {
    const failing: Store = {
      ...store,
      notePreflight: async () => {
        throw new Unavailable('recording failed');
      },
    };
    api = startApi(failing, undefined, {}, policy, counted());
    expect((await api.call(oki, 'runPreflight', { body: target })).status).toBe(503);
    const answer = await invoke({ stepladderPreflight: target }, counted(), failing);
    expect(answer).toMatchObject({ problem: { status: 503, code: 'unavailable' } });
    expect(probed).toBe(0);
    expect(log()).toContain(invocation);
  });

  test('is not made of a role in an account that is nobody’s here, where the external id could be read', async () => {
    const before = (await preflights()).length;
    const elsewhere = { account: '999999999999', role: 'Admin' };
    const { status, body } = await api.call(oki, 'runPreflight', { body: elsewhere });
    expect([status, body.code]).toEqual([422, 'account-unknown']);
    const answer = await invoke({ stepladderPreflight: elsewhere });
    expect(answer).toMatchObject({ problem: { code: 'account-unknown' } });
    expect([probed, (await preflights()).length - before]).toEqual([0, 0]);
  });

  test('is not made by an operator who has none left, and AWS hears nothing', async () => {
    const few = { ...policy, quotas: { ...policy.quotas, preflightsPerHour: 2 } };
    const busy = { ...oki, id: `${oki.id}-busy` };
    const before = (await preflights()).length;
    api = startApi(store, undefined, {}, few, counted());
    const answers = [];
    for (let time = 0; time < 3; time += 1)
      answers.push(await api.call(busy, 'runPreflight', { body: target }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.body.code).toBe('too-many-preflights');
    expect([probed, (await preflights()).length - before]).toEqual([2, 4]);
  });

  test('is never changed: the same id is not written twice', async () => {
    const { preflight } = (await invoke({ stepladderPreflight: target })) as { preflight: PreflightView };
    const again = store.noteFindings(preflight.id, api.world.now(), []);
    await expect(again).rejects.toThrow(Unavailable);
  });
});
