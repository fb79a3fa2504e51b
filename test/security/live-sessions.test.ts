import { runSimulation } from '@cloud-copilot/iam-simulate';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BoundaryRefused, type QueuedEnforcement } from '../../api/actions/ports.ts';
import { boundaryKeepers } from '../../api/aws/boundary-keeper.ts';
import { enforcementItem } from '../../api/aws/request-items.ts';
import { sessionIssuer } from '../../api/aws/session-issuer.ts';
import { initialBoundary, isOwnBoundary } from '../../api/domain/boundary.ts';
import { plusMinutes } from '../../api/domain/instant.ts';
import { planSession } from '../../api/domain/session.ts';
import { targetRoleTemplate } from '../../infra/target-roles/template.ts';
import {
  credentialsOf,
  endable,
  type LiveSessions,
  openLiveSessions,
  revoke,
  someone,
  used,
} from '../api/live-sessions.ts';
import { allowed, production, staging } from '../api/people.ts';
import { account, inAccount } from '../infra/target-roles/in-account.ts';

/** What somebody may try with the end of live sessions: staying in, throwing others out, or getting more by it. */

let live: LiveSessions;

beforeAll(async () => {
  live = await openLiveSessions();
});
afterAll(() => live.stop());
beforeEach(async () => {
  live.world.pass(240);
  for (const { pk, sk } of await live.store.everything()) {
    if (String(pk).startsWith('ENFORCEMENT#')) await live.remove({ pk, sk });
  }
});

const namesIn = (document: string) => document.match(/"aws:userid":\[([^\]]*)\]/)?.[1] ?? '';

describe('a person whose e-mail is a pattern throws nobody out', () => {
  test.each([
    '*',
    '*@*',
    '?'.repeat(20),
    `$${'{'}aws:userid}`,
    `$${'{'}*}`,
    '"]}}},{"Effect":"Allow"',
    '\\u002a',
  ])('%s', async (email) => {
    const bystander = await used(live, someone(live.world));
    const by = { ...someone(live.world), email };
    const { id, session } = await used(live, by);
    allowed(await revoke(live, id));
    await live.enforce();
    expect(live.isDenied(session)).toBe(true);
    expect(live.isDenied(bystander.session)).toBe(false);
    // Nothing that anybody typed is in it.
    expect(namesIn(live.documentOf(production))).toBe(`"*.${id}"`);
  });
});

describe('who stays in', () => {
  test('not by another e-mail, and so another session name, than at the time of the request', async () => {
    const by = someone(live.world);
    const request = await endable(live, by);
    const renamed = { ...by, email: 'another@example.com' };
    const [first, second] = [by, renamed].map(
      (user) =>
        allowed(planSession(request, user, request.rule, live.world.now(), live.world.digest)).sessionName,
    );
    expect(first).not.toBe(second);
    const { id } = await used(live, someone(live.world));
    allowed(await revoke(live, id));
    await live.enforce();
    expect(live.isDenied(credentialsOf(`another@example.com-0123456789.${id}`))).toBe(true);
  });

  test('not by an owner who ends the access first, so that a reviewer finds nothing to revoke', async () => {
    const by = someone(live.world);
    const { id, session } = await used(live, by);
    allowed(await revoke(live, id, by));
    expect((await revoke(live, id)).ok).toBe(false);
    await live.enforce();
    expect(live.isDenied(session)).toBe(true);
  });

  test('not by making the request change all the time while it is noted', async () => {
    const { id, session } = await used(live, someone(live.world));
    allowed(await revoke(live, id));
    let lost = 0;
    const store = {
      ...live.store,
      saveChange: async (...asked: Parameters<typeof live.store.saveChange>) => {
        lost += 1;
        return lost < 3 ? ('conflict' as const) : live.store.saveChange(...asked);
      },
    };
    await live.enforceWith({ store });
    expect(live.isDenied(session)).toBe(true);
    expect(await live.store.readRequest(id)).toMatchObject({ enforcement: { state: 'enforced' } });
  });
});

