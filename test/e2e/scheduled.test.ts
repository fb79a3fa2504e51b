import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser } from './calls.ts';
import {
  ask,
  called,
  chooseRole,
  decide,
  dialog,
  fact,
  fillIn,
  history,
  type Person,
  patience,
  person,
  saidAt,
  sent,
  status,
} from './people.ts';

/** What the rule does by itself: a start that is chosen, an approval that needs nobody, and words that say why. */

let stack: TestStack;
let browser: Browser;
let erin: Person;

beforeAll(async () => {
  // Longer than the time that these stories jump over with pages open.
  [stack, browser] = await Promise.all([startTestStack({ accessTokenSeconds: 24 * 3600 }), launchBrowser()]);
  erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** As the browser's control takes it; the people of these stories live in UTC. */
function localTime(minutesFromNow: number): string {
  return new Date(Date.now() + minutesFromNow * 60_000).toISOString().slice(0, 16);
}

describe('the rule in words', () => {
  const inForm = () => erin.page.locator('details').filter({ hasText: 'What applies' }).first();

  test('is in the form as soon as a role is chosen, with the reason, and the same on the request', async () => {
    const { page } = erin;
    await chooseRole(page, { role: 'DatabaseAdministrator' });
    await inForm().getByText('Why this rule').click();
    await inForm().locator('ol li').first().waitFor();
    const terms = await inForm().locator('ul li').allTextContents();
    const because = await inForm().locator('ol li').allTextContents();
    expect(terms).toEqual([
      'One approval, by members of "aws-temp#Reviewer"; a reviewer\'s invitation counts as an approval.',
      'At most 4 h; each session at most 1 h.',
      'A request waits at most 1 d for its approval.',
      expect.stringMatching(/^A start may be chosen up to .+ ahead\.$/),
      'A justification of at least 10 characters.',
      'Sessions may not: create-users, create-access-keys, create-login-profiles.',
    ]);
    expect(because).toEqual([
      '"production-administrator" does not apply: the role DatabaseAdministrator is not "AdministratorAccess" in this account.',
      expect.stringMatching(
        /^"production" applies: the user is in "aws-temp#DatabaseAdministrator#111122223333"; the account 111122223333 is .+; the role DatabaseAdministrator is "\*"\.$/,
      ),
    ]);
    await page.goto(`${stack.url}/requests/new`);
    await ask(page, { role: 'DatabaseAdministrator' });
    await page.getByText('Your request was created').waitFor();
    await page.locator('main').getByText('Why this rule').click();
    const rule = page.locator('main dl > div').filter({ hasText: 'Why this rule' });
    expect(await rule.locator('ul li').allTextContents()).toEqual(terms);
    expect(await rule.locator('ol li').allTextContents()).toEqual(because);
    await page.getByRole('button', { name: 'Cancel request' }).click();
    await dialog(page).getByRole('button', { name: 'Cancel request' }).click();
    await status(page, 'Cancelled').waitFor();
  });

  test('says of a role that is not in the list which rule would have to name the person', async () => {
    const { page } = erin;
    await page.goto(`${stack.url}/requests/new`);
    await page.getByText("Why can't I find a role?").click();
    await page.getByLabel('Account id').fill('222233334444');
    await page.getByLabel('Role name').fill('ReadOnlyAccess');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('may not ask').waitFor();
    const lines = await page
      .locator('details')
      .filter({ hasText: "Why can't I find a role?" })
      .locator('ol li')
      .allTextContents();
    expect(lines.at(-1)).toBe(
      '"conventions" does not apply: the user is not in "aws-temp#ReadOnlyAccess#222233334444".',
    );
  });
});

describe('a chosen start', () => {
  let address: string;

  test('that is too far ahead is refused at its field', async () => {
    const { page } = erin;
    await page.goto(`${stack.url}/requests/new`);
    await fillIn(page, { role: 'DatabaseAdministrator' });
    await page.getByLabel('At a chosen time').click();
    const field = page.getByLabel('Date and time');
    await field.fill(localTime(365 * 24 * 60));
    await page.getByRole('button', { name: 'Create request' }).click();
    await expect.poll(() => saidAt(field), patience).toMatch(/Choose a time before /);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill(localTime(120));
    await page.getByRole('button', { name: 'Create request' }).click();
    await page.getByText('Your request was created').waitFor();
    address = page.url();
  });

  test('keeps approved access waiting, without a session', async () => {
    const robin = await person(browser, address, 'Robin Reyes');
    await robin.page.getByText(/^Access starts at .+, as was asked for\.$/).waitFor();
    await decide(robin.page, 'Approve');
    await status(robin.page, 'Scheduled').waitFor();
    await erin.page.reload();
    await status(erin.page, 'Scheduled').waitFor();
    expect(await erin.page.getByRole('button', { name: /CLI|Access console/ }).count()).toBe(0);
    expect(await erin.page.getByRole('region', { name: 'Active access' }).count()).toBe(0);
    const path = `/requests/${address.split('/').at(-1)}/sessions`;
    const session = (await apiUser(stack, 'erin')).post(path, { kind: 'cli' });
    await expect(session).rejects.toThrow('"code":"wrong-status"');
    expect(stack.aws.sts.calls).toEqual([]);
    expect(robin.complaints).toEqual([]);
    await robin.context.close();
  });

  test('begins by time alone, and the window is as long as was asked for', async () => {
    stack.advance(121);
    await erin.page.reload();
    await status(erin.page, 'Active').waitFor();
    await erin.page.getByRole('button', { name: 'CLI' }).click();
    await dialog(erin.page).getByRole('tab').first().waitFor();
    await dialog(erin.page).getByRole('button', { name: 'Close' }).click();
    const times = erin.page
      .locator('main dl > div')
      .filter({ hasText: /^Window/ })
      .locator('time');
    const [from = '', until = ''] = await times.evaluateAll((all) =>
      all.map((time) => time.getAttribute('datetime') ?? ''),
    );
    expect(Date.parse(until) - Date.parse(from)).toBe(3_600_000);
    stack.advance(60);
    await erin.page.reload();
    await status(erin.page, 'Ended').waitFor();
    stack.advance(-181);
  });
});

describe('an automatic approval', () => {
  const sandbox = { role: 'AdministratorAccess', account: 'Sandbox' };

  test('lets the request through at once and names its condition', async () => {
    const { page } = erin;
    const before = sent(stack).reviewers.length;
    await page.goto(`${stack.url}/requests/new`);
    await ask(page, sandbox);
    await page.waitForURL(/\/requests\/[0-9a-z]{26}$/);
    await status(page, 'Active').waitFor();
    expect(await fact(page, 'Approval')).toMatch(/^Automatically: up to two hours in the sandbox, /);
    expect(await history(page)).toEqual([`Approved automatically, asked for by ${called.erin}`]);
    await page
      .getByText('Approved automatically by the rule "sandbox": up to two hours in the sandbox.', {
        exact: true,
      })
      .waitFor();
    await page.getByRole('button', { name: 'CLI' }).waitFor();
    await expect
      .poll(() => sent(stack).reviewers.slice(before), patience)
      .toEqual(['approved-automatically']);
    await page.getByRole('button', { name: 'End access now' }).click();
    await dialog(page).getByRole('button', { name: 'End access now' }).click();
    await status(page, 'Ended early').waitFor();
  });

  test('is not for longer than its condition says', async () => {
    await erin.page.goto(`${stack.url}/requests/new`);
    await ask(erin.page, { ...sandbox, duration: '4 h' });
    await erin.page.getByText('Your request was created').waitFor();
    await status(erin.page, 'Pending').waitFor();
    expect(await history(erin.page)).toEqual([`Request created by ${called.erin}`]);
  });

  test('and a chosen start met no page that broke its security policy or threw', () => {
    expect(erin.complaints).toEqual([]);
  });
});
