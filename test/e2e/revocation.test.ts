import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLocalPolicy } from '../../infra/local/local-policy.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi, reviewByApi } from './calls.ts';
import { dialog, fact, history, patience, person } from './people.ts';

/** A revocation does two things, one after the other, and the page says which of them has happened. */

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  const { document } = readLocalPolicy() as { document: { rules: { id: string }[] } };
  const rules = document.rules.map((rule) => ({ ...rule, endLiveSessions: rule.id === 'production' }));
  [stack, browser] = await Promise.all([startTestStack({ policy: { ...document, rules } }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe('revoking access with a live session', () => {
  test('says that new sessions are stopped, that live ones are being ended, and when AWS has ended them', async () => {
    const request = await createByApi(await apiUser(stack, 'erin'));
    await reviewByApi(await apiUser(stack, 'robin'), request);
    const { page } = await person(browser, `${stack.url}/requests/${request.id}`, 'Erin Engström');
    await page.getByRole('button', { name: 'CLI', exact: true }).click();
    await dialog(page).getByRole('tab').first().waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByText('1 session is alive').waitFor();
    await page.getByRole('button', { name: 'End access now' }).click();
    await dialog(page).getByText('Sessions that are alive are ended too').waitFor();
    await dialog(page).getByRole('button', { name: 'End access now' }).click();
    await page.getByText(/No new sessions since .*\d\d:\d\d:\d\d/).waitFor();
    await page.getByText(/Live sessions ended at .*\d\d:\d\d:\d\d/).waitFor(patience);
    expect(await fact(page, 'What ending it early has done')).not.toContain('being ended');
    await expect
      .poll(() => history(page), patience)
      .toContainEqual(expect.stringMatching(/^Live sessions ended/));

    const { page: audit } = await person(browser, `${stack.url}/audit`, 'Avery Adeyemi');
    await audit.getByRole('link', { name: 'Show' }).first().click();
    await dialog(audit)
      .getByText(/Live sessions ended at .*\d\d:\d\d:\d\d/)
      .waitFor();
  });
});
