import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestView } from '../../api/contract.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi, reviewByApi } from './calls.ts';
import { faults, longText } from './faults.ts';
import { chooseRole, dialog, person, status } from './people.ts';

/** The other ways of asking and deciding, light and dark, wide and narrow. */

let stack: TestStack;
let browser: Browser;
let active: string;
let brokenGlass: string;
let invitation: string;
let together: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  await makeRequests();
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** Active access, break-glass access, an invitation, and requests of one form. */
async function makeRequests(): Promise<void> {
  const [erin, robin] = await Promise.all([apiUser(stack, 'erin'), apiUser(stack, 'robin')]);
  const address = ({ id }: { id: string }) => `${stack.url}/requests/${id}`;
  const approved = await createByApi(erin, {
    targets: [{ account: '111122223333', role: 'ReadOnlyAccess' }],
    justification: longText,
  });
  active = address(await reviewByApi(robin, approved));
  const glass = await createByApi(erin, {
    targets: [{ account: '111122223333', role: 'AdministratorAccess' }],
    durationMinutes: 30,
    justification: longText,
    breakGlass: true,
  });
  brokenGlass = address(glass);
  const several = await createByApi(erin, {
    targets: [
      { account: '111122223333', role: 'DatabaseAdministrator' },
      { account: '222233334444', role: 'AdministratorAccess' },
    ],
  });
  together = address(several);
  const invited = await robin.post<RequestView>('/invitations', {
    email: 'erin@example.com',
    account: '444455556666',
    role: 'AdministratorAccess',
    durationMinutes: 60,
    justification: longText,
  });
  invitation = address(invited);
}

/** Every rule once; then again those whose answer another scheme or width can change. */

describe('no serious finding', () => {
  test('in the form for several roles, with its explanations and a chosen start', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
    await chooseRole(page, { role: 'DatabaseAdministrator' });
    await page.getByText('Why this rule').click();
    await page.locator('details ol li').first().waitFor();
    await page.getByLabel('At a chosen time').click();
    await page.getByLabel('Date and time').fill('2020-02-29T12:00');
    await page.getByRole('button', { name: 'Add another role' }).click();
    await page.getByRole('button', { name: 'Create 2 requests' }).click();
    await page.getByText('Choose a role and account from the list, or remove this one.').waitFor();
    await page.getByText("Why can't I find a role?").click();
    await page.getByLabel('Account id').fill('222233334444');
    await page.getByLabel('Role name').fill('ReadOnlyAccess');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('may not ask').waitFor();
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('where access is extended, or asked for again', async () => {
    const { page, complaints } = await person(browser, active, 'Erin Engström');
    await page.locator('main').getByRole('link', { name: 'Extend' }).click();
    await page.getByRole('heading', { name: 'Extend access' }).waitFor();
    await page.getByLabel('Justification').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/requests/new?repeat=${active.split('/').at(-1)}`);
    await page.getByLabel('Justification').waitFor();
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('where the glass is broken', async () => {
    const erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
    await chooseRole(erin.page, { role: 'AdministratorAccess', account: 'Production' });
    await erin.page.getByRole('checkbox', { name: /^Break glass/ }).check();
    await erin.page.getByLabel('Justification').fill(longText);
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.getByRole('button', { name: 'Continue' }).click();
    await dialog(erin.page).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.goto(brokenGlass);
    await status(erin.page, 'Active').waitFor();
    expect(await faults(erin.page)).toEqual([]);
    expect(erin.complaints).toEqual([]);
  });

  test('where broken glass is reviewed afterwards', async () => {
    const robin = await person(browser, `${stack.url}/reviews?state=unreviewed`, 'Robin Reyes');
    await robin.page.getByRole('row').nth(1).waitFor();
    expect(await faults(robin.page)).toEqual([]);
    await robin.page.goto(brokenGlass);
    await robin.page.getByRole('radio', { name: 'Flag' }).check();
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    await robin.page.getByText('Say what was wrong with it').waitFor();
    expect(await faults(robin.page)).toEqual([]);
    await robin.page.getByLabel('Comment').fill(longText);
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    await dialog(robin.page).waitFor();
    expect(await faults(robin.page)).toEqual([]);
    expect(robin.complaints).toEqual([]);
  });

  test('where somebody is invited', async () => {
    const robin = await person(browser, `${stack.url}/invitations/new`, 'Robin Reyes');
    await robin.page.getByRole('button', { name: 'Send invitation' }).click();
    await robin.page.getByText('Give the whole e-mail address').waitFor();
    expect(await faults(robin.page)).toEqual([]);
    await robin.page.goto(invitation);
    await robin.page.getByRole('button', { name: 'Withdraw invitation' }).click();
    await dialog(robin.page).waitFor();
    expect(await faults(robin.page)).toEqual([]);
    expect(robin.complaints).toEqual([]);
  });

  test('where an invitation is answered', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    await erin.page.getByRole('region', { name: 'Invitations' }).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.goto(invitation);
    await erin.page.getByRole('button', { name: 'Accept', exact: true }).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.getByRole('button', { name: 'Decline' }).click();
    await dialog(erin.page).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    expect(erin.complaints).toEqual([]);
  });

  test('where several requests are seen and reviewed together', async () => {
    const erin = await person(browser, together, 'Erin Engström');
    await erin.page.getByRole('heading', { name: 'Asked together' }).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    const { page, complaints } = await person(browser, together, 'Robin Reyes');
    await page.getByRole('button', { name: 'Select all' }).click();
    await page.getByRole('radio', { name: 'Approve' }).check();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Continue' }).click();
    await dialog(page).waitFor();
    expect(await faults(page)).toEqual([]);
    await dialog(page).getByRole('button', { name: 'Approve all 2' }).click();
    await page.getByText('You approved 2 of 2 requests.').waitFor();
    expect(await faults(page)).toEqual([]);
    expect([...erin.complaints, ...complaints]).toEqual([]);
  });
});
