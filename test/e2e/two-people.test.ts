import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { called, createRequest, dialog, fact, history, type Person, patience, person } from './people.ts';

/** The main job, by two people: one asks, the other approves, and the access works until it is ended. */

let stack: TestStack;
let browser: Browser;
let erin: Person;
let robin: Person;
let address: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe('two people', () => {
  test('a deep link survives sign-in, and a request is created', async () => {
    erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström');
    await erin.page.goto(`${stack.url}/`);
    await erin.page.getByText('No requests yet').waitFor();
    address = await createRequest(erin.page, {
      role: 'DatabaseAdministrator',
      justification: 'Reindex the orders table after the failed migration.\nSee https://evil.example now.',
    });
    await erin.page.getByRole('heading', { level: 1, name: 'DatabaseAdministrator in Production' }).waitFor();
  });

  test('the reviewers are told, with a link to this request and to nothing else', async () => {
    await expect.poll(() => stack.aws.sns.calls.length, patience).toBe(1);
    const mail = await erin.context.newPage();
    await mail.goto(`${stack.url}/mail`);
    const links = await mail
      .locator('.text a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toEqual([address]);
    expect(await mail.locator('.text').textContent()).toContain('> See https:[//]evil[.]example now.');
    await mail.close();
  });

  test('a reviewer sees everything needed and approves in two steps', async () => {
    robin = await person(browser, `${stack.url}/reviews`, 'Robin Reyes');
    const row = robin.page.getByRole('row').filter({ hasText: 'Erin Engström' });
    for (const fact of ['DatabaseAdministrator', '111122223333', '1 h', 'Reindex the orders table']) {
      await row.getByText(fact).first().waitFor();
    }
    await row.getByRole('link', { name: 'Review' }).click();
    await robin.page.waitForURL(address);
    await robin.page.getByText('Nothing: this is their first request.').waitFor();
    await robin.page.getByRole('radio', { name: 'Approve' }).check();
    await robin.page.getByRole('button', { name: 'Continue' }).click();
    expect(stack.aws.ses.calls).toHaveLength(0);
    await dialog(robin.page).getByText('Production · 111122223333').waitFor();
    await dialog(robin.page).getByRole('button', { name: 'Approve' }).click();
    await robin.page.getByText('Active', { exact: true }).waitFor();
  });

  test('the requester is told by mail, and the page shows it without being reloaded', async () => {
    await erin.page.getByRole('button', { name: 'Access console' }).waitFor({ timeout: 30_000 });
    await erin.page.getByText('Your actions are on record.').waitFor();
    await expect
      .poll(() => stack.aws.ses.calls.map((call) => call.input), patience)
      .toMatchObject([
        { to: ['erin@example.com'], subject: 'Approved: DatabaseAdministrator in 111122223333' },
      ]);
  });

  test('the banner is on every page', async () => {
    await erin.page.getByRole('link', { name: 'My requests' }).click();
    await erin.page.getByRole('heading', { name: 'My requests' }).waitFor();
    const banner = erin.page.getByRole('region', { name: 'Active access' });
    expect(await banner.textContent()).toMatch(
      /DatabaseAdministrator in Production · 111122223333 until .* left/,
    );
    await banner.getByRole('link', { name: 'Open the request' }).click();
    await erin.page.waitForURL(address);
  });

  test('CLI credentials are masked, come in every format, and work in a shell', async () => {
    await erin.page.getByRole('button', { name: 'CLI' }).click();
    const box = dialog(erin.page);
    await box.getByRole('tab', { name: 'bash, zsh' }).waitFor();
    expect(await box.textContent()).not.toMatch(/ASIA[A-Z0-9]{16}/);
    await box.getByRole('button', { name: 'Show' }).click();
    const shell = (await box.locator('pre').first().textContent()) ?? '';
    const variables = execFileSync('bash', [
      '-c',
      `${shell}\nprintf '%s\\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN"`,
    ]);
    const [accessKeyId = '', secretAccessKey, sessionToken] = variables.toString().split('\n');
    const issued = stack.aws.sts.sessionOf(accessKeyId);
    expect(issued).toMatchObject({
      secretAccessKey,
      sessionToken,
      account: '111122223333',
      role: 'DatabaseAdministrator',
    });
    for (const name of ['fish', 'PowerShell', 'cmd', 'Profile', 'credential_process']) {
      await box.getByRole('tab', { name }).click();
      await expect
        .poll(() => box.getByRole('tabpanel').filter({ visible: true }).textContent())
        .toContain(accessKeyId);
    }
    await box.getByRole('button', { name: 'Copy for credential_process' }).click();
    const copied = JSON.parse(await erin.page.evaluate(() => navigator.clipboard.readText()));
    expect(copied).toMatchObject({
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
    });
    await box.getByRole('button', { name: 'Close' }).click();
    await box.waitFor({ state: 'hidden' });
    expect(await erin.page.content()).not.toContain(secretAccessKey);
  });

  test('AWS is asked for exactly this person, this request and this window', async () => {
    const call = stack.aws.sts.calls.find((made) => made.input.action === 'AssumeRole');
    const parameters = call?.input.action === 'AssumeRole' ? call.input.parameters : undefined;
    const id = address.split('/').at(-1);
    expect(parameters).toMatchObject({
      roleArn: 'arn:aws:iam::111122223333:role/stepladder/DatabaseAdministrator',
      sourceIdentity: expect.stringMatching(/^erin@example\.com-[0-9a-f]{10}$/),
      roleSessionName: expect.stringMatching(new RegExp(`^erin@example\\.com-[0-9a-f]{10}\\.${id}$`)),
      tags: { StepladderRequest: id, StepladderReviewer: expect.stringMatching(/^robin@example\.com-/) },
    });
    expect(parameters?.durationSeconds).toBeGreaterThan(3500);
    expect(parameters?.policy).toContain(`"aws:CurrentTime":"${parameters?.tags.StepladderUntil}"`);
  });

  test('the console opens in a tab that cannot reach back', async () => {
    const [tab] = await Promise.all([
      erin.context.waitForEvent('page'),
      erin.page.getByRole('button', { name: 'Access console' }).click(),
    ]);
    await tab.getByText('DatabaseAdministrator').first().waitFor();
    expect(await tab.locator('body').textContent()).toContain('111122223333');
    expect(await tab.evaluate(() => window.opener)).toBeNull();
    await tab.close();
  });

  test('no secret is kept in the browser, in the log or in the table', async () => {
    const kept = await erin.page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie]),
    );
    expect(kept).not.toMatch(/ASIA|eyJ|SigninToken|code_verifier/);
    expect(stack.logs.join('\n')).not.toMatch(/eyJ[\w-]+\.|SigninToken|"?[sS]ecretAccessKey/);
  });

  test('ending early stops new sessions at once and says what goes on', async () => {
    await erin.page.getByRole('button', { name: 'End access now' }).click();
    await dialog(erin.page).getByText('Credentials already issued go on working until they end').waitFor();
    await dialog(erin.page).getByRole('button', { name: 'End access now' }).click();
    await erin.page.getByText('Ended early', { exact: true }).first().waitFor();
    expect(await fact(erin.page, 'Ended early by')).toMatch(/^Erin Engström/);
    await expect
      .poll(async () => (await history(erin.page)).at(-1), patience)
      .toBe(`Ended early by ${called.erin}`);
    expect(await erin.page.locator('main').getByText('Revoked').count()).toBe(0);
    await erin.page
      .getByRole('region', { name: 'Active access' })
      .waitFor({ state: 'hidden', timeout: 30_000 });
    expect(await erin.page.getByRole('button', { name: 'CLI' }).count()).toBe(0);
    expect(await erin.page.locator('main').textContent()).toContain('Credentials end, at the latest');
  });

  test('no page broke its security policy or threw', () => {
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });
});
