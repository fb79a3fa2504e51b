import type { LambdaFunction } from '../api/env.ts';
import { history } from '../api/table.ts';
import { roleNameOf } from './constructs/lambda-role.ts';
import { tableAccess, writesTable } from './table-access.ts';

export interface TablePlace {
  readonly partition: string;
  /** 12 digits */
  readonly account: string;
  /** of the deployment: begins the names of the roles */
  readonly name: string;
}

/** ARNs of the roles of the Lambdas that write. */
export function writersOf({ partition, account, name }: TablePlace): string[] {
  return (Object.keys(tableAccess) as LambdaFunction[])
    .filter((lambda) => writesTable(tableAccess[lambda]))
    .map((lambda) => `arn:${partition}:iam::${account}:role/${roleNameOf(name, lambda)}`);
}

/**
 * The resource policy of the table. Whoever writes a request writes its approval. So nobody writes anything but the Lambdas
 * that do, by the names of their roles. NB. DynamoDB's own deletions (TTL) ask no policy.
 * And no principal of any account changes or deletes an audit entry, whatever its own policies allow: administrators would
 * have to change this policy first, which CloudTrail shows. NB. A resource policy cannot name its own table before that
 * is there; '*' is that table. It cannot tell a new entry's PutItem from an overwriting one: that one is stopped by the
 * condition of every put.
 */
export function tablePolicy(place: TablePlace) {
  const deny = (Sid: string, actions: readonly string[], Condition: object) => ({
    ...{ Sid, Effect: 'Deny', Principal: '*' },
    Action: actions.map((action) => `dynamodb:${action}`),
    ...{ Resource: '*', Condition },
  });
  const changing = ['UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLUpdate', 'PartiQLDelete'];
  return {
    Version: '2012-10-17',
    Statement: [
      deny('OnlyOwnRolesWrite', ['PutItem', 'PartiQLInsert', ...changing], {
        ArnNotEquals: { 'aws:PrincipalArn': writersOf(place) },
      }),
      deny('HistoryIsNeverChanged', changing, {
        'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': [`${history}*`] },
      }),
    ],
  };
}
