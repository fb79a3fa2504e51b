import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { type Person, person } from './people.ts';

/** How an operator has the pages look: by the configuration that they read, under the same security policy. */

const title = 'Stepladder of the Example Group for employees in all countries';
const branding = {
  title,
  banner: {
    text: 'For employees of the Example Group only. <b>What you do here</b> is on record.',
    link: 'https://intranet.example.com/stepladder',
  },
  colours: { light: '#7a2e8e', dark: '#d9a3e8' },
};

let stack: TestStack;
let browser: Browser;
let erin: Person;
beforeAll(async () => {
  stack = await startTestStack({ branding });
  browser = await launchBrowser();
  erin = await person(browser, `${stack.url}/`, 'Erin');
}, 120_000);
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

test('title and banner stand on every page, and what is written there is text', async () => {
  const { page } = erin;
  await page.getByRole('link', { name: title }).waitFor();
  expect(await page.title()).toMatch(new RegExp(` - ${title}$`));
  const banner = page.getByRole('complementary', { name: 'Notice' });
  expect(await banner.innerText()).toContain('<b>What you do here</b> is on record.');
  expect(await banner.getByRole('link').getAttribute('href')).toBe(branding.banner.link);
});

test('links have the colours, light and dark', async () => {
  const { page } = erin;
  const colourOf = (name: string) =>
    page
      .getByRole('link', { name })
      .first()
      .evaluate((element) => getComputedStyle(element).color);
  expect(await colourOf('Read more')).toBe('rgb(122, 46, 142)');
  await page.getByRole('button', { name: 'Dark mode' }).click();
  expect(await colourOf('Read more')).toBe('rgb(217, 163, 232)');
});

test('a long title and a banner fit into a small screen', async () => {
  const { page } = erin;
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
});
