import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { PreflightWriter } from '../actions/ports.ts';
import { key } from '../table.ts';
import type { Table } from './dynamo-table.ts';
import { orUnavailable } from './errors.ts';

/** Two items for each preflight, neither of which is ever changed. */
export function preflightWriter(table: Table): PreflightWriter {
  return {
    notePreflight: (preflight) => putNew(table, preflight.id, 'ASKED', { preflight }),
    noteFindings: (id, at, findings) => putNew(table, id, 'FINDINGS', { at, findings }),
  };
}

/** NB. A retry of the SDK finds its own item there and fails: then nothing was given, and the operator asks again. */
async function putNew({ client, name }: Table, id: string, kind: string, facts: object): Promise<void> {
  const put = new PutCommand({
    TableName: name,
    Item: { [key.pk]: `PREFLIGHT#${id}`, [key.sk]: kind, ...facts },
    ConditionExpression: 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { '#pk': key.pk },
  });
  await orUnavailable('recording a preflight', client.send(put));
}
