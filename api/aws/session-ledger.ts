import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Unavailable } from '../actions/ports.ts';
import type { SessionLedger } from '../actions/reconcile.ts';
import type { Preflight } from '../domain/preflight.ts';
import type { SessionRecord } from '../domain/session.ts';
import { key } from '../table.ts';
import { getItem, type Table } from './dynamo-table.ts';
import { orUnavailable } from './errors.ts';
import { preflightKey, sessionPartition } from './request-items.ts';
import { storedSession } from './stored-forms.ts';

/** Quotas let nobody have nearly as many. */
const most = { page: 200, pages: 20 } as const;

/** What is on record about AssumeRole, to be read and nothing else. */
export function sessionLedger(table: Table): SessionLedger {
  return {
    listSessionsOf: (requestId) => listSessions(table, requestId),
    readPreflight: async (id) => {
      const item = await getItem(table, preflightKey(id, 'ASKED'));
      return item?.preflight as Preflight | undefined;
    },
  };
}

async function listSessions({ client, name }: Table, requestId: string): Promise<SessionRecord[]> {
  const found: SessionRecord[] = [];
  let from: Record<string, unknown> | undefined;
  for (let page = 0; page < most.pages; page += 1) {
    const command = new QueryCommand({
      TableName: name,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': key.pk },
      ExpressionAttributeValues: { ':pk': sessionPartition(requestId) },
      ConsistentRead: true,
      Limit: most.page,
      ExclusiveStartKey: from,
    });
    const { Items = [], LastEvaluatedKey } = await orUnavailable('reading sessions', client.send(command));
    found.push(...Items.map(({ session }) => storedSession(session)));
    from = LastEvaluatedKey;
    if (from === undefined) return found;
  }
  throw new Unavailable('the request has more sessions than anybody could look at');
}
