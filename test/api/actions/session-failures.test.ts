import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BrokerRefused, TargetRefused, Throttled } from '../../../api/actions/aws-refusals.ts';
import { changeRequest } from '../../../api/actions/change-request.ts';
import { issueSession, type Patience } from '../../../api/actions/issue-session.ts';
import { type SessionIssuer, Unavailable } from '../../../api/actions/ports.ts';
import type { ApprovedRequest } from '../../../api/domain/access-request.ts';
import { instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import type { Policy } from '../../../api/domain/policy-document.ts';
import type { SessionKind, SessionPlan } from '../../../api/domain/session.ts';
import {
  ada,
  codeOf,
  policy,
  policyWith,
  production,
  ravi,
  type StoppedWorld,
  stoppedWorld,
} from '../people.ts';
import { approved, openStore, type Store, trailOf } from '../store.ts';

/**
 * Every failure at every step of issuing: nobody is in, the trail explains it, and where the access goes on a second
 * try works. The window has ten minutes left, so that AWS is asked to narrow what it gave.
 */

let store: Store;
let world: StoppedWorld;
let request: ApprovedRequest;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(async () => {
  world = stoppedWorld();
  request = await approved(store, world, { ...ada, id: `https://id.example.com#${world.newId()}` });
  world.pass(50);
});

type Step = 'read' | 'intent' | 'assume' | 'narrow' | 'link' | 'read again' | 'record';
/** What happens at a step: `work` is the step as it would be without it. */
type Fault = (work: () => Promise<unknown>) => Promise<unknown>;

const throws =
  (error: () => Error): Fault =>
  () =>
    Promise.reject(error());
const followedBy =
  (what: () => Promise<unknown>): Fault =>
  async (work) => {
    const made = await work();
    await what();
    return made;
  };
const hang: Fault = () => new Promise(() => undefined);
const lost: Fault = async (work) => {
  await work();
  throw new Unavailable('the answer was lost');
};
/** Done, but nobody hears of it. */
const hangAfter: Fault = async (work) => {
  await work();
  return hang(work);
};
const target = { account: production, role: 'Admin' };
const down = throws(() => new Unavailable('down'));
const throttled = throws(() => new Throttled('busy'));
const denied = throws(() => new TargetRefused(target, 'access-denied', {}));
const expired = throws(() => new BrokerRefused('expired'));
const broken = throws(() => new TypeError('canary'));
const beaten: Fault = async () => 'conflict';
const revoke = () =>
  changeRequest(store, world, request.id, () => true, { kind: 'revoke', by: ravi, comment: '' }, policy);

/** The ports, with what happens at one step; `always`: also at the later calls of that kind. */
function toolsWith(at: Step, fault: Fault, always = false) {
  let done = false;
  const step = <T>(name: Step, work: () => Promise<T>): Promise<T> => {
    if (name !== at || (done && !always)) return work();
    done = true;
    return fault(work) as Promise<T>;
  };
  let reads = 0;
  const faulty: Store = {
    ...store,
    readRequest: (id) => {
      reads += 1;
      const name = reads === 1 ? 'read' : 'read again';
      return step(name, () => store.readRequest(id));
    },
    saveChange: (change, read, takes) => {
      const work = () => store.saveChange(change, read, takes);
      if (change.entry.kind === 'session-intended') return step('intent', work);
      return change.entry.kind === 'session-issued' ? step('record', work) : work();
    },
  };
  const issuer: SessionIssuer = {
    assumeRole: (plan) => step('assume', async () => assumed(plan)),
    narrow: (given, { durationSeconds }) =>
      step('narrow', async () => ({
        credentials: { ...given.credentials, ...secret('NARROWED'), expiration: inSeconds(durationSeconds) },
        refusal: null,
      })),
    consoleUrl: () => step('link', async () => 'https://signin.example.com/canary-url'),
  };
  return { store: faulty, issuer, world };
}

const inSeconds = (seconds: number) => plusMinutes(world.now(), seconds / 60);
const secret = (name: string) => ({
  accessKeyId: `ASIA${name}`,
  secretAccessKey: 'canary-secret-access-key',
  sessionToken: 'canary-session-token',
});
const assumed = ({ durationSeconds }: SessionPlan) => ({
  assumedRoleId: 'AROAEXAMPLEEXAMPLE123:ada',
  credentials: { ...secret('ASSUMED'), expiration: inSeconds(durationSeconds) },
});

async function issue(
  tools: Omit<Parameters<typeof issueSession>[0], 'policy'>,
  kind: SessionKind = 'cli',
  under: Policy = policy,
) {
  const ask = { requestId: request.id, kind, sourceIp: '192.0.2.1', userAgent: 'test' };
  return issueSession({ ...tools, policy: under }, { ...ada, ...request.requester }, ask).then(
    (outcome) => ({ result: codeOf(outcome), all: JSON.stringify(outcome) }),
    (error: Error) => ({ result: error.name, all: JSON.stringify(error) }),
  );
}
const healthy = () => toolsWith('read', (work) => work());
const trail = async () => (await trailOf(store, request.id)).slice(2);
const sessions = async () =>
  (await store.everything())
    .map((item) => item.session as { requestId: string; state: string; accessKeyId: string | null })
    .filter((session) => session?.requestId === request.id);

const intended = 'session-intended';
const failed = 'session-failed';

async function expectNobodyIn(
  asked: Awaited<ReturnType<typeof issue>>,
  result: string,
  entries: readonly string[],
) {
  expect(asked.result).toBe(result);
  expect(asked.all).not.toContain('canary');
  expect(await trail()).toEqual(entries);
  expect(JSON.stringify(await store.everything())).not.toContain('canary');
  const left = entries.includes(failed) ? 'failed' : 'intended';
  const states = (await sessions()).map(({ state }) => state);
  expect(states).toEqual(entries.includes(intended) ? [left] : []);
}

test('without a failure there is a session, whose expiry is true', async () => {
  expect((await issue(healthy())).result).toBe('allowed');
  expect(await trail()).toEqual([intended, 'session-issued']);
  expect(await sessions()).toMatchObject([
    {
      state: 'issued',
      accessKeyId: 'ASIANARROWED',
      narrowedFrom: 'ASIAASSUMED',
      ending: 'expiry',
      notNarrowed: null,
      endsAt: request.window.until,
    },
  ]);
});

describe('a failure, after which a second try works', () => {
  const explained = [intended, failed];
  const rows: [Step, string, Fault, string, readonly string[], string | null][] = [
    ['read', 'the table is down', down, 'Unavailable', [], null],
    ['read', 'it breaks', broken, 'TypeError', [], null],
    ['intent', 'the table is down', down, 'Unavailable', [], null],
    ['intent', 'it is written, but the answer is lost', lost, 'Unavailable', explained, null],
    ['assume', 'AWS is down', down, 'Unavailable', explained, null],
    ['assume', 'AWS throttles', throttled, 'Throttled', explained, null],
    ['assume', 'AWS refuses the role', denied, 'TargetRefused', explained, null],
    ['assume', 'our own credentials have expired', expired, 'BrokerRefused', explained, null],
    ['assume', 'it breaks', broken, 'TypeError', explained, null],
    ['assume', 'the session is made, but the answer is lost', lost, 'Unavailable', explained, null],
    ['narrow', 'the answer cannot be true', down, 'Unavailable', explained, 'ASIAASSUMED'],
    ['narrow', 'it breaks', broken, 'TypeError', explained, 'ASIAASSUMED'],
    ['link', 'the federation endpoint is down', down, 'Unavailable', explained, 'ASIAASSUMED'],
    ['read again', 'the table is down', down, 'Unavailable', explained, 'ASIANARROWED'],
    ['record', 'the table is down', down, 'Unavailable', explained, 'ASIANARROWED'],
    [
      'record',
      'it is written, but the answer is lost',
      lost,
      'Unavailable',
      [intended, 'session-issued', failed],
      'ASIANARROWED',
    ],
  ];
  test.each(rows)('%s: %s', async (step, _what, fault, result, entries, key) => {
    const kind = step === 'link' ? 'console' : 'cli';
    await expectNobodyIn(await issue(toolsWith(step, fault), kind), result, entries);
    if (entries.length > 0) expect(await sessions()).toMatchObject([{ accessKeyId: key }]);
    expect((await issue(healthy(), kind)).result).toBe('allowed');
    expect((await trail()).slice(entries.length)).toEqual([intended, 'session-issued']);
  });
});

describe('no answer within the time that there is', () => {
  const patience: Patience = { issueMs: 1_500, noteMs: 5_000 };
  const rows: [Step, string, Fault, readonly string[]][] = [
    ['read', 'from the table', hang, []],
    ['intent', 'and no intent', hang, []],
    ['intent', 'but an intent', hangAfter, [intended, failed]],
    ['assume', 'from AWS', hang, [intended, failed]],
    ['narrow', 'from AWS', hang, [intended, failed]],
    ['link', 'from the federation endpoint', hang, [intended, failed]],
    ['record', 'and no record', hang, [intended, failed]],
    ['record', 'but a record', hangAfter, [intended, 'session-issued', failed]],
  ];
  test.each(rows)('%s: none %s', async (step, _what, fault, entries) => {
    const kind = step === 'link' ? 'console' : 'cli';
    const begun = Date.now();
    const asked = await issue({ ...toolsWith(step, fault), patience }, kind);
    expect(Date.now() - begun).toBeLessThan(patience.issueMs + patience.noteMs);
    await expectNobodyIn(asked, 'Unavailable', entries);
    expect((await issue(healthy(), kind)).result).toBe('allowed');
  });

  test('not even for noting it: the answer comes all the same, and the trail ends with the intent', async () => {
    const tools = toolsWith('read again', hang, true);
    const asked = await issue({ ...tools, patience: { issueMs: 1_500, noteMs: 300 } });
    await expectNobodyIn(asked, 'Unavailable', [intended]);
    expect((await issue(healthy())).result).toBe('allowed');
  });

  test('and what AWS answers too late goes nowhere: no further step begins', async () => {
    const late = Promise.withResolvers<void>();
    const slow: Fault = async (work) => {
      await late.promise;
      return work();
    };
    const asked = await issue({ ...toolsWith('assume', slow), patience });
    late.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    await expectNobodyIn(asked, 'Unavailable', [intended, failed]);
  });
});

describe('losing a race', () => {
  test.each(['intent', 'record'] as const)('for the %s once: it is tried again', async (step) => {
    expect((await issue(toolsWith(step, beaten))).result).toBe('allowed');
    expect(await trail()).toEqual([intended, 'session-issued']);
  });

  test.each([
    ['intent', []],
    ['record', [intended, failed]],
  ] as const)('for the %s every time: it gives up, and a second try works', async (step, entries) => {
    await expectNobodyIn(await issue(toolsWith(step, beaten, true)), 'conflict', entries);
    expect((await issue(healthy())).result).toBe('allowed');
  });
});

describe('the access ends meanwhile', () => {
  const discarded = [intended, failed];
  const ends = async () => world.goTo(request.window.until);
  const steps: [Step, SessionKind][] = [
    ['assume', 'cli'],
    ['narrow', 'cli'],
    ['link', 'console'],
  ];
  test.each(steps)('%s: it is revoked', async (step, kind) => {
    const asked = await issue(toolsWith(step, followedBy(revoke)), kind);
    await expectNobodyIn(asked, 'session-discarded', [intended, 'revoked', failed]);
    expect((await issue(healthy(), kind)).result).toBe('wrong-status');
  });

  test.each(steps)('%s: the window ends', async (step, kind) => {
    await expectNobodyIn(
      await issue(toolsWith(step, followedBy(ends)), kind),
      'session-discarded',
      discarded,
    );
    expect((await issue(healthy(), kind)).result).toBe('wrong-status');
  });

  test.each([...steps, ['intent', 'cli'] as [Step, SessionKind]])(
    '%s: the rule changes',
    async (step, kind) => {
      const today = { ...policy };
      const changes = async () => Object.assign(today, policyWith({ approval: { approvals: 2 } }));
      const asked = await issue(toolsWith(step, followedBy(changes)), kind, today);
      await expectNobodyIn(asked, 'session-discarded', discarded);
      expect((await issue(healthy(), kind, today)).result).toBe('rule-changed');
    },
  );

  test.each(steps)('%s: the rule of today leaves a shorter window', async (step, kind) => {
    const today = { ...policy };
    const changes = async () => Object.assign(today, policyWith({ maxDuration: '55m' }));
    const asked = await issue(toolsWith(step, followedBy(changes)), kind, today);
    await expectNobodyIn(asked, 'session-discarded', discarded);
    expect((await issue(healthy(), kind, today)).result).toBe('allowed');
  });

  test.each(['intent', 'read again'] as const)('%s: it is revoked a moment before', async (step) => {
    const before: Fault = async (work) => {
      await revoke();
      return work();
    };
    const asked = await issue(toolsWith(step, before));
    const first = step === 'intent' ? [] : [intended];
    const [result, last] = step === 'intent' ? ['wrong-status', []] : ['session-discarded', [failed]];
    await expectNobodyIn(asked, String(result), [...first, 'revoked', ...last]);
  });

  test.each([
    ['a second before the end there is a session', 1_000, 'allowed'],
    ['a millisecond before the end too, and nothing is narrowed to no time', 1, 'allowed'],
    ['at the end there is none', 0, 'wrong-status'],
  ] as const)('%s', async (_what, left, result) => {
    world.goTo(instantOf(Date.parse(request.window.until) - left));
    const asked = await issue(healthy());
    expect(asked.result).toBe(result);
    const [session] = await sessions();
    if (result === 'allowed') {
      expect(session).toMatchObject({ endsAt: request.window.until });
      expect(session).toMatchObject({ ending: left >= 1_000 ? 'expiry' : 'session-policy' });
    }
  });
});

test('narrowing that AWS does not do leaves the session policy, and the record says so', async () => {
  const refuses: Fault = async () => ({ credentials: null, refusal: 'AccessDenied' });
  expect((await issue(toolsWith('narrow', refuses))).result).toBe('allowed');
  expect(await sessions()).toMatchObject([
    {
      accessKeyId: 'ASIAASSUMED',
      narrowedFrom: null,
      ending: 'session-policy',
      notNarrowed: 'AccessDenied',
      endsAt: request.window.until,
    },
  ]);
});
