import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestView } from '../../api/contract.ts';
import { readLocalPolicy } from '../../infra/local/local-policy.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { type ApiUser, apiUser, createByApi } from './calls.ts';
import { faults } from './faults.ts';
import { dialog, type Person, person, status } from './people.ts';

/** Actions that need more than the sign-in of this morning: the person confirms, and what they were doing goes on. */

let stack: TestStack;
let browser: Browser;
let erin: ApiUser;
/** a reviewer whose sign-in is enough */
let remy: ApiUser;
let robin: Person;

const comment = 'I have read the runbook, and the change is what it says.';
const stepUp = {
  review: { maxAge: '15m', amr: 'mfa' },
  revoke: { acr: 'urn:example:two-factors' },
  issue: { maxAge: '15m', acr: 'urn:example:two-factors', amr: 'mfa' },
};

beforeAll(async () => {
  const policy = { ...(readLocalPolicy().document as object), stepUp };
  [stack, browser] = await Promise.all([startTestStack({ policy }), launchBrowser()]);
  [erin, remy] = await Promise.all([apiUser(stack, 'erin'), apiUser(stack, 'remy', { secondFactor: true })]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

const addressOf = ({ id }: RequestView) => `${stack.url}/requests/${id}`;
/** The question stands over whatever was open. */
const question = (page: Page) => dialog(page).filter({ hasText: 'Confirm that it is you' });

/** Opens the window that signs in again. */
async function window(page: Page): Promise<Page> {
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    question(page).getByRole('button', { name: 'Sign in again' }).click(),
  ]);
  await opened.getByRole('heading', { name: 'Sign in to Stepladder' }).waitFor();
  return opened;
}

async function signInAs(opened: Page, name: string, secondFactor: boolean): Promise<void> {
  await opened.getByLabel('With a second factor').setChecked(secondFactor);
  await Promise.all([opened.waitForEvent('close'), opened.getByRole('button', { name }).click()]);
}

/** Up to the last button of the review of the request whose page is open. */
async function approveUntilAsked(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'Approve' }).check();
  await page.getByLabel('Comment').fill(comment);
  await page.getByRole('button', { name: 'Continue' }).click();
  await dialog(page).getByRole('button', { name: 'Approve' }).click();
  await question(page).waitFor();
}

async function statusOf({ id }: RequestView): Promise<string> {
  return (await erin.get<{ request: RequestView }>(`/requests/${id}`)).request.status;
}

describe('a review that needs a second factor', () => {
  let request: RequestView;
  afterAll(() => erin.post(`/requests/${request.id}/revoke`, { comment: '' }));

  test('asks for it, says why, and sends nothing before', async () => {
    request = await createByApi(erin);
    robin = await person(browser, addressOf(request), 'Robin Reyes');
    await approveUntilAsked(robin.page);
    const text = await question(robin.page).innerText();
    expect(text).toContain('Reviewing needs a new sign-in: of the last 15 min, with a second factor.');
    expect(await faults(robin.page)).toEqual([]);
    expect(await statusOf(request)).toBe('pending');
  });

  test('is not done where the person would rather not, and everything typed is still there', async () => {
    const { page } = robin;
    await page.keyboard.press('Escape');
    await question(page).waitFor({ state: 'hidden' });
    await dialog(page).getByText('Not done yet').waitFor();
    await dialog(page).getByText(comment).waitFor();
    await dialog(page).getByRole('button', { name: 'Go back' }).click();
    expect(await page.getByLabel('Comment').inputValue()).toBe(comment);
    expect(await statusOf(request)).toBe('pending');
  });

  test('is not done where the new sign-in is not enough, says whom to ask, and asks no second time', async () => {
    const { page } = robin;
    await page.getByRole('button', { name: 'Continue' }).click();
    await dialog(page).getByRole('button', { name: 'Approve' }).click();
    await signInAs(await window(page), 'Robin Reyes', false);
    await dialog(page).getByText('Your new sign-in is not enough').waitFor();
    await dialog(page)
      .getByText(/with a second factor\. You .* did not confirm how you did it\..* Ask whoever manages/)
      .waitFor();
    expect(await question(page).count()).toBe(0);
    expect(await statusOf(request)).toBe('pending');
  });

  test('a window that was closed can be opened again, and then the very same review goes on by itself', async () => {
    const { page } = robin;
    await dialog(page).getByRole('button', { name: 'Approve' }).click();
    await (await window(page)).close();
    await question(page).getByText('If you closed it, open it again.').waitFor();
    await signInAs(await window(page), 'Robin Reyes', true);
    await question(page).waitFor({ state: 'hidden' });
    await status(page, 'Active').waitFor();
    const { request: seen } = await erin.get<{ request: RequestView }>(`/requests/${request.id}`);
    expect(seen.reviews.map((review) => [review.reviewer.name, review.comment])).toEqual([
      ['Robin Reyes', comment],
    ]);
  });

  test('is not asked for again while that sign-in is new', async () => {
    const next = await createByApi(erin, { targets: [{ account: '111122223333', role: 'ReadOnlyAccess' }] });
    const { page } = robin;
    await page.evaluate((path) => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }, `/requests/${next.id}`);
    await page.getByRole('radio', { name: 'Reject' }).check();
    await page.getByLabel('Comment').fill(comment);
    await page.getByRole('button', { name: 'Continue' }).click();
    await dialog(page).getByRole('button', { name: 'Reject' }).click();
    await status(page, 'Rejected').waitFor();
    expect(robin.complaints).toEqual([]);
  });
});

