import { type AttributeValue, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexes } from '../../api/table.ts';
import { freshTable } from '../support/table.ts';
import { transactionUnits } from './capacity.ts';

let table: Awaited<ReturnType<typeof freshTable>>;
beforeAll(async () => {
  table = await freshTable();
});
afterAll(() => table.drop());

let written = 0;
function itemOf(more: Record<string, AttributeValue>) {
  written += 1;
  return { pk: { S: String(written).padStart(8, '0') }, sk: { S: 'SK' }, ...more };
}
const text = (bytes: number) => ({ text: { S: 'x'.repeat(bytes) } });
const month = { [indexes.byMonth.pk]: { S: '2026-11' }, [indexes.byMonth.sk]: { S: 'at' } };
const due = { [indexes.byDue.pk]: { S: 'PENDING' }, [indexes.byDue.sk]: { S: 'due' } };

/** pk and sk take 12 bytes with their names, the name `text` takes 4. */
const oneKilobyte = 1024 - 2 - 8 - 2 - 2 - 4;

test.each<[string, Record<string, AttributeValue>, number]>([
  ['keys only', {}, 2],
  ['a kilobyte', text(oneKilobyte), 2],
  ['a byte more', text(oneKilobyte + 1), 4],
  ['a letter that takes two bytes more', { text: { S: `${'x'.repeat(oneKilobyte - 1)}é` } }, 4],
  ['in an index', month, 4],
  ['in two indexes', { ...month, ...due }, 6],
  ['in two indexes, in three kilobytes', { ...month, ...due, ...text(2500) }, 18],
  ['with half of an index key', { [indexes.byDue.pk]: { S: 'PENDING' } }, 2],
  ['a map, a list, a number, true and null', nested(965), 2],
  ['a byte more in these', nested(966), 4],
])('counts as DynamoDB Local does for one item: %s', async (_, more, expected) => {
  const input = { TransactItems: [{ Put: { TableName: table.name, Item: itemOf(more) } }] };
  const { ConsumedCapacity } = await table.client.send(
    new TransactWriteItemsCommand({ ...input, ReturnConsumedCapacity: 'TOTAL' }),
  );
  expect([transactionUnits(input), ConsumedCapacity]).toEqual([
    expected,
    [{ TableName: table.name, CapacityUnits: expected }],
  ]);
});

function nested(bytes: number): Record<string, AttributeValue> {
  const L = [{ N: '-1234.5' }, { BOOL: true }, { NULL: true }];
  return { request: { M: { justification: { S: 'x'.repeat(bytes) }, reviews: { L } } } };
}

test('counts every item, also where two cost the same, and what is only checked', () => {
  const Put = { TableName: table.name, Item: itemOf({}) };
  const ConditionCheck = { TableName: table.name, Key: Put.Item, ConditionExpression: 'x' };
  expect(transactionUnits({ TransactItems: [{ Put }, { Put }, { ConditionCheck }] })).toBe(6);
  expect(transactionUnits({ TransactItems: [] })).toBe(0);
});

test('does not guess at kinds of values that the product does not write', () => {
  const Item = itemOf({ bytes: { B: new Uint8Array(1) } });
  expect(() => transactionUnits({ TransactItems: [{ Put: { TableName: table.name, Item } }] })).toThrow(
    new Error('there is a kind of attribute value whose size is not counted here'),
  );
});