describe('a role that does not have the boundary, as if somebody forgot it or took it off', () => {
  const bound = (account: string, boundaryOf: string[]) =>
    Object.assign(live.aws.iam.boundary(account), { boundaryOf });

  test.each([
    ['it bounds none', []],
    ['it bounds another role of the account', ['ReadOnly']],
    ['it bounds one whose name begins so', ['Admin2', 'Administrator']],
  ])('is not said to be rid of its sessions, and is named: %s', async (_what, roles) => {
    const { id, session } = await used(live, someone(live.world));
    allowed(await revoke(live, id));
    bound(production, roles);
    await expect(live.enforce()).rejects.toThrow(/not on the role Admin,.*attach it/);
    expect(live.isDenied(session)).toBe(false);
    expect(await live.store.readRequest(id)).toMatchObject({ enforcement: { state: 'pending', at: null } });
    expect((await live.store.listEnforcements(production, 10)).items).toMatchObject([
      { requestId: id, state: 'pending', failures: 1, due: plusMinutes(live.world.now(), 1) },
    ]);
    // On page two of what IAM lists.
    bound(production, [...Array.from({ length: 150 }, (_, number) => `Role${number}`), 'Admin']);
    live.world.pass(1);
    expect(await live.enforceDue()).toEqual([production]);
    expect(live.isDenied(session)).toBe(true);
    expect(await live.store.readRequest(id)).toMatchObject({ enforcement: { state: 'enforced' } });
  });

  test('does not keep those of another role from being recorded', async () => {
    const admin = await used(live, someone(live.world));
    const reader = await used(live, someone(live.world), production, 'ReadOnly');
    bound(production, ['ReadOnly']);
    for (const { id } of [admin, reader]) allowed(await revoke(live, id));
    await expect(live.enforce()).rejects.toThrow('not on the role Admin');
    const states = [admin, reader].map(({ id }) => live.store.readRequest(id));
    expect(await Promise.all(states)).toMatchObject([
      { enforcement: { state: 'pending' } },
      { enforcement: { state: 'enforced' } },
    ]);
    bound(production, ['Admin', 'ReadOnly']);
  });
});

describe('an enforcement that nobody asked for ends no session, says so loudly, and stops no other', () => {
  const forged = (more: Partial<QueuedEnforcement>): QueuedEnforcement => {
    const now = live.world.now();
    return {
      ...{ requestId: 'a'.repeat(26), account: production, revokedAt: now, until: plusMinutes(now, 60) },
      ...{ state: 'pending', failures: 0, due: now, ...more },
    };
  };

  test.each<[string, (active: string) => Partial<QueuedEnforcement>]>([
    ['of a request that is active', (requestId) => ({ requestId })],
    ['of a request that is active, as enforced already', (requestId) => ({ requestId, state: 'enforced' })],
    ['of a request that does not exist', () => ({})],
    ['of every request, by a pattern', () => ({ requestId: '*' })],
  ])('%s', async (_what, forge) => {
    const active = await used(live, someone(live.world));
    const { id, session } = await used(live, someone(live.world));
    allowed(await revoke(live, id));
    await live.store.putItems([enforcementItem(forged(forge(active.id)), '')]);
    await expect(live.enforce()).rejects.toThrow(BoundaryRefused);
    expect(live.isDenied(session)).toBe(true);
    expect(live.isDenied(active.session)).toBe(false);
    expect(namesIn(live.documentOf(production))).toBe(`"*.${id}"`);
    expect(await live.store.readRequest(active.id)).toMatchObject({ status: 'approved' });
  });

  test('of a revoked request, in another account', async () => {
    const { id } = await used(live, someone(live.world));
    allowed(await revoke(live, id));
    const asked = (await live.store.listEnforcements(production, 10)).items[0];
    await live.store.putItems([enforcementItem({ ...forged({}), ...asked, account: staging }, '')]);
    await expect(live.enforce(staging)).rejects.toThrow(BoundaryRefused);
    expect(live.documentOf(staging)).toBe(initialBoundary({ ...live.places, account: staging }));
  });
});

