import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import {
  called,
  chooseRole,
  dialog,
  fillIn,
  history,
  type Person,
  patience,
  person,
  sent,
  status,
  type Wish,
} from './people.ts';

/** One form for several roles: requests of their own, made and reviewed in one go. */

let stack: TestStack;
let browser: Browser;
let erin: Person;
let robin: Person;
let first: string;

const why = 'Move the orders to the new database.';
const three = [
  { role: 'DatabaseAdministrator', account: 'Production' },
  { role: 'ReadOnlyAccess', account: 'Production' },
  { role: 'AdministratorAccess', account: 'Staging' },
];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** Fills in one form for all of them. */
async function fillInAll(page: Page, [one, ...others]: readonly Wish[]): Promise<void> {
  await page.goto(`${stack.url}/requests/new`);
  if (one !== undefined) await fillIn(page, { ...one, justification: why });
  for (const other of others) {
    await page.getByRole('button', { name: 'Add another role' }).click();
    await chooseRole(page, other);
  }
}

/** Roles and statuses of the requests that the page with the list of my requests shows, in the order of their roles. */
async function mine({ page }: Person): Promise<string[]> {
  await page.goto(`${stack.url}/`);
  await page.getByRole('rowheader').first().waitFor();
  const rows = await page.locator('tbody tr').allInnerTexts();
  return rows
    .map((row) => /^(\S+)[\s\S]*?\b(Pending|Active|Cancelled|Rejected|Ended early)\b/.exec(row))
    .map((found) => `${found?.[1]} ${found?.[2]}`)
    .sort();
}

describe('several roles in one form', () => {
  test('can be added and removed, and each once', async () => {
    const { page } = erin;
    await fillInAll(page, three);
    await page.getByRole('button', { name: 'Add another role' }).click();
    await page.getByRole('button', { name: 'Choose a role' }).click();
    const taken = page.getByRole('option', { name: 'ReadOnlyAccess' }).first();
    expect(await taken.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Create 4 requests' }).click();
    await page.getByText('Choose a role and account from the list, or remove this one.').waitFor();
    await page.getByRole('button', { name: 'Remove role 4' }).click();
    expect(await page.getByRole('button', { name: 'Choose a role' }).count()).toBe(0);
  });

  test('become requests of their own', async () => {
    await erin.page.getByRole('button', { name: 'Create 3 requests' }).click();
    await erin.page.waitForURL(/\/requests\/[0-9a-z]{26}$/);
    await status(erin.page, 'Pending').waitFor();
    first = erin.page.url();
    await erin.page.getByText('Asked together').first().waitFor();
    await expect
      .poll(() => sent(stack), patience)
      .toEqual({ reviewers: ['created', 'created', 'created'], requester: [] });
    expect(await mine(erin)).toEqual([
      'AdministratorAccess Pending',
      'DatabaseAdministrator Pending',
      'ReadOnlyAccess Pending',
    ]);
  });

  test('are refused together where one is open already, with a way to it', async () => {
    const { page } = erin;
    await fillInAll(page, [
      { role: 'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement' },
      { role: 'ReadOnlyAccess', account: 'Production' },
    ]);
    await page.getByRole('button', { name: 'Create 2 requests' }).click();
    await page.getByRole('alert').getByText('You already have an open request').waitFor();
    await page.getByRole('link', { name: 'Open that request' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'ReadOnlyAccess in Production' }).waitFor();
    expect(await mine(erin)).toHaveLength(3);
  });

  test('are reviewed on one screen, with one comment, and none unasked', async () => {
    robin = await person(browser, first, 'Robin Reyes');
    const { page } = robin;
    await page.getByRole('radio', { name: 'Approve' }).check();
    const others = page.getByRole('checkbox');
    expect(await others.count()).toBe(2);
    for (const other of await others.all()) expect(await other.isChecked()).toBe(false);
    await page.getByRole('button', { name: 'Select all' }).click();
    await page.getByLabel('Comment').fill('Agreed in the change meeting.');
    await page.getByRole('button', { name: 'Continue' }).click();
    for (const { role } of three) await dialog(page).getByText(role).first().waitFor();
    await dialog(page).getByRole('button', { name: 'Approve all 3' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await page.getByText('You approved 3 of 3 requests.').waitFor();
    expect(await mine(erin)).toEqual([
      'AdministratorAccess Active',
      'DatabaseAdministrator Active',
      'ReadOnlyAccess Active',
    ]);
  });

  test('have each their own history, with that comment', async () => {
    for (const { role } of three) {
      await erin.page.goto(`${stack.url}/`);
      await erin.page.locator('tbody').getByRole('link', { name: role }).click();
      await status(erin.page, 'Active').waitFor();
      expect(await history(erin.page)).toEqual([
        `Request created by ${called.erin}`,
        `Approved by ${called.robin}`,
      ]);
      await erin.page.getByText('Agreed in the change meeting.').first().waitFor();
    }
  });

  test('end each by itself', async () => {
    await erin.page.goto(first);
    await erin.page.getByRole('button', { name: 'End access now' }).click();
    await dialog(erin.page).getByRole('button', { name: 'End access now' }).click();
    await status(erin.page, 'Ended early').waitFor();
    expect(await mine(erin)).toEqual([
      'AdministratorAccess Active',
      'DatabaseAdministrator Ended early',
      'ReadOnlyAccess Active',
    ]);
  });

  test('met no page that broke its security policy or threw', () => {
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });
});

describe('what one review does not reach', () => {
  test('is said request by request, and the others go through', async () => {
    const { page } = erin;
    await fillInAll(page, [
      { role: 'DatabaseAdministrator', account: 'Production' },
      { role: 'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement' },
    ]);
    await page.getByRole('button', { name: 'Create 2 requests' }).click();
    await page.waitForURL(/\/requests\/[0-9a-z]{26}$/);
    await status(page, 'Pending').waitFor();
    const address = page.url();
    await robin.page.goto(address);
    await robin.page.getByRole('radio', { name: 'Approve' }).check();
    await robin.page.getByRole('button', { name: 'Select all' }).click();
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    await dialog(robin.page).waitFor();
    // Meanwhile the requester takes this one back.
    await page.getByRole('button', { name: 'Cancel request' }).click();
    await dialog(page).getByRole('button', { name: 'Cancel request' }).click();
    await status(page, 'Cancelled').waitFor();
    await dialog(robin.page).getByRole('button', { name: 'Approve all 2' }).click();
    await robin.page.getByText('You approved 1 of 2 requests.').waitFor();
    await robin.page.getByText('The request is cancelled now').waitFor();
    expect((await mine(erin)).filter((line) => line.startsWith('Data'))).toEqual([
      'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement Active',
      'DatabaseAdministrator Cancelled',
      'DatabaseAdministrator Ended early',
    ]);
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });
});
