import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { createRequest, decide, dialog, patience, person } from './people.ts';

/** What time alone does: to access, to a request that nobody looks at, and to a sign-in. */

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe('time', () => {
  let stack: TestStack;

  beforeEach(async () => {
    // Longer than the time that these stories jump over with a page open.
    stack = await startTestStack({ accessTokenSeconds: 40 * 60 });
  });
  afterEach(() => stack.stop());

  test('ends the access: the banner and the buttons go, and nothing is issued any more', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    const address = await createRequest(erin.page, { role: 'ReadOnlyAccess', duration: '15 min' });
    const robin = await person(browser, address, 'Robin Reyes');
    await decide(robin.page, 'Approve');
    await erin.page.reload();
    await erin.page.getByRole('button', { name: 'CLI' }).waitFor();
    const banner = erin.page.getByRole('region', { name: 'Active access' });
    await banner.waitFor();
    // The page asks again every now and then; here it learns of the end from the refusal alone.
    const answers = Promise.withResolvers<void>();
    await erin.context.route('**/api/requests/*', async (route) => {
      await answers.promise;
      await route.continue();
    });
    stack.advance(16);
    await erin.page.getByRole('button', { name: 'CLI' }).click();
    await erin.page.getByText('The request is ended now').waitFor();
    answers.resolve();
    await erin.page.getByText('Ended', { exact: true }).first().waitFor({ timeout: 30_000 });
    await banner.waitFor({ state: 'hidden', timeout: 30_000 });
    expect(await erin.page.getByRole('button', { name: 'CLI' }).count()).toBe(0);
    await erin.page.getByText('The request is ended now').waitFor();
    expect(stack.aws.sts.calls).toEqual([]);
    expect(erin.complaints).toEqual([]);
  });

  test('expires a request that nobody reviewed, and the sweep tells the requester', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    await createRequest(erin.page, { role: 'DatabaseAdministrator' });
    await expect.poll(() => stack.aws.sns.calls.length, patience).toBe(1);
    stack.advance(24 * 60);
    await stack.sweepNow();
    await stack.sweepNow();
    const told = () => stack.aws.ses.calls.filter((call) => call.input.subject.startsWith('Expired'));
    await expect.poll(() => told().length, patience).toBe(1);
    expect(told()[0]?.input.to).toEqual(['erin@example.com']);
  });
});

describe('a sign-in that ends', () => {
  test('asks again in a window of its own, and the form keeps what was typed', async () => {
    const short = await startTestStack();
    try {
      const erin = await person(browser, `${short.url}/requests/new`, 'Erin Engström');
      await erin.page.getByRole('button', { name: 'Choose a role' }).click();
      await erin.page.getByRole('option', { name: 'ReadOnlyAccess' }).first().click();
      await erin.page.getByLabel('Justification').fill('Typed before the sign-in ended.');
      // No refresh token works any more, and the access token is too old for the API.
      await erin.context.route('**/token', (route) =>
        route.request().postData()?.includes('grant_type=refresh_token')
          ? route.fulfill({
              status: 400,
              contentType: 'application/json',
              headers: { 'access-control-allow-origin': short.url },
              body: '{"error":"invalid_grant"}',
            })
          : route.continue(),
      );
      short.advance(16);
      await erin.page.getByRole('button', { name: 'Create request' }).click();
      await dialog(erin.page).getByText('Your sign-in has expired').waitFor();
      short.advance(-16);
      await Promise.all([
        erin.context.waitForEvent('page'),
        dialog(erin.page).getByRole('button', { name: 'Sign in again' }).click(),
      ]);
      await erin.page.getByText('Your request was created').waitFor();
      await erin.page.getByText('Typed before the sign-in ended.').first().waitFor();
      expect(erin.complaints).toEqual([]);
    } finally {
      await short.stop();
    }
  });

  test('is renewed without a word while the provider gives new tokens', async () => {
    const short = await startTestStack({ accessTokenSeconds: 70 });
    try {
      const erin = await person(browser, `${short.url}/requests/new`, 'Erin Engström');
      await erin.page.getByLabel('Justification').fill('Typed before the tokens were renewed.');
      await erin.page.waitForResponse(
        (response) => response.url().endsWith('/token') && response.request().method() === 'POST',
        { timeout: 40_000 },
      );
      expect(await erin.page.getByLabel('Justification').inputValue()).toBe(
        'Typed before the tokens were renewed.',
      );
      await erin.page.getByRole('link', { name: 'My requests' }).click();
      await erin.page.getByText('No requests yet').waitFor();
      expect(await dialog(erin.page).count()).toBe(0);
    } finally {
      await short.stop();
    }
  });
});