describe('the revoker gives nobody anything', () => {
  const place = () => ({ ...live.places, account: production });
  const keepers = () => boundaryKeepers({ externalId: live.aws.externalId });
  const read = (more: object, made = keepers()) =>
    made.keep({ ...place(), ...more }, (keeper) => keeper.readBoundary());

  test.each([
    ['another policy of the account', { boundary: '/stepladder-control/Another' }],
    ['the policy of that name elsewhere', { boundary: '/StepladderBoundary' }],
    ['an account that it is not in', { account: '999988887777' }],
    ['another role', { revoker: '/stepladder/Admin' }],
  ])('it is not let into %s', async (_what, more) => {
    await expect(read(more)).rejects.toThrow();
  });

  test('not without the external id', async () => {
    await expect(read({}, boundaryKeepers({ externalId: 'guessed' }))).rejects.toThrow(
      'becoming the revoker',
    );
  });

  test('the Lambda that issues sessions is not the revoker, and the one that ends them gets none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    live.as('sessions');
    await expect(read({})).rejects.toThrow('becoming the revoker');
    live.as('enforce');
    await expect(read({})).resolves.toMatchObject({ isPermission: false });
    const by = someone(live.world);
    const request = await endable(live, by);
    const plan = allowed(planSession(request, by, request.rule, live.world.now(), live.world.digest));
    const issuer = sessionIssuer({
      ...{ partition: 'aws', targetRolePath: live.aws.targetRolePath, externalId: live.aws.externalId },
      ...{ appUrl: 'https://stepladder.example.com', signinEndpoint: live.aws.signin.url },
    });
    await expect(issuer.assumeRole(plan, new AbortController().signal)).rejects.toThrow('AWS refused');
  });
});

describe('the set-up that the template of the target roles makes', () => {
  const { Resources } = inAccount(targetRoleTemplate(account, []), { partition: 'aws', account: production });
  const boundary = JSON.stringify(Resources.Boundary?.Properties.PolicyDocument);
  const { Policies } = (Resources.Revoker?.Properties ?? {}) as { Policies?: { PolicyDocument: object }[] };
  const permissions = Policies?.[0]?.PolicyDocument;
  const arn = `arn:aws:iam::${production}:policy/stepladder-control/StepladderBoundary`;

  test('has the boundary that is replaced', () => {
    const place = { ...live.places, account: production };
    expect(isOwnBoundary(place, boundary)).toBe(true);
  });

  /** The revoker with no more than the README's permissions, whatever its session policy says. */
  async function revokerMay(action: string, resource: string, context = {}): Promise<boolean> {
    const answer = await runSimulation(
      {
        request: {
          action,
          principal: `arn:aws:sts::${production}:assumed-role/StepladderRevoker/stepladder-enforce`,
          resource: { resource, accountId: production },
          contextVariables: context,
        },
        identityPolicies: [{ name: 'revoker', policy: permissions }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
    return answer.overallResult === 'Allowed';
  }

  test.each([
    'iam:CreatePolicyVersion',
    'iam:DeletePolicyVersion',
    'iam:GetPolicyVersion',
    'iam:ListEntitiesForPolicy',
    'iam:ListPolicyVersions',
  ])('lets the revoker %s, of the boundary alone', async (action) => {
    expect(await revokerMay(action, arn)).toBe(true);
    expect(await revokerMay(action, `${arn}2`)).toBe(false);
    expect(await revokerMay(action, `arn:aws:iam::${production}:policy/Admin`)).toBe(false);
  });

  const role = `arn:aws:iam::${production}:role/stepladder/Admin`;
  test.each([
    ['iam:AttachRolePolicy', role],
    ['iam:PutRolePolicy', role],
    ['iam:PutRolePermissionsBoundary', role],
    ['iam:DeleteRolePermissionsBoundary', role],
    ['iam:UpdateAssumeRolePolicy', role],
    ['iam:SetDefaultPolicyVersion', arn],
    ['iam:DeletePolicy', arn],
    ['sts:AssumeRole', role],
    ['s3:GetObject', 'arn:aws:s3:::ledger/page'],
  ])('does not let it %s', async (action, resource) => {
    expect(await revokerMay(action, resource)).toBe(false);
  });
});
