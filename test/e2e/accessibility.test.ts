import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { createRequest, decide, dialog, person } from './people.ts';

/** Every page, light and dark, wide and narrow: no serious finding of axe, and nothing that scrolls sideways. */

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
    justification: `${'Averylongwordwithoutanyspace'.repeat(8)}\n\nWhy?`,
  });
  const robin = await person(browser, active, 'Robin Reyes');
  await decide(robin.page, 'Approve', 'Fine.');
  await erin.context.close();
  await robin.context.close();
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

async function check(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sideways).toBeLessThanOrEqual(0);
}

describe.each([
  { name: 'wide and light', width: 1440, dark: false },
  { name: 'wide and dark', width: 1440, dark: true },
  { name: 'narrow and light', width: 390, dark: false },
  { name: 'narrow and dark', width: 390, dark: true },
])('$name', (look) => {
  test('the provider, the dashboard, the form, a request, its credentials', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/`, 'Erin Engström', look);
    await page.getByRole('row').nth(1).waitFor();
    await check(page);
    await page.goto(`${stack.url}/requests/new`);
    await page.getByRole('button', { name: 'Choose a role' }).waitFor();
    await page.getByRole('button', { name: 'Create request' }).click();
    await check(page);
    await page.goto(active);
    await page.getByRole('button', { name: 'CLI' }).click();
    await dialog(page).getByRole('tab').first().waitFor();
    await check(page);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'End access now' }).click();
    await dialog(page).waitFor();
    await check(page);
    await page.goto(`${stack.url}/nowhere`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await check(page);
    await page.goto(`${stack.url}/mail`);
    await check(page);
    expect(complaints).toEqual([]);
  });

  test('the reviews and a decision', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/reviews`, 'Robin Reyes', look);
    await page.getByRole('row').nth(1).waitFor();
    await check(page);
    await page.goto(`${stack.url}/reviews?state=decided`);
    await page.getByRole('row').nth(1).waitFor();
    await check(page);
    await page.goto(pending);
    await page.getByRole('radio', { name: 'Approve' }).check();
    await check(page);
    await page.getByRole('button', { name: 'Continue' }).click();
    await dialog(page).waitFor();
    await check(page);
    expect(complaints).toEqual([]);
  });

  test('the audit', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/audit`, 'Avery Adeyemi', look);
    await page.getByRole('row').nth(1).waitFor();
    await check(page);
    await page.goto(`${stack.url}/audit/sessions`);
    await page.getByRole('row').nth(1).waitFor();
    await check(page);
    expect(complaints).toEqual([]);
  });

  test('the sign-in page and the page after signing out', async () => {
    const context = await browser.newContext({
      viewport: { width: look.width, height: 800 },
      colorScheme: look.dark ? 'dark' : 'light',
    });
    const page = await context.newPage();
    await page.goto(`${stack.url}/`);
    await page.getByRole('button', { name: 'Noor Nasser' }).waitFor();
    await check(page);
    await page.goto(`${stack.url}/signed-out`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await check(page);
  });
});
