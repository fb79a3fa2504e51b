import type { LambdaFunction } from '../api/env.ts';
import type { IndexName } from '../api/table.ts';

/** The kinds of `api/table.ts`, by how their partition keys begin. */
type Kind =
  | 'REQUEST'
  | 'ENTRIES'
  | 'SESSIONS'
  | 'MESSAGE'
  | 'LOCK'
  | 'STOP'
  | 'BAR'
  | 'PREFLIGHT'
  | 'ENFORCEMENT'
  | 'ENFORCING'
  | 'QUOTA'
  | 'IDEMPOTENCY'
  | 'TABLE';

/** What one Lambda does with the table: by action of IAM, the kinds of items that it does it to. */
export interface TableAccess {
  readonly actions: Readonly<Partial<Record<TableAction, readonly Kind[]>>>;
  /** those that it queries */
  readonly indexes: readonly IndexName[];
}
export type TableAction =
  | 'GetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

/** Whether it puts, changes or deletes anything. */
export function writesTable(access: TableAccess | null): boolean {
  const { PutItem, UpdateItem, DeleteItem } = access?.actions ?? {};
  return [PutItem, UpdateItem, DeleteItem].some((kinds) => kinds !== undefined);
}

/**
 * What each Lambda's role may do with the table, and nothing else does. A transaction is authorised write by write
 * (DynamoDB Developer Guide, "IAM and transactions"). `test/infra/table-access.test.ts` runs the product, and holds this
 * against what it asked for: nothing is missing, and nothing is given that nobody uses.
 */
export const tableAccess: Readonly<Record<LambdaFunction, TableAccess | null>> = {
  authorizer: null,
  requests: {
    actions: {
      GetItem: ['REQUEST', 'BAR', 'IDEMPOTENCY', 'TABLE'],
      Query: ['ENTRIES', 'LOCK'],
      PutItem: ['REQUEST', 'ENTRIES', 'MESSAGE', 'LOCK', 'STOP', 'BAR', 'ENFORCEMENT', 'IDEMPOTENCY'],
      ConditionCheckItem: ['LOCK'],
      UpdateItem: ['QUOTA'],
    },
    indexes: ['byUser', 'byEmail', 'byReview'],
  },
  reviews: {
    actions: {
      GetItem: ['REQUEST', 'IDEMPOTENCY', 'TABLE'],
      PutItem: ['REQUEST', 'ENTRIES', 'MESSAGE', 'LOCK', 'IDEMPOTENCY'],
      UpdateItem: ['QUOTA'],
    },
    indexes: ['byEmail', 'byDue', 'byReview'],
  },
  sessions: {
    actions: {
      GetItem: ['REQUEST', 'TABLE'],
      PutItem: ['REQUEST', 'ENTRIES', 'SESSIONS', 'MESSAGE', 'PREFLIGHT'],
      ConditionCheckItem: ['STOP'],
      UpdateItem: ['QUOTA'],
    },
    indexes: [],
  },
  audit: {
    actions: { GetItem: ['REQUEST', 'TABLE'], Query: ['ENTRIES'] },
    indexes: ['byMonth', 'byEmail', 'byAccount'],
  },
  watch: null,
  reconcile: { actions: { GetItem: ['PREFLIGHT'], Query: ['SESSIONS'] }, indexes: [] },
  announce: { actions: { GetItem: ['REQUEST', 'TABLE'], UpdateItem: ['MESSAGE'] }, indexes: [] },
  sweep: {
    actions: {
      GetItem: ['REQUEST', 'TABLE'],
      PutItem: ['REQUEST', 'ENTRIES', 'MESSAGE', 'TABLE'],
      UpdateItem: ['MESSAGE'],
    },
    indexes: ['byDue'],
  },
  enforce: {
    actions: {
      GetItem: ['REQUEST', 'TABLE'],
      Query: ['ENFORCEMENT'],
      PutItem: ['REQUEST', 'ENTRIES', 'MESSAGE', 'ENFORCEMENT', 'ENFORCING'],
      DeleteItem: ['ENFORCEMENT', 'ENFORCING'],
    },
    indexes: ['byDue'],
  },
};
