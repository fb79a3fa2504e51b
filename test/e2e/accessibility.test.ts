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

const looks = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 390, height: 800, colorScheme: 'dark' },
  { width: 390, height: 800, colorScheme: 'light' },
] as const;

/** What is wrong with the page, or the dialog over it, in every look. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, ...size } of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const look = `${new URL(page.url()).pathname}, ${size.width} wide, ${colorScheme}`;
    const { violations } = await new AxeBuilder({ page }).analyze();
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

  test('in the audit', async () => {
    const { page, complaints } = await person(browser, `${stack.url}/audit`, 'Avery Adeyemi');
    await page.getByRole('row').nth(1).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Show' }).first().click();
    await dialog(page).getByText('Request created').waitFor();
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
