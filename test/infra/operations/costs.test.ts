import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type RouteName, routes } from '../../../api/routes.ts';
import { lambdaFunctions } from '../../../infra/bundles.ts';
import { costTable } from '../../../infra/operations/cost-table.ts';
import { monthlyCosts, privateNetworkCosts } from '../../../infra/operations/costs.ts';
import type { Measured, Use } from '../../../infra/operations/measured.ts';
import { priceOf, prices } from '../../../infra/operations/prices.ts';
import * as usage from '../../../infra/operations/usage.ts';
import { type Resource, synthesize } from '../synthesized.ts';

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const saved: Measured = JSON.parse(text('../../../infra/operations/measured.json'));
const names = Object.keys(routes) as RouteName[];
const nothing: Use = { ms: 0, read: 0, write: 0 };

/** Nothing takes anything, but for what is said. */
function measured(changed: Partial<Measured> = {}): Measured {
  return {
    on: '2026-11-28',
    requests: 1,
    routes: Object.fromEntries(names.map((name) => [name, nothing])) as Measured['routes'],
    unattended: { sweep: nothing, enforce: nothing, announce: nothing },
    loads: Object.fromEntries(lambdaFunctions.map((name) => [name, 0])) as Measured['loads'],
    storedBytes: 0,
    ...changed,
  };
}
const one = (of: string, requests: number, changed?: Partial<Measured>) =>
  monthlyCosts(measured(changed), requests).find((cost) => cost.of === of)?.usd;
const withRoute = (name: RouteName, use: Partial<Use>) => ({
  routes: { ...measured().routes, [name]: { ...nothing, ...use } },
});

describe('a price', () => {
  test.each([
    ['apiCall', 1_000_000, 3.5],
    ['apiCall', 2, 0.000007],
    ['computing', 1_000_000, 13.3334],
    ['mailed', 10_000, 1],
    ['key', 3, 3],
    ['key', 0, 0],
  ] as const)('of %s is for so many: %d for $%d', (name, amount, usd) => {
    expect(priceOf(name, amount)).toBeCloseTo(usd, 10);
  });

  test('is above nothing, for some amount, and on a page with a name', () => {
    for (const { usd, per, page } of Object.values(prices)) {
      expect(usd).toBeGreaterThan(0);
      expect(per).toBeGreaterThanOrEqual(1);
      expect(page).toMatch(/pricing|Pricing/);
    }
  });
});

describe('a month', () => {
  test('costs the units of each call, at their price', () => {
    const free = one('DynamoDB', 1000);
    const calls = 1000 * usage.callsPerRequest.createRequest;
    expect(free).toBe(0);
    expect(one('DynamoDB', 1000, withRoute('createRequest', { write: 50 }))).toBeCloseTo(
      (calls * 50 * 0.625) / 1_000_000,
      10,
    );
    const some = usage.callsPerMonth.runPreflight ?? 0;
    expect(one('DynamoDB', 0, withRoute('runPreflight', { read: 8 }))).toBeCloseTo(
      (some * 8 * 0.125) / 1_000_000,
      10,
    );
  });

  test('costs what the schedules take 43,800 times, also without a request', () => {
    const unattended = { ...measured().unattended, sweep: { ms: 0, read: 2, write: 0 } };
    expect(one('DynamoDB', 0, { unattended })).toBeCloseTo((43_800 * 2 * 0.125) / 1_000_000, 10);
  });

  test('costs the time of the Lambdas by their memory, as much slower as AWS is taken to be', () => {
    const idle = one('Lambda', 0) ?? 0;
    expect(idle).toBeGreaterThan(0);
    const sweep = { ms: 10, read: 0, write: 0 };
    const unattended = { ...measured().unattended, sweep };
    const seconds = 43_800 * 0.01 * usage.slower;
    expect((one('Lambda', 0, { unattended }) ?? 0) - idle).toBeCloseTo(
      seconds * usage.memory.unattended * 0.0000133334,
      10,
    );
  });

  test('costs a year of what is kept, and of its backup', () => {
    expect(one('DynamoDB', 1000, { storedBytes: 1_000_000 })).toBeCloseTo(12 * (0.25 + 0.2), 10);
  });

  test('costs more with more requests, and never less than what stands there anyway', () => {
    const all = (requests: number) => monthlyCosts(saved, requests).reduce((sum, { usd }) => sum + usd, 0);
    const [none, few, many] = [all(0), all(10), all(10_000)];
    expect(none).toBeGreaterThan(usage.parts.keys + usage.parts.webAclRules);
    expect(few).toBeGreaterThan(none);
    expect(many).toBeGreaterThan(few);
  });

  test('in the private network costs its hours besides', () => {
    const { endpoints, zones } = usage.privateNetwork;
    expect(privateNetworkCosts().map(({ usd }) => usd)).toEqual([
      expect.closeTo(endpoints * zones * 7.3, 10),
      expect.closeTo(16.425, 10),
    ]);
  });
});

test('every route was measured, and whatever was measured took some time', () => {
  expect(Object.keys(saved.routes).sort()).toEqual([...names].sort());
  const times = [...Object.values(saved.routes), ...Object.values(saved.unattended)].map(({ ms }) => ms);
  for (const ms of [...times, ...Object.values(saved.loads)]) expect(ms).toBeGreaterThan(0);
});

test('what the runbook says of costs is what is computed', () => {
  expect(text('../../../infra/operations/README.md')).toContain(costTable(saved).join('\n'));
});

describe('the stack', () => {
  const resources = Object.values(synthesize().template.Resources);
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  const properties = (type: string) =>
    resources.filter(({ Type }: Resource) => Type === type).map(({ Properties }) => Properties);

  test('has no more of what is paid by the month than is counted', () => {
    expect(count('AWS::WAFv2::WebACL')).toBe(1);
    const rules = properties('AWS::WAFv2::WebACL').flatMap(({ Rules }) => Rules as unknown[]);
    expect(rules.length).toBeLessThanOrEqual(usage.parts.webAclRules);
    // Each key is kept in two older versions, too.
    expect(3 * count('AWS::KMS::Key')).toBeLessThanOrEqual(usage.parts.keys);
    expect(count('AWS::SecretsManager::Secret')).toBeLessThanOrEqual(usage.parts.secrets);
    expect(count('AWS::CloudWatch::Alarm')).toBeLessThanOrEqual(usage.parts.alarms);
    expect(count('AWS::CloudWatch::Dashboard')).toBeLessThanOrEqual(usage.parts.dashboards);
  });

  test('has its functions no larger than is counted', () => {
    const memory = properties('AWS::Lambda::Function').map(({ MemorySize = 128 }) => Number(MemorySize));
    expect(Math.max(...memory)).toBeLessThanOrEqual(1024 * usage.memory.answering);
  });
});
