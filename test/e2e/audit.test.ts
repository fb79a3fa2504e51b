import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tableOf } from '../../api/aws/dynamo-table.ts';
import { requestReader } from '../../api/aws/request-reader.ts';
import { requestWriter } from '../../api/aws/request-writer.ts';
import { world } from '../../api/aws/world.ts';
import { create } from '../../api/domain/creation.ts';
import { ada, allowed, alone, askFor, policy, production, userOf } from '../api/people.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { databaseSettings } from '../support/table.ts';
import { type Person, person } from './people.ts';

/** An auditor looks for what happened, page by page, and takes it away. */

const many = 70;
let stack: TestStack;
let browser: Browser;
let avery: Person;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(databaseSettings()));
  const table = tableOf(client, stack.tableName);
  const store = { ...requestReader(table), ...requestWriter(table) };
  for (let index = 0; index < many; index += 1) {
    const number = String(index).padStart(3, '0');
    const user = userOf(`user-${number}`, `User ${number}`, [...ada.groups]);
    const justification =
      index === 0 ? '=HYPERLINK("https://evil.example")' : `Reason number ${number}, "quoted",\nin two lines`;
    const ask = askFor(index % 2 === 0 ? 'Admin' : 'ReadOnly', production, { justification });
    const created = create(ask, user, policy, world.now(), alone(world.newId()));
    await store.createRequests([allowed(created)], null, []);
  }
  avery = await person(browser, `${stack.url}/audit`, 'Avery Adeyemi');
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

async function exported(format: 'CSV' | 'JSON Lines'): Promise<string> {
  const [download] = await Promise.all([
    avery.page.waitForEvent('download'),
    avery.page.getByRole('button', { name: `Export ${format}` }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

describe('an auditor', () => {
  test('pages back to the very first request, each once', async () => {
    const { page } = avery;
    const rows = page.getByRole('rowheader');
    await page.getByText('User 069').first().waitFor();
    const seen = async () => (await page.locator('tbody').textContent())?.match(/User \d{3}/g) ?? [];
    expect(new Set(await seen()).size).toBe(25);
    while ((await page.getByText('User 000').count()) === 0) {
      const before = await rows.count();
      await page.getByRole('button', { name: /Load older|Continue/ }).click();
      await expect.poll(() => rows.count()).toBeGreaterThan(before);
    }
    const all = await seen();
    expect(all).toHaveLength(many);
    expect(new Set(all).size).toBe(many);
  });

  test('finds a person by the whole address, and a role by its whole name', async () => {
    const { page } = avery;
    await page.getByLabel('Person').fill('USER-007@example.com');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('User 007').waitFor();
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(1);
    expect(page.url()).toContain('email=USER-007');
    await page.getByLabel('Role').fill('Admin');
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(0);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('User 069').first().waitFor();
  });

  test('narrows by account, status and time, and by how long ago', async () => {
    const { page } = avery;
    const rows = page.getByRole('rowheader');
    const apply = () => page.getByRole('button', { name: 'Apply' }).click();
    await page.getByLabel('Account').fill('999988887777');
    await apply();
    await expect.poll(() => rows.count()).toBe(0);
    await page.getByLabel('Account').fill(production);
    await page.getByRole('button', { name: /^Status/ }).click();
    await page.getByRole('option', { name: 'Pending' }).click();
    await apply();
    await page.getByText('User 069').first().waitFor();
    await page.getByLabel('Until').fill('2020-02-29T12:00');
    await apply();
    await expect.poll(() => rows.count()).toBe(0);
    await page.getByRole('button', { name: 'Last 24 hours' }).click();
    await page.getByText('User 069').first().waitFor();
    await page.getByLabel('Account').fill('12');
    await apply();
    await page.getByText(/12 digits\./).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('User 069').first().waitFor();
  });

  test("reads a request's entries", async () => {
    const { page } = avery;
    await page.getByRole('row').filter({ hasText: 'User 069' }).getByRole('link', { name: 'Show' }).click();
    await page.getByRole('dialog').getByText('Request created').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('exports everything as JSON Lines', async () => {
    const lines = (await exported('JSON Lines'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(many);
    expect(new Set(lines.map((line) => line.requester.name)).size).toBe(many);
  });

  test('exports everything as CSV, with formulas defused', async () => {
    const csv = await exported('CSV');
    expect(csv.match(/^"request","status","created"/gm)).toHaveLength(1);
    expect(csv.match(/"User \d{3}",/g)).toHaveLength(many);
    expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    expect(csv).toContain('"Reason number 001, ""quoted"",\nin two lines"');
  });

  test('sees no action anywhere, and met no violation', async () => {
    expect(await avery.page.getByRole('button', { name: /Approve|Revoke|Cancel request|CLI/ }).count()).toBe(
      0,
    );
    expect(avery.complaints).toEqual([]);
  });
});
