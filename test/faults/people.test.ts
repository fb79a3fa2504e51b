import { afterAll, describe, expect, test, vi } from 'vitest';
import type { CreatedView, RequestView } from '../../api/contract.ts';
import type { RouteName } from '../../api/routes.ts';
import type { Parts } from '../api/http/calls.ts';
import { production, ravi, rosa } from '../api/people.ts';
import { faults } from '../support/fault-proxy.ts';
import { expectWhole, outlineOf, recordOf } from './record.ts';
import { casesOf, openSite, type Result, type Site, startFarEnds } from './site.ts';

vi.mock('../../api/aws/client-settings.ts', () => import('./hurried-settings.ts'));

/**
 * What people ask for, while DynamoDB fails in every way at every call: it is done or it is not, and nothing is half of
 * it; whoever was told that it failed tries again, and it is done once, or they are told rightly that it was done.
 */

/** Gets everything ready and says how the act is done: the same way every time, as a person does who tries again. */
type Prepare = (site: Site) => Promise<() => Promise<Result>>;

interface Act {
  readonly name: string;
  readonly prepare: Prepare;
  /** what a second try may be told where the first was done, but not answered */
  readonly doneAlready: readonly string[];
}

const form = {
  targets: [{ account: production, role: 'Admin' }],
  durationMinutes: 60,
  justification: 'The payment workers do not answer: restart them.',
};
const invitation = {
  account: production,
  role: 'Admin',
  durationMinutes: 60,
  justification: form.justification,
};
const withKey = { 'Idempotency-Key': ['one-key-per-form'] };

/** What has to go well before the act. */
async function ready<T>(calling: Promise<{ status: number; body: T }>): Promise<T> {
  const { status, body } = await calling;
  expect(status).toBeLessThan(300);
  return body;
}

const call =
  (site: Site, user: Site['erin'], route: RouteName, parts: Parts) => async (): Promise<Result> => {
    const { status, text, body } = await site.api.call(user, route, parts);
    return { status, text, code: body.code };
  };

async function created(site: Site): Promise<string> {
  const made = await ready(site.api.call<CreatedView>(site.erin, 'createRequest', { body: form }));
  return String(made.requests[0]?.id);
}

const approval = (id: string) => ({ id, body: { decision: 'approve', comment: 'Go on.', version: 1 } });

async function approvedRequest(site: Site): Promise<string> {
  const id = await created(site);
  await ready(site.api.call(ravi, 'reviewRequest', approval(id)));
  return id;
}

const acts: readonly Act[] = [
  {
    name: 'create with a key',
    prepare: async (site) => call(site, site.erin, 'createRequest', { body: form, headers: withKey }),
    doneAlready: [],
  },
  {
    name: 'create without a key',
    prepare: async (site) => call(site, site.erin, 'createRequest', { body: form }),
    doneAlready: ['already-open'],
  },
  {
    name: 'break the glass',
    prepare: async (site) => {
      const body = { ...form, durationMinutes: 15, breakGlass: true };
      return call(site, site.erin, 'createRequest', { body });
    },
    doneAlready: ['already-open'],
  },
  {
    name: 'approve',
    prepare: async (site) => call(site, ravi, 'reviewRequest', approval(await created(site))),
    doneAlready: ['wrong-status'],
  },
  {
    name: 'cancel',
    prepare: async (site) => call(site, site.erin, 'cancelRequest', { id: await created(site), body: {} }),
    doneAlready: ['wrong-status'],
  },
  {
    name: 'revoke',
    prepare: async (site) => {
      const id = await approvedRequest(site);
      return call(site, rosa, 'revokeRequest', { id, body: { comment: 'Enough.' } });
    },
    doneAlready: ['wrong-status'],
  },
  {
    name: 'invite with a key',
    prepare: async (site) => {
      const body = { ...invitation, email: site.erin.email };
      return call(site, ravi, 'invite', { body, headers: withKey });
    },
    doneAlready: [],
  },
  {
    name: 'accept',
    prepare: async (site) => {
      const body = { ...invitation, email: site.erin.email };
      const { id } = await ready(site.api.call<RequestView>(ravi, 'invite', { body }));
      return call(site, site.erin, 'acceptInvitation', { id, body: {} });
    },
    doneAlready: ['wrong-status'],
  },
];

const farEnds = await startFarEnds();
afterAll(() => farEnds.stop());

async function recorded(site: Site) {
  const record = recordOf(await site.everything());
  expectWhole(record, site.world.now());
  return outlineOf(record, site.world.now());
}

/** The act as it goes when nothing fails: which calls it makes, and what is there before and after it. */
async function undisturbed({ prepare }: Act) {
  const site = await openSite(farEnds);
  const run = await prepare(site);
  const before = await recorded(site);
  site.proxy.heal();
  const result = await run();
  const calls = [...site.proxy.calls];
  const after = await recorded(site);
  await site.close();
  return { result, calls, before, after };
}

const plans: (Act & Awaited<ReturnType<typeof undisturbed>>)[] = [];
for (const act of acts) plans.push({ ...act, ...(await undisturbed(act)) });

describe.each(plans)('$name', ({ prepare, doneAlready, result, calls, before, after }) => {
  test('is done where nothing fails, by DynamoDB alone', () => {
    expect(result.status).toBeLessThan(300);
    expect(before).not.toEqual(after);
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.filter(({ name }) => !name.startsWith('dynamodb '))).toEqual([]);
    expect(calls.at(-1)?.name).toBe('dynamodb TransactWriteItems');
  });

  test.concurrent.each(casesOf(calls, faults))('$name', async ({ fault, at, attempts }) => {
    const site = await openSite(farEnds, fault);
    const run = await prepare(site);
    site.proxy.heal();
    site.proxy.break({ fault, at, attempts });
    const first = await run();
    // Whatever a retry of the SDK can heal, it heals: the person hears nothing of it.
    const failed = attempts === 'all' && fault !== 'repeat';
    expect([first.status, first.code]).toEqual(failed ? [503, 'unavailable'] : [result.status, result.code]);
    const there = await recorded(site);
    expect([before, after], 'all or nothing').toContainEqual(there);
    site.proxy.heal();
    if (failed) {
      const done = JSON.stringify(there) === JSON.stringify(after);
      const second = await run();
      expect([result.code, ...(done ? doneAlready : [])]).toContain(second.code);
      expect(await recorded(site)).toEqual(after);
    }
    await site.close();
  });
});
