import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi } from './calls.ts';
import { faults, longText } from './faults.ts';
import { createRequest, decide, dialog, person } from './people.ts';

/** The pages of the usual way, light and dark, wide and narrow. The other ways are in a file beside this one. */

let stack: TestStack;
let browser: Browser;
let active: string;
let pending: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
  active = await createRequest(erin.page, {
    role: 'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement',
  });
  await erin.page.goto(`${stack.url}/`);
  pending = await createRequest(erin.page, {
    role: 'ReadOnlyAccess',
    justification: longText,
  });
  const robin = await person(browser, active, 'Robin Reyes');
  await decide(robin.page, 'Approve', 'Fine.');
  await erin.context.close();
  await robin.context.close();
  await createByApi(await apiUser(stack, 'erin'), {
    targets: [{ account: '111122223333', role: 'AdministratorAccess' }],
    durationMinutes: 30,
    justification: longText,
    breakGlass: true,
  });
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe('no serious finding', () => {
  test('on the dashboard, the form, an address that leads nowhere, the mail', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/`, 'Erin Engström');
    await page.getByRole('row').nth(1).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/requests/new`);
    await page.getByRole('button', { name: 'Choose a role' }).waitFor();
    await page.getByRole('button', { name: 'Create request' }).click();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/nowhere`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(`${stack.url}/mail`);
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('on a request and its dialogs', async () => {
    const { page, complaints } = await person(browser, active, 'Erin Engström');
    await page.getByRole('button', { name: 'CLI' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'CLI' }).click();
    await dialog(page).getByRole('tab').first().waitFor();
    expect(await faults(page)).toEqual([]);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'End access now' }).click();
    await dialog(page).waitFor();
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
