import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { createRequest, decide, dialog, type Person, person } from './people.ts';

/** Where tokens and credentials are not found after they were used, and who cannot lead a sign-in astray. */

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** Collects every token and credential that reaches the person's browser, what its console says and every address that it asks for. */
function listen({ context }: Person) {
  const secrets = new Set<string>();
  const addresses: string[] = [];
  const console: string[] = [];
  context.on('console', (message) => console.push(message.text()));
  context.on('weberror', (error) => console.push(String(error.error().stack)));
  context.on('request', (request) => addresses.push(request.url()));
  context.on('response', async (response) => {
    const { pathname } = new URL(response.url());
    if (!/\/(token|sessions)$/.test(pathname) || response.request().method() !== 'POST') return;
    const answer = await response.json();
    const { access_token, id_token, refresh_token, credentials = {}, url } = answer;
    const { secretAccessKey, sessionToken } = credentials;
    for (const text of [access_token, id_token, refresh_token, secretAccessKey, sessionToken, url]) {
      if (typeof text === 'string') secrets.add(text);
    }
  });
  return { secrets, addresses, console };
}

/** All that the page's origin keeps, and every address in the tab's history that it may see. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const entries = window.navigation.entries().map((entry) => entry.url);
    const databases = (await indexedDB.databases()).map((database) => database.name);
    const stores = [{ ...localStorage }, { ...sessionStorage }, document.cookie, window.name];
    return JSON.stringify([stores, entries, databases, await caches.keys(), history.state]);
  });
}

/** What the app keeps while its tab is at the provider. NB. Read at an address of its origin where no script of it runs. */
async function keptMeanwhile(page: Page): Promise<{ tab: string; allTabs: string }> {
  const provider = page.url();
  await page.goto(`${stack.url}/icon.svg`);
  const stores = await page.evaluate(() => ({
    tab: JSON.stringify({ ...sessionStorage }),
    allTabs: JSON.stringify([{ ...localStorage }, document.cookie]),
  }));
  await page.goto(provider);
  return stores;
}

describe('secrets', () => {
  test('are in no storage, history, address or page once they were used', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    const { page } = erin;
    const { secrets, addresses, console } = listen(erin);
    await page.reload();
    const address = await createRequest(page, { role: 'DatabaseAdministrator' });
    await page.evaluate(() => globalThis.console.debug('the console is heard'));
    const robin = await person(browser, address, 'Robin Reyes');
    await decide(robin.page, 'Approve');
    await page.reload();
    await page.getByRole('button', { name: 'CLI' }).click();
    await dialog(page).getByRole('button', { name: 'Show' }).click();
    await dialog(page).getByText(/ASIA/).first().waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    const [tab] = await Promise.all([
      erin.context.waitForEvent('page'),
      page.getByRole('button', { name: 'Access console' }).click(),
    ]);
    await tab.getByText('DatabaseAdministrator').first().waitFor();
    // Three tokens for each of two loads, a key and a token of the session, the address of the console.
    await expect.poll(() => secrets.size).toBe(9);

    expect(console).toContain('the console is heard');
    const everywhere = [await kept(page), await page.content(), ...console, ...stack.logs].join('\n');
    const asked = addresses.filter((asking) => asking.startsWith(stack.url)).join('\n');
    for (const secret of secrets) {
      expect(everywhere.includes(secret)).toBe(false);
      expect(asked.includes(secret)).toBe(false);
    }
    expect(await kept(page)).not.toMatch(/oidc\.|code_verifier|[?&]code=/);
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });

  test('go from every open tab when the person signs out in one', async () => {
    const { page, context } = await person(browser, `${stack.url}/`, 'Erin Engström');
    const other = await context.newPage();
    await other.goto(`${stack.url}/`);
    await other.getByText('Erin Engström').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.waitForURL(`${stack.url}/signed-out`);
    await other.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await other.locator('body').textContent()).not.toContain('Erin');
    // The provider asks once more.
    await page.getByRole('button', { name: /Sign out/ }).click();
    await page.waitForURL(`${stack.url}/signed-out`);
    for (const tab of [page, other]) expect(await kept(tab)).not.toMatch(/eyJ|oidc\./);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('button', { name: 'Noor Nasser' }).waitFor();
  });
});

describe('a sign-in', () => {
  test.each(['//evil.example/in', '/\\evil.example/in', '/callback?returnTo=//evil.example'])(
    'that begins at %s ends on a page of the app',
    async (path) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      const asked: string[] = [];
      context.on('request', (request) => asked.push(new URL(request.url()).hostname));
      await page.goto(`${stack.url}/`);
      await page.getByRole('button', { name: 'Noor Nasser' }).waitFor();
      await page.goto(`${stack.url}${path}`);
      await page
        .getByRole('button', { name: /Noor Nasser|Try to sign in again/ })
        .first()
        .waitFor();
      const retry = page.getByRole('button', { name: 'Try to sign in again' });
      if ((await retry.count()) === 1) await retry.click();
      await page.getByRole('button', { name: 'Noor Nasser' }).click();
      await page.waitForURL(`${stack.url}/`);
      await page.getByRole('heading', { name: 'My requests' }).waitFor();
      expect(asked).not.toContain('evil.example');
      await context.close();
    },
  );

  test('that nobody here began is refused before the provider is asked for a token', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const posts: string[] = [];
    context.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    await page.goto(`${stack.url}/callback?code=somebody-elses&state=unknown`);
    await page.getByText('Sign-in did not work').waitFor();
    expect(posts).toEqual([]);
    await page.getByRole('button', { name: 'Try to sign in again' }).click();
    await page.getByRole('button', { name: 'Noor Nasser' }).click();
    await page.waitForURL(`${stack.url}/`);
    await context.close();
  });

  test('keeps its PKCE verifier in this tab alone while the person is at the provider, and no key or state of its own afterwards', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    let verifier = '';
    page.on('request', (request) => {
      verifier ||= new URLSearchParams(request.postData() ?? '').get('code_verifier') ?? '';
    });
    await page.goto(`${stack.url}/requests/new`);
    const provider = page.getByRole('button', { name: 'Erin Engström' });
    await provider.waitFor();
    const during = await keptMeanwhile(page);
    await provider.click();
    await page.waitForURL(`${stack.url}/requests/new`);
    await page.getByRole('heading', { name: 'Create request' }).waitFor();
    expect(verifier).toMatch(/^[\w.~-]{43,128}$/);
    expect(during.tab).toContain(verifier);
    expect(during.allTabs).not.toMatch(/code_verifier|oidc\./);
    expect(during.allTabs).not.toContain(verifier);
    expect(await kept(page)).not.toContain(verifier);
    expect(await kept(page)).not.toMatch(/oidc\.|code_verifier|[?&](code|state)=/);
    await context.close();
  });
});
