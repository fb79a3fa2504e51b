import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { createRequest, decide, dialog, fact, type Person, person, status } from './people.ts';

/** More time for access that somebody has, and the same access once more when it is over. */

let stack: TestStack;
let browser: Browser;
let erin: Person;
let robin: Person;
let first: string;
let second: string;

const why = 'Reindex the orders table after the failed migration.';

beforeAll(async () => {
  // Longer than the time that this story jumps over with pages open.
  [stack, browser] = await Promise.all([startTestStack({ accessTokenSeconds: 24 * 3600 }), launchBrowser()]);
  erin = await person(browser, `${stack.url}/`, 'Erin Engström');
  first = await createRequest(erin.page, {
    role: 'DatabaseAdministrator',
    duration: '30 min',
    justification: why,
  });
  robin = await person(browser, first, 'Robin Reyes');
  await decide(robin.page, 'Approve');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

function idIn(address: string): string {
  return address.split('/').at(-1) ?? '';
}

/** Fills in the form of an extension, which is open, and sends it. */
async function extend(minutes: string, justification: string): Promise<void> {
  await erin.page.getByLabel(minutes, { exact: true }).click();
  await erin.page.getByLabel('Justification').fill(justification);
  await erin.page.getByRole('button', { name: 'Create request' }).click();
}

describe('an extension', () => {
  test('is asked for from the access itself, with the role fixed and a reason of its own', async () => {
    const { page } = erin;
    await page.reload();
    await status(page, 'Active').waitFor();
    await page.locator('main').getByRole('link', { name: 'Extend' }).click();
    await page.getByRole('heading', { level: 1, name: 'Extend access' }).waitFor();
    await page.getByText(/^Starts when the current access ends: .+\.$/).waitFor();
    expect(await page.getByRole('button', { name: /Choose a role|Add another role/ }).count()).toBe(0);
    expect(await page.getByText('You already have an open request').count()).toBe(0);
    expect(await page.getByRole('radio', { name: 'At a chosen time' }).count()).toBe(0);
    expect(await page.getByLabel('Justification').inputValue()).toBe('');
    expect(await page.getByRole('radio', { name: '30 min' }).isChecked()).toBe(true);
    await extend('15 min', 'The index takes longer than we thought.');
    await page.getByText('Your request was created').waitFor();
    second = page.url();
    expect(idIn(second)).not.toBe(idIn(first));
    await status(page, 'Pending').waitFor();
  });

  test('is linked to what it extends', async () => {
    await erin.page
      .locator(`main a[href="/requests/${idIn(first)}"]`)
      .first()
      .click();
    await erin.page.waitForURL(first);
    await status(erin.page, 'Active').waitFor();
  });

  test('is there once: a second one is refused, as the form said, with a way to the first', async () => {
    await erin.page.goto(`${stack.url}/requests/new?extend=${idIn(first)}`);
    await erin.page.getByText('You already have an open request').waitFor();
    await extend('15 min', 'Once more, to be on the safe side.');
    await erin.page.getByRole('alert').getByText('You already have an open request').waitFor();
    await erin.page.getByRole('link', { name: 'Open that request' }).first().click();
    await erin.page.waitForURL(second);
  });

  test('waits for the end of what it extends, once a reviewer has approved it', async () => {
    await robin.page.goto(second);
    await robin.page.getByText(/^Access starts at .+, as was asked for\.$/).waitFor();
    await decide(robin.page, 'Approve');
    await status(robin.page, 'Scheduled').waitFor();
    await erin.page.reload();
    await status(erin.page, 'Scheduled').waitFor();
    expect(await erin.page.getByRole('button', { name: /CLI|Access console/ }).count()).toBe(0);
    const from = async (page: typeof erin.page, index: number) =>
      page
        .locator('main dl > div')
        .filter({ hasText: /^Window/ })
        .locator('time')
        .nth(index)
        .getAttribute('datetime');
    const begins = await from(erin.page, 0);
    await erin.page.goto(first);
    await status(erin.page, 'Active').waitFor();
    expect(await from(erin.page, 1)).toBe(begins);
  });

  test('goes on by time alone when the first ends', async () => {
    stack.advance(31);
    await erin.page.reload();
    await status(erin.page, 'Ended').waitFor();
    expect(await erin.page.locator('main').getByRole('link', { name: 'Extend' }).count()).toBe(0);
    await erin.page.goto(second);
    await status(erin.page, 'Active').waitFor();
    await erin.page.getByRole('button', { name: 'CLI' }).click();
    await dialog(erin.page).getByRole('tab').first().waitFor();
    await dialog(erin.page).getByRole('button', { name: 'Close' }).click();
  });

  test('of access that is over is refused', async () => {
    await erin.page.goto(`${stack.url}/requests/new?extend=${idIn(first)}`);
    await erin.page.getByText('This access cannot be extended').waitFor();
    expect(await erin.page.getByRole('button', { name: 'Create request' }).count()).toBe(0);
  });
});

describe('asking again', () => {
  test('begins with what was asked for, and makes a new request', async () => {
    const { page } = erin;
    stack.advance(16);
    await page.goto(first);
    await status(page, 'Ended').waitFor();
    await page.locator('main').getByRole('link', { name: 'Ask again' }).click();
    await page.getByText('Filled in as').waitFor();
    await page.getByText('DatabaseAdministrator').first().waitFor();
    expect(await page.getByLabel('Justification').inputValue()).toBe(why);
    expect(await page.getByRole('radio', { name: '30 min' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Create request' }).click();
    await page.getByText('Your request was created').waitFor();
    await status(page, 'Pending').waitFor();
    expect(await fact(page, 'Justification')).toBe(why);
    expect([first, second]).not.toContain(page.url());
    expect(await page.locator(`main a[href="/requests/${idIn(first)}"]`).count()).toBe(0);
  });

  test('and extending met no page that broke its security policy or threw', () => {
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });
});
