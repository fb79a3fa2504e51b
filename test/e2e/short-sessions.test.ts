import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLocalPolicy } from '../../infra/local/local-policy.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi, reviewByApi } from './calls.ts';
import { dialog, type Person, person } from './people.ts';

/** Sessions that are shorter than the access: they are renewed by the person, who is told in time, and never without. */

let stack: TestStack;
let browser: Browser;
let erin: Person;

beforeAll(async () => {
  const { document } = readLocalPolicy() as { document: { limits: object } };
  const policy = { ...document, limits: { ...document.limits, sessionLength: '15m' } };
  // Longer than the time that these stories jump over with a page open.
  [stack, browser] = await Promise.all([
    startTestStack({ policy, accessTokenSeconds: 40 * 60 }),
    launchBrowser(),
  ]);
  const request = await createByApi(await apiUser(stack, 'erin'));
  await reviewByApi(await apiUser(stack, 'robin'), request);
  erin = await person(browser, `${stack.url}/requests/${request.id}`, 'Erin Engström');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

const assumed = () => stack.aws.sts.calls.filter(({ input }) => input.action === 'AssumeRole').length;
const told = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text });
/** The page learns what time it is when it asks again, which it does every now and then. */
const soon = { timeout: 40_000 };

describe('a session that is shorter than the access', () => {
  test('is counted, with its end, and nothing is said of renewing while it lasts', async () => {
    const { page } = erin;
    await page.getByText('No session is alive.').waitFor();
    await page.getByRole('button', { name: 'CLI', exact: true }).click();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByText('1 session is alive').waitFor();
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('button', { name: 'Access console' }).click(),
    ]);
    await tab.getByText('DatabaseAdministrator').first().waitFor();
    await page.getByText('2 sessions are alive').waitFor();
    expect(await page.getByText(/alive \(1 console, 1 CLI\), the last until/).count()).toBe(1);
    expect(await page.getByRole('button', { name: /^Renew/ }).count()).toBe(0);
    expect(assumed()).toBe(2);
  });

  test('is announced before it ends, and renewed with one click: nothing happens without', async () => {
    const { page, context } = erin;
    stack.advance(11);
    await told(page, /Your CLI credentials end in [34] min/).waitFor(soon);
    await told(page, /Your console session ends in [34] min/).waitFor();
    expect(assumed()).toBe(2);
    await page.getByRole('button', { name: 'Renew CLI credentials' }).click();
    await dialog(page).getByRole('tab').first().waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await told(page, /Your CLI credentials/).waitFor({ state: 'hidden' });
    await page.getByText('3 sessions are alive').waitFor();

    const tabs = context.pages().length;
    await page.getByRole('button', { name: 'Renew console session' }).click();
    await page.getByText('4 sessions are alive').waitFor();
    // In the tab that was there, which still cannot reach back.
    expect(context.pages()).toHaveLength(tabs);
    const tab = context.pages().at(-1);
    await expect.poll(() => tab?.evaluate(() => window.opener)).toBeNull();
    await told(page, /Your console session/).waitFor({ state: 'hidden' });
    expect(assumed()).toBe(4);
  });

  test('that has ended says so, and where to get the next one', async () => {
    const { page } = erin;
    stack.advance(15);
    await told(page, /Your CLI credentials have ended/).waitFor(soon);
    await page.getByText('No session is alive.').waitFor();
    expect(assumed()).toBe(4);
    // The tab was closed meanwhile: the console opens in a new one.
    await erin.context.pages().at(-1)?.close();
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('button', { name: 'Renew console session' }).click(),
    ]);
    await tab.getByText('DatabaseAdministrator').first().waitFor();
    expect(assumed()).toBe(5);
  });
});
