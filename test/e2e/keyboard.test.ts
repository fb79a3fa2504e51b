import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { called, history, type Person, patience, person, status } from './people.ts';

/** The whole main job without a mouse, and what goes another way than the usual one. */

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** What has the focus, as assistive technology is told: its role and name; '' where nothing has it. */
async function focused(page: Page): Promise<string> {
  const element = page.locator(':focus');
  if ((await element.count()) === 0) return '';
  // The first line is the element itself, the others are what is in it.
  return (await element.first().ariaSnapshot()).split('\n')[0] ?? '';
}

/** Tab until that has the focus; a thing that cannot be reached by keyboard fails here. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

/** Chooses in the next field for a role, by typing what is looked for: the first of what is found. */
async function choose(page: Page, search: string): Promise<void> {
  await tabTo(page, /button "Role and account.*Choose a role/);
  await page.keyboard.press('Space');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.type(search);
  const others = page.getByRole('option').filter({ hasNotText: search });
  await expect.poll(() => others.count(), patience).toBe(0);
  await page.getByRole('option', { name: search }).first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

/** Tab until that has the focus, and press it. */
async function press(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

async function outlined(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const seen = [
      document.activeElement,
      document.activeElement?.nextElementSibling,
      document.activeElement?.parentElement,
    ];
    return seen.some((element) => {
      const style = element && getComputedStyle(element);
      const before = element && getComputedStyle(element, '::before');
      return Boolean(
        style &&
          before &&
          (style.outlineStyle !== 'none' || style.boxShadow !== 'none' || before.boxShadow !== 'none'),
      );
    });
  });
}

test('a request is created, approved and used by keyboard alone', async () => {
  const erin: Person = await person(browser, `${stack.url}/`, 'Erin Engström');
  const { page } = erin;
  await tabTo(page, /"Create (your first )?request"/);
  expect(await outlined(page)).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForURL(/requests\/new/);
  await expect.poll(() => focused(page), patience).toContain('heading "Create request"');
  await choose(page, 'DatabaseAdministrator');
  await tabTo(page, /radio "1 h"/);
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, /textbox "Justification/);
  await page.keyboard.type('By keyboard, at three in the morning.');
  await tabTo(page, /button "Create request"/);
  await page.keyboard.press('Enter');
  await page.getByText('Your request was created').waitFor();
  await page.getByText('30 min', { exact: true }).waitFor();

  const robin = await person(browser, page.url(), 'Robin Reyes');
  await robin.page.getByRole('radio', { name: 'Approve' }).waitFor();
  await tabTo(robin.page, /radio "Approve/);
  await robin.page.keyboard.press('Space');
  await tabTo(robin.page, /button "Continue"/);
  await robin.page.keyboard.press('Enter');
  await robin.page.getByRole('dialog').waitFor();
  await robin.page.keyboard.press('Escape');
  await robin.page.getByRole('dialog').waitFor({ state: 'hidden' });
  await expect.poll(() => focused(robin.page), patience).toContain('button "Continue"');
  await robin.page.keyboard.press('Enter');
  await robin.page.getByRole('dialog').waitFor();
  await tabTo(robin.page, /button "Approve"/);
  await robin.page.keyboard.press('Enter');
  await robin.page.getByText('Active', { exact: true }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'CLI' }).waitFor();
  await tabTo(page, /button "CLI"/);
  await page.keyboard.press('Enter');
  await page.getByRole('tab').first().waitFor();
  await tabTo(page, /button "Show"/);
  await page.keyboard.press('Enter');
  await page
    .getByRole('dialog')
    .getByText(/ASIA[A-Z0-9]{16}/)
    .waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await expect.poll(() => focused(page), patience).toContain('button "CLI"');
  expect([...erin.complaints, ...robin.complaints]).toEqual([]);
});

test('the glass is broken and reviewed afterwards by keyboard alone', async () => {
  const erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
  const { page } = erin;
  await choose(page, 'AdministratorAccess');
  await tabTo(page, /checkbox "Break glass: take access now, without approval"/);
  await page.keyboard.press('Space');
  await tabTo(page, /textbox "Justification/);
  await page.keyboard.type('The database is down at three in the morning.');
  await press(page, /button "Continue"/);
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await expect.poll(() => focused(page), patience).toContain('button "Continue"');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await press(page, /button "Take access now"/);
  await status(page, 'Active').waitFor();

  const robin = await person(browser, page.url(), 'Robin Reyes');
  await robin.page.getByRole('heading', { name: 'Review afterwards' }).waitFor();
  await tabTo(robin.page, /radio "Confirm/);
  await robin.page.keyboard.press('Space');
  await press(robin.page, /button "Continue"/);
  await robin.page.getByRole('dialog').waitFor();
  await press(robin.page, /button "Confirm"/);
  // The buttons are gone: the focus is on what came of it, and not lost.
  await robin.page.getByText('You confirmed this break-glass access.').waitFor();
  await expect.poll(() => focused(robin.page), patience).toContain('status');
  expect([...erin.complaints, ...robin.complaints]).toEqual([]);
});

test('several roles are asked for and reviewed together by keyboard alone', async () => {
  const erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
  const { page } = erin;
  await choose(page, 'ReadOnlyAccess');
  await press(page, /button "Add another role"/);
  await choose(page, 'Staging');
  await tabTo(page, /textbox "Justification/);
  await page.keyboard.type('By keyboard, at four in the morning.');
  await press(page, /button "Create 2 requests"/);
  await page.getByText('Your 2 requests were created').waitFor();

  const robin = await person(browser, page.url(), 'Robin Reyes');
  await robin.page.getByRole('radio', { name: 'Approve' }).waitFor();
  await tabTo(robin.page, /checkbox/);
  await robin.page.keyboard.press('Space');
  expect(await robin.page.getByRole('checkbox').isChecked()).toBe(true);
  await tabTo(robin.page, /radio "Approve/);
  await robin.page.keyboard.press('Space');
  await press(robin.page, /button "Continue"/);
  await robin.page.getByRole('dialog').waitFor();
  await press(robin.page, /button "Approve all 2"/);
  await robin.page.getByText('You approved 2 of 2 requests.').waitFor();
  await expect.poll(() => focused(robin.page), patience).toContain('status');
  expect([...erin.complaints, ...robin.complaints]).toEqual([]);
});

test('somebody is invited and accepts by keyboard alone', async () => {
  const robin = await person(browser, `${stack.url}/reviews`, 'Robin Reyes');
  await press(robin.page, /link "Invite"/);
  await robin.page.waitForURL(/invitations\/new/);
  await tabTo(robin.page, /textbox "E-mail/);
  await robin.page.keyboard.type('ravi@example.com');
  await tabTo(robin.page, /textbox "Account id/);
  await robin.page.keyboard.type('111122223333');
  await tabTo(robin.page, /textbox "Role name/);
  await robin.page.keyboard.type('DatabaseAdministrator');
  await tabTo(robin.page, /textbox "Justification/);
  await robin.page.keyboard.type('Please look at this, at five in the morning.');
  await press(robin.page, /button "Send invitation"/);
  await status(robin.page, 'Invited').waitFor();

  const ravi = await person(browser, `${stack.url}/`, 'Ravi Raman');
  await ravi.page.getByRole('region', { name: 'Invitations' }).waitFor();
  await press(ravi.page, /link "Open the invitation"/);
  await ravi.page.waitForURL(robin.page.url());
  await ravi.page.getByRole('button', { name: 'Accept', exact: true }).waitFor();
  await press(ravi.page, /button "Accept"/);
  await ravi.page.getByText('You accepted the invitation.').waitFor();
  await expect.poll(() => focused(ravi.page), patience).toContain('status');
  await status(ravi.page, 'Pending').waitFor();
  expect(await history(ravi.page)).toEqual([
    `Invited by ${called.robin}`,
    'Invitation accepted by Ravi Raman ravi@example.com',
  ]);
  expect([...robin.complaints, ...ravi.complaints]).toEqual([]);
});
