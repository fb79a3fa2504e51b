import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { called, decide, dialog, history, type Person, patience, person, sent, status } from './people.ts';

/** A reviewer asks on behalf of an engineer, who has the last word. */

let stack: TestStack;
let browser: Browser;
let erin: Person;
let robin: Person;

const target = 'DatabaseAdministrator in 111122223333';
const nothingThere = 'There is no such request';

beforeAll(async () => {
  // Longer than the time that this story jumps over with pages open.
  [stack, browser] = await Promise.all([
    startTestStack({ accessTokenSeconds: 3 * 24 * 3600 }),
    launchBrowser(),
  ]);
  robin = await person(browser, `${stack.url}/reviews`, 'Robin Reyes');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

interface Invitation {
  readonly email?: string;
  readonly account?: string;
  readonly role?: string;
}

/** Fills in the form of an invitation and sends it. */
async function fillInInvitation(page: Page, { email, account, role }: Invitation = {}): Promise<void> {
  await page.goto(`${stack.url}/reviews`);
  await page.getByRole('link', { name: 'Invite' }).click();
  await page.getByRole('heading', { level: 1, name: 'Invite an engineer' }).waitFor();
  await page.getByLabel('E-mail').fill(email ?? 'Erin@Example.com');
  await page.getByLabel('Account id').fill(account ?? '111122223333');
  await page.getByLabel('Role name').fill(role ?? 'DatabaseAdministrator');
  await page.getByLabel('30 min', { exact: true }).click();
  await page.getByLabel('Justification').fill('Please look at the slow query of this morning.');
  await page.getByRole('button', { name: 'Send invitation' }).click();
}

/** @returns the address of the invitation */
async function invite(invitation: Invitation = {}): Promise<string> {
  await fillInInvitation(robin.page, invitation);
  await robin.page.waitForURL(/\/requests\/[0-9a-z]{26}$/);
  await status(robin.page, 'Invited').waitFor();
  return robin.page.url();
}

function accept({ page }: Person): Promise<void> {
  return page.locator('main').getByRole('button', { name: 'Accept', exact: true }).click();
}

async function endAccess({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'End access now' }).click();
  await dialog(page).getByRole('button', { name: 'End access now' }).click();
  await status(page, 'Ended early').waitFor();
}

describe('an invitation of somebody who has never asked for anything', () => {
  let address: string;

  test('goes to the address alone, and nothing is active', async () => {
    address = await invite();
    await expect
      .poll(() => sent(stack), patience)
      .toEqual({ reviewers: [], requester: [`Invitation: ${target}`] });
    expect(stack.aws.ses.calls[0]?.input.to).toEqual(['Erin@Example.com']);
  });

  test.each(['Noor Nasser', 'Remy Rossi'])('is not there for %s', async (name) => {
    const other = await person(browser, `${stack.url}/`, name);
    expect(await other.page.getByRole('region', { name: 'Invitations' }).count()).toBe(0);
    await other.page.goto(address);
    await other.page.getByText(nothingThere).waitFor();
    expect(other.complaints).toEqual([]);
    await other.context.close();
  });

  test('is announced to that person on every page, and accepted', async () => {
    erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
    const notice = erin.page.getByRole('region', { name: 'Invitations' });
    await notice.getByText('Robin Reyes').waitFor();
    await notice.getByRole('link', { name: 'Open the invitation' }).click();
    await erin.page.waitForURL(address);
    await erin.page.getByText('Nothing is active before you accept.').first().waitFor();
    expect(await erin.page.getByRole('button', { name: /CLI|Access console/ }).count()).toBe(0);
    await accept(erin);
    await erin.page.getByText('You accepted the invitation.').waitFor();
    await status(erin.page, 'Pending').waitFor();
    await notice.waitFor({ state: 'hidden' });
  });

  test('is no approval, because nobody knew who would come: reviewers decide', async () => {
    await expect.poll(() => sent(stack).reviewers, patience).toEqual(['created']);
    const remy = await person(browser, address, 'Remy Rossi');
    await decide(remy.page, 'Approve');
    await status(remy.page, 'Active').waitFor();
    await erin.page.reload();
    await status(erin.page, 'Active').waitFor();
    expect(await history(erin.page)).toEqual([
      `Invited by ${called.robin}`,
      `Invitation accepted by ${called.erin}`,
      `Approved by ${called.remy}`,
    ]);
    await endAccess(erin);
    expect(remy.complaints).toEqual([]);
    await remy.context.close();
  });
});

describe('an invitation of somebody who is known', () => {
  test('is an approval where the rule says so: access begins when it is accepted', async () => {
    const address = await invite();
    await erin.page.goto(address);
    await accept(erin);
    await status(erin.page, 'Active').waitFor();
    expect(await history(erin.page)).toEqual([
      `Invited by ${called.robin}`,
      `Invitation accepted by ${called.erin}`,
    ]);
    await erin.page.getByRole('button', { name: 'CLI' }).click();
    await dialog(erin.page).getByRole('tab').first().waitFor();
    await dialog(erin.page).getByRole('button', { name: 'Close' }).click();
    await dialog(erin.page).waitFor({ state: 'hidden' });
    const [call] = stack.aws.sts.calls;
    const parameters = call?.input.action === 'AssumeRole' ? call.input.parameters : undefined;
    expect(parameters?.tags.StepladderReviewer).toMatch(/^robin@example\.com-[0-9a-f]{10}$/);
    expect(parameters?.sourceIdentity).toMatch(/^erin@example\.com-[0-9a-f]{10}$/);
    await erin.page.reload();
    await endAccess(erin);
  });

  test('is none where the rule does not say so', async () => {
    const address = await invite({ account: '222233334444', role: 'AdministratorAccess' });
    await erin.page.goto(address);
    await accept(erin);
    await status(erin.page, 'Pending').waitFor();
    await robin.page.reload();
    await decide(robin.page, 'Approve');
    await status(robin.page, 'Active').waitFor();
    await erin.page.reload();
    await endAccess(erin);
  });

  test('can be declined, which whoever invited sees', async () => {
    const address = await invite();
    await erin.page.goto(address);
    await erin.page.locator('main').getByRole('button', { name: 'Decline' }).click();
    await dialog(erin.page).getByRole('button', { name: 'Decline' }).click();
    await status(erin.page, 'Cancelled').waitFor();
    await robin.page.reload();
    await status(robin.page, 'Cancelled').waitFor();
    expect((await history(robin.page)).at(-1)).toBe(`Cancelled by ${called.erin}`);
  });

  test('can be withdrawn until it is accepted, and then it is too late to accept', async () => {
    const address = await invite();
    await erin.page.goto(address);
    const button = erin.page.locator('main').getByRole('button', { name: 'Accept', exact: true });
    await button.waitFor();
    await robin.page.getByRole('button', { name: 'Withdraw invitation' }).click();
    await dialog(robin.page).getByRole('button', { name: 'Withdraw invitation' }).click();
    await status(robin.page, 'Cancelled').waitFor();
    await button.click();
    await erin.page.getByText('The request is cancelled now').waitFor();
    await erin.page.reload();
    await status(erin.page, 'Cancelled').waitFor();
    expect(await button.count()).toBe(0);
    expect(await erin.page.getByRole('region', { name: 'Invitations' }).count()).toBe(0);
  });

  test('expires when nobody answers, and time alone ends it', async () => {
    const address = await invite();
    await erin.page.goto(address);
    await erin.page.locator('main').getByRole('button', { name: 'Accept', exact: true }).waitFor();
    stack.advance(24 * 60 + 1);
    await accept(erin);
    await erin.page.getByText('The request is expired now').waitFor();
    await erin.page.reload();
    await status(erin.page, 'Expired').waitFor();
    expect(await erin.page.getByRole('region', { name: 'Invitations' }).count()).toBe(0);
    // Or the reviewers of the stories below would have signed in too long ago.
    stack.advance(-(24 * 60 + 1));
  });
});

describe('an invitation', () => {
  test('to a role that the person is not eligible for is refused when it is accepted, and says why', async () => {
    const address = await invite({ role: 'SecurityAudit' });
    await erin.page.goto(address);
    await accept(erin);
    await erin.page.getByText('You are not eligible for this role in this account.').waitFor();
    await status(erin.page, 'Invited').waitFor();
    await erin.page.locator('main').getByRole('button', { name: 'Decline' }).click();
    await dialog(erin.page).getByRole('button', { name: 'Decline' }).click();
    await status(erin.page, 'Cancelled').waitFor();
  });

  test('of oneself is refused', async () => {
    await fillInInvitation(robin.page, { email: 'ROBIN@example.com' });
    await robin.page.getByText('Nobody invites themselves. Make a request of your own.').waitFor();
    expect(robin.page.url()).toBe(`${stack.url}/invitations/new`);
  });

  test('is made by reviewers only', async () => {
    expect(await erin.page.getByRole('link', { name: 'Reviews' }).count()).toBe(0);
    await erin.page.goto(`${stack.url}/invitations/new`);
    await erin.page.getByText('Only reviewers invite others').waitFor();
    expect(await erin.page.getByLabel('E-mail').count()).toBe(0);
  });

  test('met no page that broke its security policy or threw', () => {
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });
});
