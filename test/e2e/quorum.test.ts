import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { apiUser } from './calls.ts';
import {
  ask,
  called,
  createRequest,
  decide,
  dialog,
  fact,
  history,
  type Person,
  patience,
  person,
  saidAt,
  sent,
  status,
} from './people.ts';

/** Where the rule wants two reviewers and a ticket, one of each is not enough. */

let stack: TestStack;
let browser: Browser;
let erin: Person;
let robin: Person;
let remy: Person;
let address: string;

const wish = {
  role: 'AdministratorAccess',
  account: 'Production',
  justification: 'Rotate the key of the payment database.',
  ticket: 'OPS-42',
};

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe('a ticket that the rule wants', () => {
  test.each([
    {
      ticket: '',
      says: 'Name the ticket that this work belongs to: the rule "production-administrator" needs one.',
    },
    {
      ticket: 'ops-42',
      says: 'The rule "production-administrator" takes only tickets written as in ABC-123.',
    },
    {
      ticket: 'OPS-42 and more',
      says: 'The rule "production-administrator" takes only tickets written as in ABC-123.',
    },
  ])('is asked for at its field: "$ticket"', async ({ ticket, says }) => {
    await erin.page.goto(`${stack.url}/requests/new`);
    await ask(erin.page, { ...wish, ticket });
    const field = erin.page.getByLabel('Ticket');
    await expect.poll(() => saidAt(field), patience).toContain(says);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(erin.page.url()).toBe(`${stack.url}/requests/new`);
  });

  test.each([
    { sends: undefined, says: 'Name the ticket that this work belongs to: it is needed here.' },
    { sends: 'OPS-42x', says: 'The ticket is not written as it has to be here. Write it as in ABC-123.' },
  ])('is asked for by the server whatever the page sends: $sends', async ({ sends, says }) => {
    await erin.page.goto(`${stack.url}/requests/new`);
    await erin.context.route('**/api/requests', (route) =>
      route.request().method() === 'POST'
        ? route.continue({ postData: { ...route.request().postDataJSON(), ticket: sends } })
        : route.continue(),
    );
    await ask(erin.page, wish);
    await expect.poll(() => saidAt(erin.page.getByLabel('Ticket')), patience).toContain(says);
    await erin.context.unroute('**/api/requests');
    // Nothing that was typed is lost: the same form goes through as soon as it is sent as it is.
    expect(await erin.page.getByLabel('Justification').inputValue()).toBe(wish.justification);
  });
});

