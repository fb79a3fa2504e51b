import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { type Person, person } from './people.ts';

/** The whole main job without a mouse. */

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
  await expect.poll(() => focused(page)).toContain('heading "Create request"');
  await tabTo(page, /Role and account/);
  await page.keyboard.press('Space');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
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
  await expect.poll(() => focused(robin.page)).toContain('button "Continue"');
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
  await expect.poll(() => focused(page)).toContain('button "CLI"');
  expect([...erin.complaints, ...robin.complaints]).toEqual([]);
});
