import { existsSync } from 'node:fs';
import chromiumPackage from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const installed = [
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** No sandbox, because containers rarely allow one; the pages are our own. The rest keeps Chromium from calling home. */
const quiet = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A browser: CHROMIUM_PATH, else an installed Chrome or Chromium, else the one that the npm package carries. */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env.CHROMIUM_PATH ?? installed.find((path) => existsSync(path));
  if (own !== undefined) return chromium.launch({ executablePath: own, args: quiet });
  // NB. Not the package's own arguments: they are for Lambda, and with all in one process a second window ends the browser.
  return chromium.launch({ executablePath: await chromiumPackage.executablePath(), args: quiet });
}

/** Violations of the content security policy that the page met; the app is served to have none. */
export function watchViolations(context: BrowserContext): string[] {
  const violations: string[] = [];
  context.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/i.test(message.text()))
      violations.push(message.text());
  });
  return violations;
}

/** Signs in with a button of the provider's page and waits until the app shows the address that was asked for. */
export async function signIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.waitForURL(url);
}
