import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { faults } from './faults.ts';
import { person, saidAt } from './people.ts';

/** An operator checks how roles are set up, and is told what to fix. */

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

async function check(page: Page, account: string, role: string): Promise<void> {
  await page.getByLabel('Account id').fill(account);
  await page.getByLabel('Role name').fill(role);
  await page.getByRole('button', { name: 'Check role' }).click();
}

/** What was found: each as its state and what it is about. */
async function found(page: Page): Promise<string[]> {
  const items = await page.locator('.findings > li').all();
  return Promise.all(
    items.map(async (item) => {
      const state = await item.getByText(/^(Passes|Fails|Not known)$/).innerText();
      return `${state}: ${await item.locator('strong').innerText()}`;
    }),
  );
}

describe('an operator', () => {
  test('chooses a role, sees that it is set up as it should be, and that another is not', async () => {
    const oki = await person(browser, `${stack.url}/`, 'Oki Okafor');
    const { page } = oki;
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.getByText('Nothing is checked yet').waitFor();
    await page.getByRole('button', { name: 'Choose a role' }).click();
    await page
      .getByRole('option', { name: 'DatabaseAdministrator' })
      .filter({ hasText: 'Production' })
      .click();
    expect(await page.getByLabel('Account id').inputValue()).toBe('111122223333');
    await page.getByRole('button', { name: 'Check role' }).click();
    const heading = page.getByRole('heading', { level: 2 });
    await heading.filter({ hasText: 'everything is as it should be' }).waitFor();
    expect((await found(page)).filter((one) => one.startsWith('Passes: '))).toHaveLength(7);
    // Read from there by a screen reader.
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);

    await check(page, '5555-6666-7777', 'LegacyAdministrator');
    await heading.filter({ hasText: 'LegacyAdministrator in Acquired company' }).waitFor();
    expect((await found(page)).slice(0, 3)).toEqual([
      'Fails: An external id is demanded',
      'Fails: Another external id does not do',
      'Passes: The broker can assume the role',
    ]);
    await page
      .getByText(/"sts:ExternalId"/)
      .first()
      .waitFor();
    expect(oki.complaints).toEqual([]);
  });

  test('does all of it by keyboard, and is told at the field what is wrong', async () => {
    const { page } = await person(browser, `${stack.url}/operations`, 'Oki Okafor');
    const account = page.getByLabel('Account id');
    await account.focus();
    await page.keyboard.type('1234');
    await page.keyboard.press('Enter');
    await page.getByText('Give the 12 digits of the account id.').waitFor();
    expect(await saidAt(account)).toContain('12 digits');
    await account.fill('');
    await page.keyboard.type('555566667777');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Retired');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 2 }).filter({ hasText: 'Retired in' }).waitFor();
    expect((await found(page))[0]).toBe('Fails: The broker can assume the role');
    expect(await page.locator('.findings ol').first().locator('li').count()).toBe(4);
  });

  test('sees an outage as one, and checks again by the same button', async () => {
    const { page, context } = await person(browser, `${stack.url}/operations`, 'Oki Okafor');
    await page.getByLabel('Account id').waitFor();
    await context.route('**/api/preflights', (route) => route.abort());
    await check(page, '555566667777', 'LegacyReadOnly');
    await page.getByRole('alert').waitFor();
    await context.unroute('**/api/preflights');
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('heading', { level: 2 }).filter({ hasText: '2 checks fail' }).waitFor();
  });

  test('can use the page whatever its look, before and after', async () => {
    const { page } = await person(browser, `${stack.url}/operations`, 'Oki Okafor');
    await page.getByLabel('Account id').waitFor();
    expect(await faults(page)).toEqual([]);
    await check(page, '333344445555', 'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement');
    await page.getByRole('heading', { level: 2 }).waitFor();
    expect(await faults(page)).toEqual([]);
    await check(page, '555566667777', 'Retired');
    await page.getByRole('heading', { level: 2 }).filter({ hasText: 'Retired' }).waitFor();
    expect(await faults(page)).toEqual([]);
  });
});

test('nobody else has the page, and whoever opens it is told whom to ask', async () => {
  for (const name of ['Robin Reyes', 'Avery Adeyemi', 'Erin Engström']) {
    const { page, complaints } = await person(browser, `${stack.url}/operations`, name);
    await page.getByText('This is for operators').waitFor();
    expect(await page.getByRole('link', { name: 'Operations' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Check role' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  }
});
