import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EntryView, PageView, RequestDetailView } from '../../../api/contract.ts';
import { bundleLambdas, lambdaFunctions } from '../../../infra/bundles.ts';
import { readLocalPolicy } from '../../../infra/local/local-policy.ts';
import { apiUser, createByApi, reviewByApi } from '../../e2e/calls.ts';
import { patience, sent } from '../../e2e/people.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** The Lambdas as AWS has them: one whole story of every one of them. */

const { document } = readLocalPolicy() as { document: { rules: { id: string }[] } };
const rules = document.rules.map((rule) => ({ ...rule, endLiveSessions: rule.id === 'production' }));
const policy = { ...document, rules };
let directory: string;
let stack: TestStack;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stepladder-bundles-'));
  const bundles = await bundleLambdas({ directory: join(directory, 'hosted'), policy });
  stack = await startTestStack({ policy, bundles });
});
afterAll(async () => {
  await stack.stop();
  rmSync(directory, { recursive: true });
});

const as = (sub: string) => apiUser(stack, sub);
const digest = (file: string | URL) => createHash('sha256').update(readFileSync(file)).digest('hex');

test('what runs are the bytes that are shipped', async () => {
  const shipped = await bundleLambdas({ directory: join(directory, 'shipped'), policy });
  const digests = (of: (name: keyof typeof shipped) => string | URL) =>
    lambdaFunctions.map((name) => [name, digest(of(name))]);
  expect(digests((name) => stack.lambdas[name].module)).toEqual(digests((name) => shipped[name].module));
});

test('somebody asks, is let in, is told of it, and it ends: by a person, and by time', async () => {
  const [erin, robin, avery] = [await as('erin'), await as('robin'), await as('avery')];
  const { id } = await reviewByApi(robin, await createByApi(erin, { durationMinutes: 15 }));
  // Later than the window begins, so that the shortest session of AWS would outlive it.
  stack.advance(1);
  await erin.post(`/requests/${id}/sessions`, { kind: 'cli' });
  expect(stack.aws.sts.calls.map(({ input }) => input.action)).toEqual([
    'AssumeRole',
    'GetScopedCredentials',
  ]);
  await expect
    .poll(() => sent(stack), patience)
    .toEqual({
      reviewers: ['created', 'handled'],
      requester: [expect.stringMatching(/^Approved: /)],
    });

  await robin.post(`/requests/${id}/revoke`, { comment: 'The incident is over.' });
  const enforcement = async () => (await erin.get<RequestDetailView>(`/requests/${id}`)).request.enforcement;
  await expect.poll(enforcement, patience).toMatchObject({ state: 'enforced' });
  const { items } = await avery.get<PageView<EntryView>>(`/audit/requests/${id}/entries`);
  expect(items.map(({ kind }) => kind)).toEqual([
    'created',
    'approved',
    'session-intended',
    'session-issued',
    'revoked',
    'sessions-ended',
  ]);

  await createByApi(erin);
  stack.advance(24 * 60);
  await stack.sweepNow();
  await stack.sweepNow();
  await expect
    .poll(() => sent(stack).requester, patience)
    .toContainEqual(expect.stringMatching(/^Expired: /));
  expect(stack.logs.filter((line) => line.includes('"level":"ERROR"'))).toEqual([]);
});
