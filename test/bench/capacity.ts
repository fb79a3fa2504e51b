import type {
  AttributeValue,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { indexes } from '../../api/table.ts';

/**
 * Write units of a TransactWriteItems call, as DynamoDB Local counts them for a transaction of one item: twice what the
 * item takes in the table and in each index that it is in. NB. Of several items it forgets those that cost the same as
 * another one, which is why they are counted here. What is not sent (an item that is only checked, the one that a put
 * replaces) is taken for up to 1 KB, and an index entry that is left behind is not counted.
 * @param input as it is sent, so that binary values are texts in base 64
 */
export function transactionUnits({ TransactItems = [] }: TransactWriteItemsCommandInput): number {
  return TransactItems.reduce((units, write) => units + 2 * unitsOf(write), 0);
}

function unitsOf({ Put }: TransactWriteItem): number {
  const item = Put?.Item;
  if (item === undefined) return 1;
  const places = 1 + Object.values(indexes).filter(({ pk, sk }) => pk in item && sk in item).length;
  return places * Math.ceil(sizeOfAll(item) / 1024);
}

type Item = Readonly<Record<string, AttributeValue>>;

/** Bytes; DynamoDB Developer Guide, "DynamoDB item sizes and formats". */
function sizeOfAll(item: Item): number {
  return Object.entries(item).reduce(
    (size, [name, value]) => size + Buffer.byteLength(name) + sizeOf(value),
    0,
  );
}

/** @throws Error for a kind of value that the product does not write */
function sizeOf({ S, N, M, L, BOOL, NULL }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/\D/g, '').length / 2) + (N.startsWith('-') ? 2 : 1);
  if (M !== undefined) return 3 + Object.keys(M).length + sizeOfAll(M);
  if (L !== undefined) return 3 + L.reduce((size, value) => size + 1 + sizeOf(value), 0);
  if (BOOL !== undefined || NULL !== undefined) return 1;
  throw new Error('there is a kind of attribute value whose size is not counted here');
}
