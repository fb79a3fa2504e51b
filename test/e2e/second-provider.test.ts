import { decodeJwt } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { password, startSecondProvider } from '../support/second-provider.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { createRequest, decide, dialog, type Person, person, status } from './people.ts';

/** The main job once more, with tokens of another make: nothing but the provider is another. */

let stack: TestStack;
let browser: Browser;
let erin: Person;
let robin: Person;
let address: string;
/** what the API was sent, as a browser sends it */
const sent: { access: string; id: string }[] = [];
let renewals = 0;

beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startTestStack({ startProvider: startSecondProvider, accessTokenSeconds: 75 }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

function by(email: string, secret = password) {
  return async (page: Page) => {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
}

describe('with another OpenID provider', () => {
  test('nobody gets in with a wrong password', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(stack.url);
    await by('erin@example.com', 'guess')(page);
    await page.getByText('e-mail or password was wrong').waitFor();
    await context.close();
  });

  test('an engineer signs in and asks', async () => {
    erin = await person(browser, `${stack.url}/requests/new`, 'Erin Engström', by('erin@example.com'));
    erin.context.on('request', (request) => {
      const { authorization, 'x-id-token': id } = request.headers();
      if (request.postData()?.includes('grant_type=refresh_token')) renewals += 1;
      if (authorization && id) sent.push({ access: authorization.replace('Bearer ', ''), id });
    });
    await erin.page.goto(`${stack.url}/`);
    address = await createRequest(erin.page, { role: 'DatabaseAdministrator' });
    await status(erin.page, 'Pending').waitFor();
  });

  test('its tokens are of another make', () => {
    const [pair] = sent;
    const access = decodeJwt(pair?.access ?? '');
    expect(access).toMatchObject({
      iss: stack.issuer,
      azp: 'stepladder-app',
      client_id: 'stepladder-app',
      groups: expect.arrayContaining(['aws-temp#DatabaseAdministrator#111122223333']),
    });
    expect(new URL(stack.issuer).pathname).not.toBe('/');
    expect(access.aud).toContain('https://stepladder.example/api');
    expect(access.aud).toHaveLength(2);
    expect(decodeJwt(pair?.id ?? '')).toMatchObject({ sub: access.sub, email: 'erin@example.com' });
  });

  test('somebody else approves', async () => {
    robin = await person(browser, address, 'Robin Reyes', by('robin@example.com'));
    await decide(robin.page, 'Approve');
    await status(robin.page, 'Active').waitFor();
  });

  test('the engineer gets a session of that role, under their own name', async () => {
    await erin.page.getByRole('button', { name: 'CLI' }).click({ timeout: 30_000 });
    await dialog(erin.page).getByRole('button', { name: 'Show' }).click();
    const call = stack.aws.sts.calls.find((made) => made.input.action === 'AssumeRole');
    expect(call?.input).toMatchObject({
      parameters: {
        roleArn: 'arn:aws:iam::111122223333:role/stepladder/DatabaseAdministrator',
        sourceIdentity: expect.stringMatching(/^erin@example\.com-[0-9a-f]{10}$/),
      },
    });
    await dialog(erin.page).getByRole('button', { name: 'Close' }).click();
  });

  test('tokens are renewed without a word, and the new ones are accepted', async () => {
    await expect.poll(() => renewals, { timeout: 40_000 }).toBeGreaterThan(0);
    const [first] = sent.splice(0);
    await erin.page.getByRole('link', { name: 'My requests' }).click();
    await erin.page.getByRole('row').filter({ hasText: 'DatabaseAdministrator' }).waitFor();
    expect(sent.at(-1)?.access).not.toBe(first?.access);
    expect(sent.at(-1)?.id).not.toBe(first?.id);
  });

  test('no page asked for what its policy forbids', () => {
    expect([...erin.complaints, ...robin.complaints]).toEqual([]);
  });

  test('signing out leads to the page where the provider ends its session, without a token', async () => {
    await robin.page.getByRole('button', { name: 'Sign out' }).click();
    await robin.page.getByRole('heading', { name: 'Confirm logout' }).waitFor();
    const { pathname, searchParams } = new URL(robin.page.url());
    expect(pathname).toBe('/api/auth/oauth2/end-session');
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'stepladder-app',
      post_logout_redirect_uri: `${stack.url}/signed-out`,
      logout_uri: `${stack.url}/signed-out`,
    });
  });
});
