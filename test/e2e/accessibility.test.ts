import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestView } from '../../api/contract.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi } from './calls.ts';
import { chooseRole, createRequest, decide, dialog, person, status } from './people.ts';

/** Every page, light and dark, wide and narrow: no serious finding of axe, and nothing that scrolls sideways. */

let stack: TestStack;
let browser: Browser;
let active: string;
let pending: string;
let brokenGlass: string;
let invitation: string;
let together: string;

const long = `${'Averylongwordwithoutanyspace'.repeat(8)}\n\nWhy?`;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
  active = await createRequest(erin.page, {
    role: 'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement',
  });
  await erin.page.goto(`${stack.url}/`);
  pending = await createRequest(erin.page, {
    role: 'ReadOnlyAccess',
    justification: long,
  });
  const robin = await person(browser, active, 'Robin Reyes');
  await decide(robin.page, 'Approve', 'Fine.');
  await erin.context.close();
  await robin.context.close();
  await makeOthers();
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** Break-glass access, an invitation, and requests of one form. */
async function makeOthers(): Promise<void> {
  const [erin, robin] = await Promise.all([apiUser(stack, 'erin'), apiUser(stack, 'robin')]);
  const address = ({ id }: { id: string }) => `${stack.url}/requests/${id}`;
  const glass = await createByApi(erin, {
    targets: [{ account: '111122223333', role: 'AdministratorAccess' }],
    durationMinutes: 30,
    justification: long,
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
    justification: long,
  });
  invitation = address(invited);
}

/** Every rule once; then again those whose answer another scheme or width can change. */
const looks = [
  { width: 1440, height: 900, colorScheme: 'light', axe: (page: Page) => new AxeBuilder({ page }) },
  {
    width: 1440,
    height: 900,
    colorScheme: 'dark',
    axe: (page: Page) => new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']),
  },
  {
    width: 390,
    height: 800,
    colorScheme: 'dark',
    axe: (page: Page) => new AxeBuilder({ page }).disableRules(['color-contrast', 'link-in-text-block']),
  },
] as const;

/** What is wrong with the page, or the dialog over it, in every look. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, axe, ...size } of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const look = `${new URL(page.url()).pathname}, ${size.width} wide, ${colorScheme}`;
    const { violations } = await axe(page).analyze();
    for (const { id, impact, nodes } of violations) {
      if (impact === 'serious' || impact === 'critical') found.push(`${look}: ${id} at ${nodes[0]?.html}`);
    }
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (tooWide > 0) found.push(`${look}: ${tooWide} pixels too wide`);
  }
  return found;
}

describe('no serious finding', () => {
  test('on the dashboard, the form, a request, its dialogs, the mail', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/`, 'Erin Engström');
    await page.getByRole('row').nth(1).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/requests/new`);
    await page.getByRole('button', { name: 'Choose a role' }).waitFor();
    await page.getByRole('button', { name: 'Create request' }).click();
    expect(await faults(page)).toEqual([]);
    await page.goto(active);
    await page.getByRole('button', { name: 'CLI' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'CLI' }).click();
    await dialog(page).getByRole('tab').first().waitFor();
    expect(await faults(page)).toEqual([]);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'End access now' }).click();
    await dialog(page).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/nowhere`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/mail`);
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('on the reviews and in a decision', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/reviews`, 'Robin Reyes');
    await page.getByRole('row').nth(1).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/reviews?state=decided`);
    await page.getByRole('row').nth(1).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(pending);
    await page.getByRole('radio', { name: 'Approve' }).check();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Continue' }).click();
    await dialog(page).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

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
    await page.goto(`${stack.url}/requests/new?repeat=${pending.split('/').at(-1)}`);
    await page.getByLabel('Justification').waitFor();
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('where the glass is broken, and where that is reviewed', async () => {
    const erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
    await chooseRole(erin.page, { role: 'AdministratorAccess', account: 'Production' });
    await erin.page.getByRole('checkbox', { name: /^Break glass/ }).check();
    await erin.page.getByLabel('Justification').fill(long);
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.getByRole('button', { name: 'Continue' }).click();
    await dialog(erin.page).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.goto(brokenGlass);
    await status(erin.page, 'Active').waitFor();
    expect(await faults(erin.page)).toEqual([]);
    const robin = await person(browser, `${stack.url}/reviews?state=unreviewed`, 'Robin Reyes');
    await robin.page.getByRole('row').nth(1).waitFor();
    expect(await faults(robin.page)).toEqual([]);
    await robin.page.goto(brokenGlass);
    await robin.page.getByRole('radio', { name: 'Flag' }).check();
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    await robin.page.getByText('Say what was wrong with it').waitFor();
    expect(await faults(robin.page)).toEqual([]);
    await robin.page.getByLabel('Comment').fill(long);
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    await dialog(robin.page).waitFor();
    expect(await faults(robin.page)).toEqual([]);
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });

  test('where somebody is invited, and where they answer', async () => {
    const robin = await person(browser, `${stack.url}/invitations/new`, 'Robin Reyes');
    await robin.page.getByRole('button', { name: 'Send invitation' }).click();
    await robin.page.getByText('Give the whole e-mail address').waitFor();
    expect(await faults(robin.page)).toEqual([]);
    await robin.page.goto(invitation);
    await robin.page.getByRole('button', { name: 'Withdraw invitation' }).click();
    await dialog(robin.page).waitFor();
    expect(await faults(robin.page)).toEqual([]);
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    await erin.page.getByRole('region', { name: 'Invitations' }).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.goto(invitation);
    await erin.page.getByRole('button', { name: 'Accept', exact: true }).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    await erin.page.getByRole('button', { name: 'Decline' }).click();
    await dialog(erin.page).waitFor();
    expect(await faults(erin.page)).toEqual([]);
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
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

  test('in the audit', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/audit`, 'Avery Adeyemi');
    await page.getByRole('row').nth(1).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Show' }).first().click();
    await dialog(page).locator('.timeline li').first().waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/audit?breakGlass=yes`);
    await page.getByRole('row').nth(1).waitFor();
    await page.getByRole('link', { name: 'Show' }).first().click();
    await dialog(page).getByText('Access taken without an approval').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/audit/sessions`);
    await page.getByRole('row').nth(1).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('on the sign-in page and after signing out', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${stack.url}/`);
    await page.getByRole('button', { name: 'Noor Nasser' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/signed-out`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await faults(page)).toEqual([]);
  });
});
