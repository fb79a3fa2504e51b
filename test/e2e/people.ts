import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { watchViolations } from '../support/browser.ts';

/** People in front of browsers, and what they do over and over. */

export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** violations of the content security policy, and errors that nobody caught */
  readonly complaints: readonly string[];
}

/** Opens the address in a browser of the person's own and signs in there. @param name as on the sign-in page */
export async function person(browser: Browser, address: string, name: string): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const complaints = watchViolations(context);
  context.on('weberror', (error) => complaints.push(error.error().message));
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(address);
  await page.getByRole('button', { name }).click();
  await page.waitForURL(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, context, complaints };
}

export interface Wish {
  readonly role: string;
  readonly duration?: string;
  readonly justification?: string;
}

/** Fills in the form, which is open, and sends it. */
export async function ask(
  page: Page,
  { role, duration = '1 h', justification = 'Restart the payment workers.' }: Wish,
) {
  await page.getByRole('button', { name: 'Choose a role' }).click();
  await page.getByRole('option', { name: role }).first().click();
  await page.getByLabel(duration, { exact: true }).click();
  await page.getByLabel('Justification').fill(justification);
  await page.getByRole('button', { name: 'Create request' }).click();
}

/** @returns the address of the request's page */
export async function createRequest(page: Page, wish: Wish): Promise<string> {
  await page.getByRole('link', { name: 'Create request' }).first().click();
  await ask(page, wish);
  await page.getByText('Your request was created').waitFor();
  return page.url();
}

/** Decides on the request whose page is open, in both steps. */
export async function decide(page: Page, decision: 'Approve' | 'Reject', comment = ''): Promise<void> {
  await page.getByRole('radio', { name: decision }).check();
  if (comment !== '') await page.getByLabel('Comment').fill(comment);
  await page.getByRole('button', { name: 'Continue' }).click();
  await dialog(page).getByRole('button', { name: decision }).click();
  await dialog(page).waitFor({ state: 'hidden' });
}

export function dialog(page: Page): Locator {
  return page.getByRole('dialog');
}
