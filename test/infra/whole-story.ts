import type { CreateRequestBody, PageView, RequestView } from '../../api/contract.ts';
import { apiUser, createByApi, reviewByApi } from '../e2e/calls.ts';
import type { TestStack } from '../support/stack.ts';

/** Everything that every Lambda does, once: for what has to be known of all their calls. */

const production = '111122223333';
const urgent: Partial<CreateRequestBody> = {
  targets: [{ account: production, role: 'AdministratorAccess' }],
  durationMinutes: 30,
  justification: 'The payment database is down and no reviewer answers.',
  ticket: 'OPS-42',
  breakGlass: true,
};

async function people(stack: TestStack) {
  const [erin, robin, avery, oki] = await Promise.all(
    ['erin', 'robin', 'avery', 'oki'].map((sub) => apiUser(stack, sub)),
  );
  if (!erin || !robin || !avery || !oki) throw new Error('nobody signed in');
  return { erin, robin, avery, oki };
}
type People = Awaited<ReturnType<typeof people>>;

/** @param settle waits until what the stream says was done */
export async function tellWholeStory(stack: TestStack, settle: () => Promise<void>): Promise<void> {
  const all = await people(stack);
  await askAndUse(all);
  await invite(all);
  await breakGlass(all);
  await settle();
  await readEverything(all);
  await all.oki.post('/preflights', { account: production, role: 'DatabaseAdministrator' });
  for (const minutes of [5, 25, 60, 24 * 60]) {
    stack.advance(minutes);
    // What a boundary of before says is put right by the next run: here nothing is wrong but time.
    await stack.sweepNow();
    await stack.enforceNow();
    await stack.reconcileNow();
  }
}

async function askAndUse({ erin, robin }: People): Promise<void> {
  await createByApi(erin, { targets: [{ account: '444455556666', role: 'AdministratorAccess' }] });
  const rejected = await createByApi(erin, { targets: [{ account: production, role: 'ReadOnlyAccess' }] });
  await reviewByApi(robin, rejected, 'reject', 'Read the dashboard instead.');
  const cancelled = await createByApi(erin, { targets: [{ account: production, role: 'ReadOnlyAccess' }] });
  await erin.post(`/requests/${cancelled.id}/cancel`, {});
  // Nobody decides on this one, so that time does.
  await createByApi(erin, { targets: [{ account: production, role: 'ReadOnlyAccess' }] });
  const asked = await createByApi(erin);
  await reviewByApi(robin, asked);
  for (const kind of ['cli', 'console']) await erin.post(`/requests/${asked.id}/sessions`, { kind });
  const longer = await createByApi(erin, { extensionOf: asked.id });
  await reviewByApi(robin, longer);
  await robin.post(`/requests/${longer.id}/revoke`, { comment: '' });
}

async function invite({ erin, robin }: People): Promise<void> {
  const wish = {
    email: 'erin@example.com',
    account: '333344445555',
    role: 'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement',
    durationMinutes: 60,
    justification: 'Look at the pipeline that stands still.',
  };
  const { id } = await robin.post<RequestView>('/invitations', wish);
  await erin.post(`/requests/${id}/accept`, {});
}

/** Twice: before the second time it is looked whether the first was reviewed. */
async function breakGlass({ erin, robin }: People): Promise<void> {
  for (const ending of ['reviewed', 'revoked']) {
    const glass = await createByApi(erin, urgent);
    if (ending === 'reviewed') {
      await reviewByApi(robin, glass, 'confirm');
      await erin.post(`/requests/${glass.id}/revoke`, { comment: '' });
    } else {
      await erin.post(`/requests/${glass.id}/sessions`, { kind: 'cli' });
      await robin.post(`/requests/${glass.id}/revoke`, { comment: 'Not now.' });
    }
  }
}

async function readEverything({ erin, robin, avery, oki }: People): Promise<void> {
  for (const path of ['/me', '/targets', '/requests']) await erin.get(path);
  await erin.get(`/targets/explain?account=${production}&role=ReadOnlyAccess`);
  const { items } = await erin.get<PageView<RequestView>>('/requests');
  for (const who of [erin, robin]) await who.get(`/requests/${items[0]?.id}`);
  for (const state of ['pending', 'decided', 'unreviewed']) await robin.get(`/reviews?state=${state}`);
  await oki.get('/preflights/targets');
  for (const of of ['requests', 'sessions']) {
    for (const by of [{}, { email: 'erin@example.com' }, { account: production }]) {
      await avery.get(`/audit/${of}?${new URLSearchParams(by)}`);
    }
  }
  await avery.get(`/audit/requests/${items[0]?.id}/entries`);
}