describe('two of the reviewers', () => {
  test('are told of the request, which says how many have to approve', async () => {
    await erin.page.goto(`${stack.url}/`);
    address = await createRequest(erin.page, wish);
    expect(await fact(erin.page, 'Reviews')).toBe(
      '0 of 2 approvals\nBy different members of aws-temp#Reviewer',
    );
    expect(await fact(erin.page, 'Ticket')).toBe('OPS-42');
    await expect.poll(() => sent(stack), patience).toEqual({ reviewers: ['created'], requester: [] });
  });

  test('are needed: after the first approval it is still pending, and that reviewer is done', async () => {
    robin = await person(browser, `${stack.url}/reviews`, 'Robin Reyes');
    const row = robin.page.getByRole('row').filter({ hasText: 'Erin Engström' });
    await row.getByText('0 of 2', { exact: true }).waitFor();
    await row.getByRole('link', { name: 'Review' }).click();
    await robin.page.waitForURL(address);
    await robin.page
      .getByText('Yours is approval 1 of 2. Nothing starts before the others have approved too.')
      .first()
      .waitFor();
    await decide(robin.page, 'Approve', 'Agreed with the owner of the database.');
    await robin.page
      .getByText('You approved this request. 1 of 2 approvals: it waits for other reviewers.')
      .waitFor();
    await status(robin.page, 'Pending').waitFor();
    await robin.page.reload();
    await status(robin.page, 'Pending').waitFor();
    expect(await fact(robin.page, 'Reviews')).toMatch(/^1 of 2 approvals/);
    expect(await robin.page.getByRole('radio', { name: 'Approve' }).count()).toBe(0);
    await robin.page.getByRole('link', { name: 'Reviews' }).click();
    await robin.page.getByText('Nothing awaits your review').waitFor();
  });

  test('give no access before both have approved', async () => {
    await erin.page.reload();
    await status(erin.page, 'Pending').waitFor();
    expect(await fact(erin.page, 'Reviews')).toMatch(/^1 of 2 approvals/);
    expect(await erin.page.getByRole('button', { name: /CLI|Access console/ }).count()).toBe(0);
    expect(sent(stack).requester).toEqual([]);
  });

  test('have to be of another department, as the rule says', async () => {
    const ravi = await person(browser, address, 'Ravi Raman');
    await status(ravi.page, 'Pending').waitFor();
    expect(await ravi.page.getByRole('radio', { name: 'Approve' }).count()).toBe(0);
    const path = `/requests/${address.split('/').at(-1)}/reviews`;
    const review = { decision: 'approve', comment: '', version: 2 };
    const refused = (await apiUser(stack, 'ravi')).post(path, review);
    await expect(refused).rejects.toThrow('"code":"same-team"');
    expect(ravi.complaints).toEqual([]);
    await ravi.context.close();
  });

  test('give it with the second approval, and the history tells both', async () => {
    remy = await person(browser, address, 'Remy Rossi');
    await remy.page.getByText('1 of 2 approvals, by different reviewers').waitFor();
    await decide(remy.page, 'Approve');
    await status(remy.page, 'Active').waitFor();
    await erin.page.getByRole('button', { name: 'CLI' }).waitFor({ timeout: 30_000 });
    expect(await fact(erin.page, 'Approval')).toMatch(/^By reviewers, /);
    await expect
      .poll(() => history(erin.page), patience)
      .toEqual([
        `Request created by ${called.erin}`,
        `One approval by ${called.robin}`,
        `Approved by ${called.remy}`,
      ]);
    await erin.page.getByText('Agreed with the owner of the database.').first().waitFor();
  });

  test('leave the others with nothing to do, and they are told so', async () => {
    await expect
      .poll(() => sent(stack), patience)
      .toEqual({
        reviewers: ['created', 'handled'],
        requester: ['Approved: AdministratorAccess in 111122223333'],
      });
    const handled = stack.aws.sns.calls.at(-1)?.input;
    expect(handled?.subject).toBe('Handled (approved): Erin Engstrom, AdministratorAccess in 111122223333');
    expect(handled?.message.split('\n')[0]).toBe(
      'Remy Rossi has dealt with this request: it is approved now. There is nothing left for you to do.',
    );
  });

  test('do not help against one who rejects', async () => {
    await erin.page.getByRole('button', { name: 'End access now' }).click();
    await dialog(erin.page).getByRole('button', { name: 'End access now' }).click();
    await status(erin.page, 'Ended early').waitFor();
    await erin.page.goto(`${stack.url}/`);
    const second = await createRequest(erin.page, wish);
    await robin.page.goto(second);
    await decide(robin.page, 'Approve');
    await remy.page.goto(second);
    await decide(remy.page, 'Reject', 'The key was rotated already.');
    await status(remy.page, 'Rejected').waitFor();
    await erin.page.reload();
    await status(erin.page, 'Rejected').waitFor();
    expect(await history(erin.page)).toEqual([
      `Request created by ${called.erin}`,
      `One approval by ${called.robin}`,
      `Rejected by ${called.remy}`,
    ]);
    expect(await erin.page.getByRole('button', { name: /CLI|Access console/ }).count()).toBe(0);
  });

  test('met no page that broke its security policy or threw', () => {
    expect([...erin.complaints, ...robin.complaints, ...remy.complaints]).toEqual([]);
  });
});
