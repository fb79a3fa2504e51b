import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readyUsers } from '../../infra/local/ready-users.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser, createByApi, reviewByApi } from './calls.ts';
import { ask, createRequest, decide, dialog, person } from './people.ts';

/** Every no: it says why, and what to do. */

let stack: TestStack;
let browser: Browser;

/** Of a role that the policy names and that nobody made. */
const gone = { account: '555566667777', role: 'Retired' };
const hopeful = {
  ...{
    sub: 'hana',
    name: 'Hana Hopeful',
    email: 'hana@example.com',
    what: 'may ask for a role that is gone',
  },
  groups: [`aws-temp#${gone.role}#${gone.account}`],
};

beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startTestStack({ users: [...readyUsers, hopeful] }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe('refusals', () => {
  test('a rejection needs a reason, and the requester reads it', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    const address = await createRequest(erin.page, { role: 'ReadOnlyAccess' });
    const robin = await person(browser, address, 'Robin Reyes');
    await robin.page.getByRole('radio', { name: 'Reject' }).check();
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    expect(await dialog(robin.page).count()).toBe(0);
    await decide(robin.page, 'Reject', 'Use the dashboard instead.');
    await robin.page.getByText('Rejected', { exact: true }).first().waitFor();
    await erin.page.reload();
    await erin.page.getByText('Use the dashboard instead.').first().waitFor();
    expect(await erin.page.getByRole('button', { name: /CLI|Access console|Cancel/ }).count()).toBe(0);
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });

  test('nobody decides on their own request, reviewer or not', async () => {
    const ravi = await person(browser, `${stack.url}/`, 'Ravi Raman');
    await createRequest(ravi.page, { role: 'DatabaseAdministrator' });
    expect(await ravi.page.getByRole('radio', { name: 'Approve' }).count()).toBe(0);
    await ravi.page.getByRole('link', { name: 'Reviews' }).click();
    await ravi.page.getByRole('heading', { name: 'Reviews' }).waitFor();
    await ravi.page
      .getByRole('region', { name: 'Awaiting review' })
      .getByText(/Nothing awaits your review|Requester/)
      .first()
      .waitFor();
    expect(await ravi.page.getByRole('row').filter({ hasText: 'Ravi Raman' }).count()).toBe(0);
    expect(ravi.complaints).toEqual([]);
  });

  test('a person without rights is told whom to ask', async () => {
    const noor = await person(browser, `${stack.url}/`, 'Noor Nasser');
    await expect.poll(() => noor.page.locator('main').textContent()).toMatch(/eligible for no role/);
    await noor.page.goto(`${stack.url}/reviews`);
    await noor.page.getByText(/for reviewers/).waitFor();
    await noor.page.goto(`${stack.url}/audit`);
    await noor.page.getByText(/for auditors/).waitFor();
    expect(noor.complaints).toEqual([]);
  });

  test("another person's request looks exactly like one that does not exist", async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    const address = await createRequest(erin.page, { role: 'AdministratorAccess', account: 'Staging' });
    const noor = await person(browser, address, 'Noor Nasser');
    const words = async () => {
      await noor.page.getByText('There is no such request').waitFor();
      return ((await noor.page.locator('main').textContent()) ?? '').replace(/[0-9a-f-]{36}/g, '');
    };
    const others = await words();
    await noor.page.goto(`${stack.url}/requests/${'0'.repeat(26)}`);
    expect(await words()).toBe(others);
  });

  test('a second open request for the same role is refused next to the button, and nothing that was typed is lost', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    const wish = { role: 'DatabaseAdministrator', justification: 'The same thing once more.' };
    await createRequest(erin.page, wish);
    await erin.page.goto(`${stack.url}/requests/new`);
    await ask(erin.page, wish);
    await erin.page.getByRole('alert').getByText('You already have an open request').waitFor();
    expect(await erin.page.getByLabel('Justification').inputValue()).toBe(wish.justification);
  });

  test('a pending request is cancelled after a second look', async () => {
    const erin = await person(browser, `${stack.url}/`, 'Erin Engström');
    await createRequest(erin.page, { role: 'DataPlatformEmergencyMaintenanceOperatorWithKeyManagement' });
    await erin.page.getByRole('button', { name: 'Cancel request' }).click();
    await dialog(erin.page).getByRole('button', { name: 'Cancel request' }).click();
    await erin.page.getByText('Cancelled', { exact: true }).first().waitFor();
  });

  test('what is wrong in the form is said at its field', async () => {
    const erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
    await erin.page.getByLabel('Justification').fill('short');
    await erin.page.getByRole('button', { name: 'Create request' }).click();
    await erin.page
      .getByText(/at least 10|10 characters/)
      .first()
      .waitFor();
    expect(erin.page.url()).toBe(`${stack.url}/requests/new`);
  });

  test('what AWS refuses names whom to ask, beside what is to be done', async () => {
    const request = await createByApi(await apiUser(stack, 'hana'), { targets: [gone] });
    await reviewByApi(await apiUser(stack, 'robin'), request);
    const hana = await person(browser, `${stack.url}/requests/${request.id}`, 'Hana Hopeful');
    for (const button of ['CLI', 'Access console']) {
      await hana.page.getByRole('button', { name: button }).click();
      const alert = hana.page
        .getByRole('alert')
        .filter({ hasText: 'AWS does not let Stepladder use this role' });
      await alert.getByText('Whom to ask: Platform team, #aws-help').waitFor();
      await hana.page.reload();
    }
    expect(hana.complaints).toEqual([]);
  });
});
