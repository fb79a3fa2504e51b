import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IssuedSessionView, ProblemView } from '../../../api/contract.ts';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import type { Policy } from '../../../api/domain/policy-document.ts';
import type { SessionPlan } from '../../../api/domain/session.ts';
import type { User } from '../../../api/domain/user.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { production, ravi, rosa, type StoppedWorld, stoppedWorld, userOf } from '../people.ts';
import { changed, openStore, pending, type Store, trailOf } from '../store.ts';
import { captureLog, startApi } from './calls.ts';

/** The policy, or the person's groups, change between the approval and the session: the stricter of the two holds. */

let store: Store;
let world: StoppedWorld;
let by: User;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(() => {
  captureLog();
  world = stoppedWorld();
  by = userOf(world.newId(), 'Ines', ['engineers', 'on-call']);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const rule = {
  id: 'production',
  who: { groups: 'engineers' },
  what: { accounts: production, roles: 'Admin' },
  maxDuration: '4h',
};
const policyOf = (...rules: object[]): Policy =>
  compilePolicy({ roles: ['Admin', 'ReadOnly'], accounts: [{ id: production, name: 'Production' }], rules });
const then = policyOf(rule);
const apartByDepartment = policyOf({ ...rule, approval: { apartBy: { claims: 'department' } } });
const ask = {
  target: { account: production, role: 'Admin' },
  durationMinutes: 120,
  justification: 'The payment database does not answer.',
  ticket: null,
  start: null,
  breakGlass: false,
};
const approve = (request: AccessRequest, reviewer = ravi, version = 1) =>
  changed(store, world, request, { kind: 'review', by: reviewer, decision: 'approve', comment: '', version });
/** An active request, approved by one reviewer under the rule of then. */
const active = async (under = then, asked = ask) => approve(await pending(store, world, by, asked, under));

async function issue(id: string, now: Policy, user = by) {
  const plans: SessionPlan[] = [];
  const api = startApi(
    store,
    world,
    {
      assumeRole: async (plan) => {
        plans.push(plan);
        const secret = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' };
        return { assumedRoleId: 'AROA:ada', credentials: { ...secret, expiration: plan.endsAt } };
      },
    },
    now,
  );
  const answer = await api.call<IssuedSessionView & Pick<ProblemView, 'code' | 'evidence'>>(
    user,
    'issueSession',
    {
      id,
      body: { kind: 'cli' },
    },
  );
  return { answer, plan: plans[0] };
}

describe('no session is issued where', () => {
  test.each<[string, Policy, string]>([
    [
      'the rule is gone',
      policyOf({ ...rule, id: 'another', what: { ...rule.what, roles: 'ReadOnly' } }),
      'not-eligible',
    ],
    ['there is no rule at all', policyOf(), 'not-eligible'],
    ['the rule names another group', policyOf({ ...rule, who: { groups: 'leads' } }), 'not-eligible'],
    [
      'the rule asks for a claim',
      policyOf({ ...rule, who: { groups: 'engineers', claims: { level: 'senior' } } }),
      'not-eligible',
    ],
    ['two have to approve now', policyOf({ ...rule, approval: { approvals: 2, of: 3 } }), 'rule-changed'],
    ['others have to approve now', policyOf({ ...rule, approval: { groups: 'leads' } }), 'rule-changed'],
    [
      'a team has to be told apart now',
      policyOf({ ...rule, approval: { apartBy: { groups: 'team-*' } } }),
      'rule-changed',
    ],
    ['a ticket is needed now', policyOf({ ...rule, ticket: { pattern: '[A-Z]+-[0-9]+' } }), 'rule-changed'],
  ])('%s', async (_what, now, code) => {
    const { id } = await active();
    const { answer, plan } = await issue(id, now);
    expect([answer.status, answer.body.code, plan]).toEqual([403, code, undefined]);
    expect(await trailOf(store, id)).toEqual(['created', 'approved']);
    expect((await issue(id, then)).answer.status).toBe(201);
  });

  test('the person has left the group', async () => {
    const { id } = await active();
    const { answer } = await issue(id, then, { ...by, groups: ['on-call'] });
    expect([answer.status, answer.body.code]).toEqual([403, 'not-eligible']);
  });

  test('the limit was lowered and that time is used up', async () => {
    const { id } = await active();
    world.pass(60);
    const { answer } = await issue(id, policyOf({ ...rule, maxDuration: '1h' }));
    expect([answer.status, answer.body.code]).toEqual([422, 'duration-too-long']);
  });

  test('break-glass access is not given there any more', async () => {
    const breakGlass = { groups: 'on-call', maxDuration: '30m' };
    const glass = policyOf({ ...rule, breakGlass });
    const { id } = await pending(store, world, by, { ...ask, durationMinutes: 30, breakGlass: true }, glass);
    expect((await issue(id, then)).answer.body.code).toBe('rule-changed');
    const others = policyOf({ ...rule, breakGlass: { ...breakGlass, groups: 'leads' } });
    expect((await issue(id, others)).answer.body.code).toBe('rule-changed');
    expect((await issue(id, glass)).answer.status).toBe(201);
  });
});

describe('a session is issued, but less of it, where', () => {
  test('the duration was narrowed: it ends by the smaller one, from when the window began', async () => {
    const { id } = await active();
    world.pass(10);
    const { plan } = await issue(id, policyOf({ ...rule, maxDuration: '30m' }));
    expect(plan).toMatchObject({ denyFrom: '2026-11-23T10:00:00.000Z', durationSeconds: 1200 });
  });

  test('sessions were shortened', async () => {
    const { id } = await active();
    const { plan } = await issue(id, policyOf({ ...rule, sessionLength: '15m' }));
    expect(plan).toMatchObject({ denyFrom: '2026-11-23T11:30:00.000Z', durationSeconds: 900 });
  });

  test.each([
    ['of now', then, policyOf({ ...rule, guardrails: 'assume-roles' })],
    ['of then', policyOf({ ...rule, guardrails: 'assume-roles' }), then],
  ])('there is a guardrail %s', async (_when, before, now) => {
    const { id } = await active(before);
    const { plan } = await issue(id, now);
    const { Statement } = JSON.parse(plan?.policy ?? '{}');
    expect(Statement).toContainEqual({
      Sid: 'Guardrails',
      Effect: 'Deny',
      Action: ['sts:AssumeRole', 'sts:AssumeRoot'],
      Resource: '*',
    });
  });
});

describe('a wider rule of now gives nothing more', () => {
  test.each([
    ['longer', policyOf({ ...rule, maxDuration: '8h' })],
    ['automatic', policyOf({ ...rule, approval: 'automatic' })],
  ])('%s', async (_how, now) => {
    const { id } = await active();
    expect((await issue(id, now)).plan).toMatchObject({ denyFrom: '2026-11-23T11:30:00.000Z' });
    const waiting = await pending(store, world, { ...by, id: `${by.id}-2` }, ask, then);
    const { answer } = await issue(waiting.id, now, { ...by, id: `${by.id}-2` });
    expect([answer.status, answer.body.code]).toEqual([409, 'wrong-status']);
  });

  test('a rule that tells teams apart, and is what it was, lets through what it let through', async () => {
    const of = (user: User, department: string): User => ({ ...user, claims: { department: [department] } });
    by = of(by, 'payments');
    const waiting = await pending(store, world, by, ask, apartByDepartment);
    const { id } = await approve(waiting, of(ravi, 'platform'));
    expect((await issue(id, apartByDepartment)).answer.status).toBe(201);
    const byTeam = policyOf({ ...rule, approval: { apartBy: { claims: 'team' } } });
    expect((await issue(id, byTeam)).answer.body.code).toBe('rule-changed');
  });

  test('a request is reviewed by the rule that it was made under', async () => {
    const two = policyOf({ ...rule, approval: { approvals: 2, of: 3 } });
    const waiting = await pending(store, world, by, ask, two);
    const half = await approve(waiting);
    expect(half.status).toBe('pending');
    expect((await issue(waiting.id, then)).answer.body.code).toBe('wrong-status');
    const whole = await approve(half, rosa);
    expect(whole.status).toBe('approved');
    expect((await issue(waiting.id, then)).answer.status).toBe(201);
  });
});
