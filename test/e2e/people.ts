import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { complaintsOf } from '../support/browser.ts';
import type { TestStack } from '../support/stack.ts';

/** People in front of browsers, and what they do over and over. */

export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** what the app's pages did wrong in this browser so far; closing the browser fails by it in any case */
  readonly complaints: readonly string[];
}

/**
 * Opens the address in a browser of the person's own and signs in there.
 * @param name as on the sign-in page
 * @param signIn what to do on a sign-in page that is not the local provider's
 */
export async function person(
  browser: Browser,
  address: string,
  name: string,
  signIn = (page: Page) => page.getByRole('button', { name }).click(),
): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(address);
  await signIn(page);
  await page.waitForURL(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, context, complaints: complaintsOf(context) };
}

export interface Wish {
  readonly role: string;
  /** as its name is shown; without it, the first account that has the role */
  readonly account?: string;
  readonly duration?: string;
  readonly justification?: string;
  readonly ticket?: string;
}

/** Chooses in the first field that is still empty. */
export async function chooseRole(page: Page, { role, account = '' }: Wish): Promise<void> {
  await page.getByRole('button', { name: 'Choose a role' }).first().click();
  await page.getByRole('option', { name: role }).filter({ hasText: account }).first().click();
}

/** Fills in the form, which is open. */
export async function fillIn(page: Page, wish: Wish): Promise<void> {
  const { duration = '1 h', justification = 'Restart the payment workers.', ticket } = wish;
  await chooseRole(page, wish);
  await page.getByLabel(duration, { exact: true }).click();
  await page.getByLabel('Justification').fill(justification);
  if (ticket !== undefined) await page.getByLabel('Ticket').fill(ticket);
}

/** Fills in the form, which is open, and sends it. */
export async function ask(page: Page, wish: Wish): Promise<void> {
  await fillIn(page, wish);
  await page.getByRole('button', { name: 'Create request' }).click();
}

/** @returns the address of the request's page */
export async function createRequest(page: Page, wish: Wish): Promise<string> {
  await page.getByRole('link', { name: 'Create request' }).first().click();
  await ask(page, wish);
  await page.getByText('Your request was created').waitFor();
  return page.url();
}

/** Decides on the request whose page is open, in both steps; break-glass access is confirmed or flagged. */
export async function decide(
  page: Page,
  decision: 'Approve' | 'Reject' | 'Confirm' | 'Flag',
  comment = '',
): Promise<void> {
  await page.getByRole('radio', { name: decision }).check();
  if (comment !== '') await page.getByLabel('Comment').fill(comment);
  await page.getByRole('button', { name: 'Continue' }).click();
  await dialog(page).getByRole('button', { name: decision }).click();
  await dialog(page).waitFor({ state: 'hidden' });
}

export function dialog(page: Page): Locator {
  return page.getByRole('dialog');
}

/** What has the badge of a request on its page. */
export function status(page: Page, word: string): Locator {
  return page.locator('main').getByText(word, { exact: true }).first();
}

/** What a fact of the page's list of facts says. */
export async function fact(page: Page, name: string): Promise<string> {
  const definition = page
    .locator('main dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd');
  return (await definition.first().innerText()).trim();
}

/** What is said beside a field, as assistive technology reads it: hints and errors. */
export function saidAt(field: Locator): Promise<string> {
  return field.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(/\s+/)
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  );
}

/** Waiting for what another part of the stack does in its own time: an upper limit, never a delay. */
export const patience = { timeout: 20_000 } as const;

/** What the request's page tells of its history: a line each, what happened and by whom. */
export async function history(page: Page): Promise<string[]> {
  const lines = await page.locator('.timeline > li > div:first-child').allInnerTexts();
  return lines.map((line) => line.replace(/\s+/g, ' ').trim());
}

/** A person in the history. */
export const called = {
  erin: 'Erin Engström erin@example.com',
  robin: 'Robin Reyes robin@example.com',
  remy: 'Remy Rossi remy@example.com',
} as const;

/** What the stack has sent: to reviewers by kind, to a requester by subject. */
export function sent({ aws }: TestStack) {
  return {
    reviewers: aws.sns.calls.map(({ input }) => input.attributes.kind),
    requester: aws.ses.calls.map(({ input }) => input.subject),
  };
}