test('somebody else who signs in gets a page of their own, and the first one’s review is not sent', async () => {
  const request = await createByApi(erin);
  const { page, complaints } = await person(browser, addressOf(request), 'Robin Reyes');
  await approveUntilAsked(page);
  const opened = await window(page);
  await opened.getByLabel('With a second factor').check();
  await opened.getByRole('button', { name: 'Remy Rossi' }).click();
  await page.getByRole('heading', { level: 1, name: 'My requests' }).waitFor();
  await page.getByText('Remy Rossi').first().waitFor();
  expect(await page.getByText(comment).count()).toBe(0);
  expect(await statusOf(request)).toBe('pending');
  await erin.post(`/requests/${request.id}/cancel`, {});
  expect(complaints).toEqual([]);
});

test('one new sign-in is enough for several requests that are reviewed at once', async () => {
  const targets = ['DatabaseAdministrator', 'ReadOnlyAccess'].map((role) => ({
    account: '111122223333',
    role,
  }));
  const request = await createByApi(erin, { targets });
  const { page, context } = await person(browser, addressOf(request), 'Robin Reyes');
  await page.getByRole('radio', { name: 'Reject' }).check();
  await page.getByLabel('Comment').fill(comment);
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await dialog(page).getByRole('button', { name: 'Reject all 2' }).click();
  await signInAs(await window(page), 'Robin Reyes', true);
  await page.getByText('You rejected 2 of 2 requests.').waitFor();
  expect(await statusOf(request)).toBe('rejected');
  expect(context.pages()).toHaveLength(1);
});

describe('with a level that is asked for', () => {
  let request: RequestView;
  let page: Page;

  test('the console is reached by a link, for the tab that was opened too early is gone', async () => {
    request = await createByApi(erin);
    await remy.post(`/requests/${request.id}/reviews`, { decision: 'approve', comment: '', version: 1 });
    ({ page } = await person(browser, addressOf(request), 'Erin Engström'));
    await page.getByRole('button', { name: 'Access console' }).click();
    await question(page).getByText('Starting a session needs').waitFor();
    await expect.poll(() => page.context().pages().length).toBe(1);
    const opened = await window(page);
    expect(await opened.getByLabel('With a second factor').isChecked()).toBe(true);
    await signInAs(opened, 'Erin Engström', true);
    const [console] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Open the AWS console' }).click(),
    ]);
    await console.getByText('DatabaseAdministrator').first().waitFor();
    await console.close();
  });

  test('credentials for the CLI are shown once the person has confirmed', async () => {
    const again = await person(browser, addressOf(request), 'Erin Engström');
    await again.page.getByRole('button', { name: 'CLI' }).click();
    await signInAs(await window(again.page), 'Erin Engström', true);
    await dialog(again.page).getByText('CLI credentials').waitFor();
    expect(again.complaints).toEqual([]);
  });

  test('another person’s access is revoked with what was typed', async () => {
    const reviewer = await person(browser, addressOf(request), 'Robin Reyes');
    await reviewer.page.getByRole('button', { name: 'Revoke access' }).click();
    await dialog(reviewer.page).getByLabel('Comment').fill(comment);
    await dialog(reviewer.page).getByRole('button', { name: 'Revoke access' }).click();
    await question(reviewer.page).getByText("Revoking another person's access needs").waitFor();
    await question(reviewer.page).getByRole('button', { name: 'Not now' }).click();
    expect(await dialog(reviewer.page).getByLabel('Comment').inputValue()).toBe(comment);
    await dialog(reviewer.page).getByRole('button', { name: 'Revoke access' }).click();
    await signInAs(await window(reviewer.page), 'Robin Reyes', true);
    await status(reviewer.page, 'Revoked').waitFor();
    await reviewer.page.getByText(comment).first().waitFor();
  });
});

test('one’s own access is ended without any question', async () => {
  const request = await createByApi(erin);
  await remy.post(`/requests/${request.id}/reviews`, { decision: 'approve', comment: '', version: 1 });
  const { page } = await person(browser, addressOf(request), 'Erin Engström');
  await page.getByRole('button', { name: 'End access now' }).click();
  await dialog(page).getByRole('button', { name: 'End access now' }).click();
  await status(page, 'Ended early').waitFor();
});
