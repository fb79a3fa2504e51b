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

/**
 * A browser: CHROMIUM_PATH, else an installed Chrome or Chromium, else the one that the npm package carries. Everything
 * that happens in it is watched: closing it fails where a page of the app broke its security policy, threw, or started a
 * worker, and where no page was served with such a policy at all.
 */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env.CHROMIUM_PATH ?? installed.find((path) => existsSync(path));
  // NB. Not the package's own arguments: they are for Lambda, and with all in one process a second window ends the browser.
  const executablePath = own ?? (await chromiumPackage.executablePath());
  return watched(await chromium.launch({ executablePath, args: quiet }));
}

interface Complaint {
  /** origin of the page; 'null' for an empty tab that it opened */
  readonly origin: string;
  readonly text: string;
}

const textsOf = new WeakMap<BrowserContext, string[]>();
/** What only the app is served with. The pages of a provider have policies of their own. */
const appPolicy = /require-trusted-types-for 'script'.*trusted-types 'none'/;

/** What the pages in this context did wrong so far; it grows. @throws Error if nobody watches */
export function complaintsOf(context: BrowserContext): readonly string[] {
  const texts = textsOf.get(context);
  if (texts === undefined) throw new Error('This context was not made by a browser of launchBrowser.');
  return texts;
}

function watched(browser: Browser): Browser {
  const complaints: Complaint[] = [];
  const apps = new Set<string>(['null']);
  const [open, close] = [browser.newContext.bind(browser), browser.close.bind(browser)];
  browser.newContext = async (options) => {
    const context = await open(options);
    const texts: string[] = [];
    textsOf.set(context, texts);
    const complain = (url: string | undefined, text: string) => {
      texts.push(text);
      complaints.push({ origin: URL.parse(url ?? '')?.origin ?? 'null', text });
    };
    await watch(context, complain, (origin) => apps.add(origin));
    return context;
  };
  browser.close = async (options) => {
    await close(options);
    const wrong = complaints.filter(({ origin }) => apps.has(origin));
    if (wrong.length > 0) throw new Error(`In the browser:\n${wrong.map(({ text }) => text).join('\n')}`);
    if (apps.size === 1) throw new Error('No page was served with the security policy of the app.');
  };
  return browser;
}

const mark = 'securitypolicyviolation';

async function watch(
  context: BrowserContext,
  complain: (url: string | undefined, text: string) => void,
  isApp: (origin: string) => void,
): Promise<void> {
  context.on('response', (response) => {
    if (!response.request().isNavigationRequest()) return;
    if (appPolicy.test(response.headers()['content-security-policy'] ?? ''))
      isApp(new URL(response.url()).origin);
  });
  context.on('console', (message) => {
    if (new RegExp(`Content Security Policy|TrustedHTML|TrustedScript|${mark}`, 'i').test(message.text()))
      complain(message.page()?.url(), message.text());
  });
  context.on('weberror', (error) => complain(error.page()?.url(), error.error().message));
  context.on('serviceworker', (worker) => complain(worker.url(), `service worker ${worker.url()}`));
  context.on('page', (page) => {
    page.on('worker', (worker) => complain(page.url(), `worker ${worker.url()}`));
  });
  // What is forbidden silently, such as a report-only policy or a style that no console names, is an event all the same.
  await context.addInitScript((name) => {
    addEventListener(name, (event) => {
      const { violatedDirective, blockedURI, sourceFile, sample } = event as SecurityPolicyViolationEvent;
      console.error(name, violatedDirective, blockedURI, sourceFile, sample);
    });
  }, mark);
}

/** Signs in with a button of the provider's page and waits until the app shows the address that was asked for. */
export async function signIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.waitForURL(url);
}
