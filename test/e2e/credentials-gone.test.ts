import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi, reviewByApi } from './calls.ts';
import { dialog, type Person, person } from './people.ts';

/** Credentials are for the person who looks at them: when they leave the page, in whatever way, nobody finds them there. */

let stack: TestStack;
let browser: Browser;
let address: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  const request = await createByApi(await apiUser(stack, 'erin'));
  await reviewByApi(await apiUser(stack, 'robin'), request);
  address = `${stack.url}/requests/${request.id}`;
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

interface Secrets {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Gets credentials by a button and shows them in clear. @returns what the answer said */
async function getCredentials(page: Page, button = 'CLI'): Promise<Secrets> {
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith('/sessions')),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  const { credentials } = await response.json();
  return credentials;
}

async function show(page: Page, { secretAccessKey }: Secrets): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Show' }).click();
  await dialog(page).getByText(secretAccessKey).waitFor();
}

/** Dispatches what the browser does when the page is hidden, frozen or left; headless pages never are. */
function leave(page: Page, how: 'visibilitychange' | 'freeze' | 'pagehide'): Promise<string> {
  return page.evaluate((type) => {
    const state = type === 'visibilitychange' ? 'hidden' : 'visible';
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    (type === 'pagehide' ? window : document).dispatchEvent(new Event(type));
    // NB. In the same moment, before anything can be rendered: a frozen page does not render any more.
    const html = document.documentElement.outerHTML;
    Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
    return html;
  }, how);
}

describe('credentials go', () => {
  let erin: Person;
  beforeAll(async () => {
    erin = await person(browser, address, 'Erin Engström');
  });

  test.each(['visibilitychange', 'freeze', 'pagehide'] as const)(
    'at once on %s, and the dialog says so',
    async (how) => {
      const { page } = erin;
      const secrets = await getCredentials(page);
      await show(page, secrets);
      await dialog(page).getByRole('button', { name: /^Copy/ }).click();
      await dialog(page).getByText('Copied').waitFor();
      const then = await leave(page, how);
      for (const secret of [secrets.secretAccessKey, secrets.sessionToken])
        expect(then).not.toContain(secret);
      await dialog(page).getByText('These credentials are gone from this page').waitFor();
      await dialog(page).getByText('You left this page for a moment').waitFor();
      expect(
        await dialog(page)
          .getByRole('button', { name: /^Copy|Show|Hide/ })
          .count(),
      ).toBe(0);
      // Whoever copied them first has them still.
      expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(secrets.secretAccessKey);

      const renewed = await getCredentials(page, 'Get new credentials');
      expect(renewed.secretAccessKey).not.toBe(secrets.secretAccessKey);
      await show(page, renewed);
      await dialog(page).getByRole('button', { name: 'Close' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
    },
  );

  test('where the person has gone before they came', async () => {
    const { page } = erin;
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    });
    const { secretAccessKey } = await getCredentials(page);
    await dialog(page).getByText('These credentials are gone from this page').waitFor();
    expect(await page.content()).not.toContain(secretAccessKey);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
    });
    await dialog(page).getByRole('button', { name: 'Close' }).click();
  });

  test('after two minutes, and not before', async () => {
    const { page } = await person(browser, address, 'Erin Engström');
    await page.clock.install();
    const secrets = await getCredentials(page);
    await show(page, secrets);
    await page.clock.runFor(118_000);
    expect(await dialog(page).textContent()).toContain(secrets.secretAccessKey);
    await page.clock.runFor(3_000);
    await dialog(page).getByText('They are shown for two minutes').waitFor();
    expect(await page.content()).not.toContain(secrets.secretAccessKey);
  });

  test('with the page: going back to it does not bring them back', async () => {
    const { page } = await person(browser, address, 'Erin Engström');
    const secrets = await getCredentials(page);
    await show(page, secrets);
    await page.goto(`${stack.url}/mail`);
    await page.goBack();
    await page.getByRole('button', { name: 'CLI' }).waitFor();
    expect(await page.content()).not.toContain(secrets.secretAccessKey);
    expect(await dialog(page).count()).toBe(0);
  });
});

describe('the sign-in link of the console', () => {
  test('is gone when the person leaves the page without having used it, and says so', async () => {
    const { page } = await person(browser, address, 'Erin Engström');
    // What a browser does that opens no tab by itself.
    await page.evaluate(() => {
      window.open = () => null;
    });
    await page.getByRole('button', { name: 'Access console' }).click();
    const link = page.getByRole('link', { name: 'Open the AWS console' });
    await expect.poll(() => link.getAttribute('href')).toContain('SigninToken=');
    expect(await leave(page, 'visibilitychange')).not.toContain('SigninToken=');
    await page.getByText('The link is gone').waitFor();
    expect(await link.count()).toBe(0);
    const devtools = await page.context().newCDPSession(page);
    await expect.poll(async () => (await heap(devtools)).includes('SigninToken=')).toBe(false);
    await page.getByRole('button', { name: 'Access console' }).click();
    await expect.poll(() => link.getAttribute('href')).toContain('SigninToken=');
    expect(await heap(devtools)).toContain('SigninToken=');
    const [tab] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await tab.getByText('DatabaseAdministrator').first().waitFor();
    await link.waitFor({ state: 'hidden' });
    expect(await page.content()).not.toContain('SigninToken=');
  });
});

/** Every string that JavaScript still reaches in the page. */
async function heap(devtools: CDPSession): Promise<string> {
  const chunks: string[] = [];
  const collect = ({ chunk }: { chunk: string }) => chunks.push(chunk);
  devtools.on('HeapProfiler.addHeapSnapshotChunk', collect);
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  devtools.off('HeapProfiler.addHeapSnapshotChunk', collect);
  return chunks.join('');
}

/** How many of the two are in the memory. */
async function findIn(devtools: CDPSession, { secretAccessKey, sessionToken }: Secrets): Promise<number> {
  const text = await heap(devtools);
  // NB. A snapshot has the beginning of a long text only.
  return [secretAccessKey, sessionToken.slice(0, 100)].filter((needle) => text.includes(needle)).length;
}

describe('the memory of the page', () => {
  test('has none of them once the dialog is closed, and nothing else was done', async () => {
    const { page, context } = await person(browser, address, 'Erin Engström');
    const devtools = await context.newCDPSession(page);
    const secrets = await getCredentials(page);
    await show(page, secrets);
    const found = () => findIn(devtools, secrets);
    expect(await found()).toBe(2);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await expect.poll(found).toBe(0);
    expect(await page.evaluate(() => document.visibilityState)).toBe('visible');
  });

  test('has credentials while they are shown and none afterwards: no state, closure, property or cache', async () => {
    const { page, context } = await person(browser, address, 'Erin Engström');
    const devtools = await context.newCDPSession(page);
    const secrets = await getCredentials(page);
    const found = () => findIn(devtools, secrets);
    await show(page, secrets);
    await dialog(page).getByRole('tab', { name: 'credential_process' }).click();
    await dialog(page).getByText(secrets.secretAccessKey).waitFor();
    await dialog(page).getByRole('button', { name: 'Copy' }).first().click();
    expect(await found()).toBe(2);
    await leave(page, 'visibilitychange');
    await dialog(page).getByText('These credentials are gone').waitFor();
    await expect.poll(found).toBe(0);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    expect(await found()).toBe(0);
  });
});
