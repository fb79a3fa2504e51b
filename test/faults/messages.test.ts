import { afterAll, describe, expect, test, vi } from 'vitest';
import { announce } from '../../api/actions/announce.ts';
import { sweep } from '../../api/actions/sweep.ts';
import type { CreatedView } from '../../api/contract.ts';
import { production, ravi } from '../api/people.ts';
import { type Fault, faults } from '../support/fault-proxy.ts';
import { expectWhole, recordOf } from './record.ts';
import { type Case, casesOf, openSite, type Result, resultOf, type Site, startFarEnds } from './site.ts';

vi.mock('../../api/aws/client-settings.ts', () => import('./hurried-settings.ts'));

/**
 * Messages, events and the sweep, while DynamoDB, SNS, SES and EventBridge fail in every way at every call: what is due is told at least once
 * when all is well again, and more often only where nobody could know that it was told.
 */

const appUrl = 'https://stepladder.example.com';
const sender = 'stepladder@example.com';

interface Act {
  readonly name: string;
  readonly prepare: (site: Site) => Promise<() => Promise<Result>>;
}

const announceTo = (site: Site, id: string) => () =>
  resultOf(announce(site.store, site.channels(sender), site.world, id, appUrl));
const sweepOf = (site: Site) => () =>
  resultOf(sweep({ store: site.store, announcer: site.channels(sender), world: site.world, appUrl }));

async function created(site: Site): Promise<string> {
  const body = {
    targets: [{ account: production, role: 'Admin' }],
    durationMinutes: 60,
    justification: 'Restart the payment workers.',
  };
  const answer = await site.api.call<CreatedView>(site.erin, 'createRequest', { body });
  expect(answer.status).toBe(201);
  return String(answer.body.requests[0]?.id);
}

const acts: readonly Act[] = [
  {
    name: 'announce to reviewers, by both topics',
    prepare: async (site) => announceTo(site, `${await created(site)}-1-created-reviewers`),
  },
  {
    name: 'announce an entry, by the bus',
    prepare: async (site) => announceTo(site, `${await created(site)}-1`),
  },
  {
    name: 'announce to the requester, by SES',
    prepare: async (site) => {
      const id = await created(site);
      const body = { decision: 'approve', comment: '', version: 1 };
      expect((await site.api.call(ravi, 'reviewRequest', { id, body })).status).toBe(200);
      return announceTo(site, `${id}-2-approved-requester`);
    },
  },
  {
    name: 'sweep a request that nobody reviewed',
    prepare: async (site) => {
      await created(site);
      expect((await sweepOf(site)()).status).toBe(200);
      site.world.pass(24 * 60);
      return sweepOf(site);
    },
  },
];

const farEnds = await startFarEnds();
afterAll(() => farEnds.stop());

/** How often each message and event was sent, as SNS, SES and EventBridge saw it. NB. A mail has no id; its reader is this test's own. */
function sent({ aws, erin }: Site, requestId: string): Record<string, number> {
  const published = aws.sns.calls
    .map(({ input }) => String(input.attributes.messageId))
    .filter((id) => id.startsWith(requestId))
    .map((id) => id.slice(requestId.length));
  const mailed = aws.ses.calls
    .filter(({ input }) => input.to.includes(erin.email))
    .map(({ input }) => input.subject);
  const chatted = aws.sns.chatCalls
    .map(({ input }) => String(input.attributes.messageId))
    .filter((id) => id.startsWith(requestId))
    .map((id) => `${id.slice(requestId.length)}, chat`);
  const put = aws.eventBus.calls
    .flatMap(({ input }) => input.entries)
    .map((entry) => ('detail' in entry ? String(entry.detail.id) : ''))
    .filter((id) => id.startsWith(requestId))
    .map((id) => id.slice(requestId.length));
  const counts: Record<string, number> = {};
  for (const one of [...published, ...mailed, ...chatted, ...put]) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** When all is well again: everything that is due is delivered. @returns how often each message was sent */
async function recovered(site: Site): Promise<Record<string, number>> {
  site.proxy.heal();
  // Whatever was claimed when it failed is free again after the time that a claim lasts.
  site.world.pass(3);
  expect(await sweepOf(site)()).toMatchObject({ status: 200 });
  const record = recordOf(await site.everything());
  expectWhole(record, site.world.now());
  const due = record.messages.filter(({ message }) => message.at <= site.world.now());
  expect(due.filter(({ delivered }) => !delivered)).toEqual([]);
  expect(record.events.filter(({ delivered }) => !delivered)).toEqual([]);
  return sent(site, String(record.requests[0]?.id));
}

const sending = /^(sns|ses|events) /;
const answerLost = new Set<Fault>(['lose-answer', 'cut-answer', 'late', 'stall', 'repeat']);

/**
 * How often a message may have been sent once more: for every try whose answer did not arrive, and where it was sent, but
 * that could not be noted.
 */
function mayRepeat({ fault, at }: Case, names: readonly string[]): number {
  const sends = (name: string | undefined) => sending.test(name ?? '');
  const broken = at === undefined ? names : [names[at]];
  const tries = 2;
  const unanswered = broken.some(sends) && answerLost.has(fault) ? tries : 0;
  const unnoted = at !== undefined && sends(names[at - 1]) ? 1 : 0;
  return unanswered + unnoted;
}

async function undisturbed({ prepare }: Act) {
  const site = await openSite(farEnds);
  const run = await prepare(site);
  site.proxy.heal();
  const result = await run();
  const calls = [...site.proxy.calls];
  const counts = await recovered(site);
  await site.close();
  return { result, calls, counts };
}

const plans: (Act & Awaited<ReturnType<typeof undisturbed>>)[] = [];
for (const act of acts) plans.push({ ...act, ...(await undisturbed(act)) });

describe.each(plans)('$name', ({ prepare, result, calls, counts }) => {
  const names = calls.map(({ name }) => name);

  test('is done where nothing fails, by these calls', () => {
    expect(result.status).toBe(200);
    expect(names.filter((name) => sending.test(name)).length).toBeGreaterThan(0);
    expect(names.at(-1)).toBe('dynamodb UpdateItem');
    expect(Object.keys(counts).length).toBeGreaterThan(0);
    expect(new Set(Object.values(counts))).toEqual(new Set([1]));
  });

  test.concurrent.each(casesOf(calls, faults))('$name', async (one) => {
    const site = await openSite(farEnds, one.fault);
    const run = await prepare(site);
    site.proxy.heal();
    site.proxy.break(one);
    const first = await run();
    expect([200, 503], first.code).toContain(first.status);
    expectWhole(recordOf(await site.everything()), site.world.now());

    const now = await recovered(site);
    expect(Object.keys(now).sort()).toEqual(Object.keys(counts).sort());
    expect(Math.max(...Object.values(now))).toBeLessThanOrEqual(1 + mayRepeat(one, names));
    await site.close();
  });
});
