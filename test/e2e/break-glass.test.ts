import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readyUsers } from '../../infra/local/ready-users.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi } from './calls.ts';
import {
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

/** Access without an approval: at once and short, known to everybody, and looked at afterwards. */

let stack: TestStack;
let browser: Browser;
let erin: Person;
let robin: Person;
let address: string;

const wish = { role: 'AdministratorAccess', account: 'Production', duration: '15 min' };
const target = 'AdministratorAccess in 111122223333';
const urgent = 'The payment database is down and no reviewer answers.';
/** Ravi has the role too, but is not on call. */
const users = readyUsers.map((user) =>
  user.sub === 'ravi'
    ? { ...user, groups: [...user.groups, 'aws-temp#AdministratorAccess#111122223333'] }
    : user,
);

beforeAll(async () => {
  // Longer than the time that this story jumps over with pages open.
  [stack, browser] = await Promise.all([
    startTestStack({ users, accessTokenSeconds: 24 * 3600 }),
    launchBrowser(),
  ]);
  erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
  robin = await person(browser, `${stack.url}/reviews?state=unreviewed`, 'Robin Reyes');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

function breakGlass(page: Page) {
  return page.getByRole('checkbox', { name: 'Break glass: take access now, without approval' });
}

/** Fills in the form anew and goes as far as the last question. */
async function askToBreakGlass({ page }: Person, justification = urgent): Promise<void> {
  await page.goto(`${stack.url}/requests/new`);
  await chooseRole(page, wish);
  await breakGlass(page).check();
  await page.getByLabel(wish.duration, { exact: true }).click();
  await page.getByLabel('Justification').fill(justification);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** @returns the address of the request's page */
async function takeAccess(who: Person): Promise<string> {
  await askToBreakGlass(who);
  await dialog(who.page).getByRole('button', { name: 'Take access now' }).click();
  await who.page.waitForURL(/\/requests\/[0-9a-z]{26}$/);
  await status(who.page, 'Active').waitFor();
  return who.page.url();
}

async function endAccess({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'End access now' }).click();
  await dialog(page).getByRole('button', { name: 'End access now' }).click();
  await status(page, 'Ended early').waitFor();
}

function toReview({ page }: Person) {
  return page.getByRole('region', { name: 'Break-glass to review' });
}

describe('break-glass access', () => {
  test('is offered neither to who is not on call, nor for a role whose rule has none', async () => {
    const ravi = await person(browser, `${stack.url}/requests/new`, 'Ravi Raman');
    await chooseRole(ravi.page, wish);
    await ravi.page.getByText('production-administrator').first().waitFor();
    expect(await breakGlass(ravi.page).count()).toBe(0);
    await erin.page.goto(`${stack.url}/requests/new`);
    await chooseRole(erin.page, { role: 'DatabaseAdministrator' });
    await erin.page.getByText('production', { exact: true }).first().waitFor();
    expect(await breakGlass(erin.page).count()).toBe(0);
    const noor = await person(browser, `${stack.url}/requests/new`, 'Noor Nasser');
    await noor.page
      .getByText(/eligible for no role/)
      .first()
      .waitFor();
    expect(await breakGlass(noor.page).count()).toBe(0);
    expect([...ravi.complaints, ...noor.complaints]).toEqual([]);
    await Promise.all([ravi.context.close(), noor.context.close()]);
  });

  test('is refused by the server to who is not on call', async () => {
    const ravi = await apiUser(stack, 'ravi');
    const taken = createByApi(ravi, {
      targets: [{ account: '111122223333', role: 'AdministratorAccess' }],
      durationMinutes: 15,
      justification: urgent,
      breakGlass: true,
    });
    await expect(taken).rejects.toThrow('"code":"break-glass-not-allowed"');
  });

  test('wants a justification of its own and a second look', async () => {
    await askToBreakGlass(erin, 'It is down, really.');
    const field = erin.page.getByLabel('Justification');
    await expect.poll(() => saidAt(field), patience).toContain('Write at least 30 characters.');
    expect(await dialog(erin.page).count()).toBe(0);
    expect(await erin.page.getByRole('radio', { name: 'At a chosen time' }).count()).toBe(0);
    expect(await erin.page.getByRole('radio', { name: '1 h', exact: true }).count()).toBe(0);
    await field.fill(urgent);
    await erin.page.getByRole('button', { name: 'Continue' }).click();
    await dialog(erin.page).getByText('All reviewers are told at once').waitFor();
    await dialog(erin.page).getByRole('button', { name: 'Go back' }).click();
    await dialog(erin.page).waitFor({ state: 'hidden' });
    expect(stack.aws.sns.calls).toEqual([]);
  });

  test('begins at once, with credentials', async () => {
    address = await takeAccess(erin);
    await erin.page.getByRole('button', { name: 'CLI' }).click();
    await dialog(erin.page).getByRole('tab').first().waitFor();
    await dialog(erin.page).getByRole('button', { name: 'Close' }).click();
    await dialog(erin.page).waitFor({ state: 'hidden' });
    const [call] = stack.aws.sts.calls;
    const parameters = call?.input.action === 'AssumeRole' ? call.input.parameters : undefined;
    expect(parameters?.tags.StepladderReviewer).toBe('break-glass');
    await erin.page.reload();
    await status(erin.page, 'Active').waitFor();
    expect(await history(erin.page)).toEqual([
      `Break-glass Access taken without an approval by ${called.erin}`,
      `Session asked for (CLI) by ${called.erin}`,
      `Session issued (CLI) by ${called.erin}`,
    ]);
    expect(await fact(erin.page, 'Review afterwards')).toMatch(/^Due by .+ left\)$/);
  });

  test('is in the way of more for the same role, as the form says when that is chosen', async () => {
    const { page } = erin;
    const said = page.getByText('You already have an open request for this role');
    await page.goto(`${stack.url}/requests/new`);
    await chooseRole(page, wish);
    await said.waitFor();
    await breakGlass(page).check();
    await page.getByRole('link', { name: 'Open that request' }).click();
    await page.waitForURL(address);
    await page.goto(`${stack.url}/requests/new`);
    await chooseRole(page, { role: 'DatabaseAdministrator' });
    await page.getByText('Why this rule').click();
    await page.getByText(/"production" applies: /).waitFor();
    expect(await said.count()).toBe(0);
    await page.goto(address);
    await status(page, 'Active').waitFor();
  });

  test('is told to every reviewer at once', async () => {
    await expect.poll(() => sent(stack), patience).toEqual({ reviewers: ['break-glass'], requester: [] });
    const [told] = stack.aws.sns.calls;
    expect(told?.input.subject).toBe(`BREAK-GLASS: Erin Engstrom uses ${target}`);
    expect(told?.input.message).toContain(`> ${urgent.replace(/\.(?=.)/g, '[.]')}`);
  });

  test('is marked for the person on the page, in the banner and in the list', async () => {
    const mark = 'Break-glass';
    await erin.page.locator('main').getByText(mark, { exact: true }).first().waitFor();
    const banner = erin.page.getByRole('region', { name: 'Active access' });
    await banner.getByText(mark, { exact: true }).waitFor();
    await erin.page.getByRole('link', { name: 'My requests' }).click();
    await erin.page.getByRole('row').filter({ hasText: 'AdministratorAccess' }).getByText(mark).waitFor();
  });

  test('is marked in the audit, which finds it alone and leaves it out', async () => {
    await createByApi(await apiUser(stack, 'erin'));
    const avery = await person(browser, `${stack.url}/audit`, 'Avery Adeyemi');
    const { page } = avery;
    const rows = page.getByRole('rowheader');
    await page.getByRole('row').filter({ hasText: 'DatabaseAdministrator' }).waitFor();
    await page.getByRole('row').filter({ hasText: 'AdministratorAccess' }).getByText('Break-glass').waitFor();
    const narrow = async (choice: string) => {
      await page.getByRole('button', { name: /^Break-glass/ }).click();
      await page.getByRole('option', { name: choice }).click();
      await page.getByRole('button', { name: 'Apply' }).click();
    };
    await narrow('Only break-glass');
    await expect.poll(() => rows.count(), patience).toBe(1);
    await page.getByRole('row').filter({ hasText: 'AdministratorAccess' }).getByText('Break-glass').waitFor();
    await narrow('Without');
    await page.getByRole('row').filter({ hasText: 'DatabaseAdministrator' }).waitFor();
    await expect.poll(() => rows.count(), patience).toBe(1);
    expect(avery.complaints).toEqual([]);
    await avery.context.close();
  });

  test('awaits a review, and who flags it has to say why', async () => {
    await robin.page.goto(`${stack.url}/reviews`);
    await robin.page.getByRole('link', { name: 'Break-glass to review' }).click();
    const row = toReview(robin).getByRole('row').filter({ hasText: 'Erin Engström' });
    await row.getByText('Break-glass', { exact: true }).waitFor();
    await row.getByText(/^Due by .+ left\)$/).waitFor();
    await row.getByRole('link', { name: 'Review' }).click();
    await robin.page.waitForURL(address);
    await robin.page.getByRole('heading', { name: 'Review afterwards' }).waitFor();
    await robin.page.getByRole('radio', { name: 'Flag' }).check();
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    await robin.page.getByText('Say what was wrong with it, so that it can be put right.').waitFor();
    await decide(robin.page, 'Flag', 'The runbook had another way.');
    await robin.page.getByText('You flagged this break-glass access.').waitFor();
    await robin.page.reload();
    await status(robin.page, 'Active').waitFor();
    expect(await fact(robin.page, 'Review afterwards')).toMatch(/^Flagged by Robin Reyes/);
    expect(await robin.page.getByRole('radio', { name: 'Flag' }).count()).toBe(0);
    await robin.page.goto(`${stack.url}/reviews?state=unreviewed`);
    await robin.page.getByText('No break-glass access awaits your review').waitFor();
  });

  test('that was flagged is told to the person and to the other reviewers', async () => {
    await expect
      .poll(() => sent(stack), patience)
      .toEqual({
        reviewers: ['break-glass', 'created', 'flagged'],
        requester: [`Flagged: break-glass access of Erin Engstrom to ${target}`],
      });
    await erin.page.goto(address);
    await erin.page.getByText('The runbook had another way.').first().waitFor();
    expect((await history(erin.page)).at(-1)).toBe(`Break-glass access flagged by ${called.robin}`);
    await endAccess(erin);
  });
});

describe('the review afterwards', () => {
  test('is not overdue before its time, and the next access works', async () => {
    address = await takeAccess(erin);
    await endAccess(erin);
    stack.advance(3 * 60);
    await stack.sweepNow();
    expect(sent(stack).reviewers.at(-1)).toBe('break-glass');
    await takeAccess(erin);
    await endAccess(erin);
  });

  test('blocks the next one once it is overdue, with a sentence and what to do', async () => {
    stack.advance(2 * 60);
    await stack.sweepNow();
    await stack.sweepNow();
    expect(sent(stack).reviewers.filter((kind) => kind === 'break-glass-overdue')).toHaveLength(1);
    await askToBreakGlass(erin);
    await dialog(erin.page).getByRole('button', { name: 'Take access now' }).click();
    await dialog(erin.page)
      .getByText(
        'Your last break-glass access was not reviewed in time. Ask a reviewer to review it first, or make',
      )
      .waitFor();
    await dialog(erin.page).getByRole('link', { name: 'Open that request' }).click();
    await erin.page.waitForURL(address);
    expect(await fact(erin.page, 'Review afterwards')).toMatch(/^Overdue since /);
  });

  test('leaves the normal way open', async () => {
    await erin.page.goto(`${stack.url}/requests/new`);
    await fillIn(erin.page, { ...wish, justification: urgent, ticket: 'OPS-42' });
    await erin.page.getByRole('button', { name: 'Create request' }).click();
    await erin.page.getByText('Your request was created').waitFor();
    await erin.page.getByRole('button', { name: 'Cancel request' }).click();
    await dialog(erin.page).getByRole('button', { name: 'Cancel request' }).click();
    await status(erin.page, 'Cancelled').waitFor();
  });

  test('frees the way when it is made', async () => {
    await robin.page.goto(`${stack.url}/reviews?state=unreviewed`);
    await toReview(robin).getByText('Overdue', { exact: true }).first().waitFor();
    await robin.page.goto(address);
    await robin.page.getByText('Until somebody reviews it, this person cannot').waitFor();
    await decide(robin.page, 'Confirm');
    await robin.page.getByText('You confirmed this break-glass access.').waitFor();
    await takeAccess(erin);
    await erin.page.goto(address);
    expect(await fact(erin.page, 'Review afterwards')).toMatch(/^Confirmed by Robin Reyes/);
  });

  test('met no page that broke its security policy or threw', () => {
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });
});
