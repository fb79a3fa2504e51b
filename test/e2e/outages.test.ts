import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { ask, createRequest, decide, dialog, person } from './people.ts';

/** Something that Stepladder needs does not answer: no access, a word about it where it matters, and then it works. */

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe('an outage', () => {
  test('of STS gives no credentials, says so, and is on record; afterwards the same button works', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    const { page } = erin;
    const address = await createRequest(page, { role: 'DatabaseAdministrator' });
    const robin = await person(browser, address, 'Robin Reyes');
    await decide(robin.page, 'Approve');
    await page.reload();
    await page.getByRole('button', { name: 'CLI' }).waitFor();
    // As often as the SDK tries one call.
    stack.aws.sts.failNext('error', 3);
    await page.getByRole('button', { name: 'CLI' }).click();
    await page.getByRole('alert').filter({ hasText: 'Try again' }).waitFor();
    expect(await dialog(page).count()).toBe(0);
    expect(stack.aws.sts.calls).toEqual([]);
    await page.getByRole('button', { name: 'CLI' }).click();
    await dialog(page).getByRole('tab').first().waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByText('Session failed').waitFor();
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });

  test('of the network is shown with a way to try again, and the form survives it', async () => {
    const { page, context } = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
    await page.getByRole('button', { name: 'Choose a role' }).waitFor();
    await context.route('**/api/requests', (route) => route.abort());
    await ask(page, { role: 'ReadOnlyAccess', justification: 'Typed while the network was away.' });
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Justification').inputValue()).toBe('Typed while the network was away.');
    await context.unroute('**/api/requests');
    await page.getByRole('button', { name: 'Create request' }).click();
    await page.getByText('Your request was created').waitFor();
  });

  test('does not make two requests of one when the answer was lost on the way', async () => {
    const { page, context } = await person(browser, `${stack.url}/requests/new`, 'Ravi Raman');
    await page.getByRole('button', { name: 'Choose a role' }).waitFor();
    let lost = 0;
    await context.route('**/api/requests', async (route) => {
      if (route.request().method() === 'POST' && lost === 0) {
        lost += 1;
        await route.fetch();
        await route.abort();
      } else await route.continue();
    });
    await ask(page, { role: 'DatabaseAdministrator' });
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Create request' }).click();
    await page.getByText('Your request was created').waitFor();
    await page.getByRole('link', { name: 'My requests' }).click();
    await page.getByRole('row').nth(1).waitFor();
    expect(await page.getByRole('rowheader').count()).toBe(1);
  });

  test('of the list is shown in its place, and trying again fills it', async () => {
    const { page, context } = await person(browser, `${stack.url}/reviews`, 'Robin Reyes');
    await page.getByRole('heading', { name: 'Reviews' }).waitFor();
    await context.route('**/api/requests?*', (route) => route.abort());
    await context.route('**/api/requests', (route) => route.abort());
    await page.getByRole('link', { name: 'My requests' }).click();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await context.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(/No requests|eligible for no role/).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
  });
});
