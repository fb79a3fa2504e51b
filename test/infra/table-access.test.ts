import { runSimulation } from '@cloud-copilot/iam-simulate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LambdaFunction } from '../../api/env.ts';
import { indexes, key } from '../../api/table.ts';
import { lambdaFunctions } from '../../infra/bundles.ts';
import { roleNameOf } from '../../infra/constructs/lambda-role.ts';
import { endpointPolicies } from '../../infra/endpoint-policies.ts';
import { tableAccess } from '../../infra/table-access.ts';
import { type Heard, type Meter, startMeter } from '../bench/meter.ts';
import { databaseEndpoint } from '../support/database-endpoint.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { deployment, permissionsOf, resolverOf, type Statement, synthesize } from './synthesized.ts';
import { tellWholeStory } from './whole-story.ts';

/**
 * The roles that are deployed, held against what the product does: a whole story is played with the real handlers, and
 * every call of DynamoDB is put before an evaluation of IAM that is not ours.
 */

let meter: Meter;
let stack: TestStack;
let asked: readonly Asked[];
const { template } = synthesize();
const { account, region } = deployment;
const [tableId = ''] =
  Object.entries(template.Resources).find(([, { Type }]) => Type === 'AWS::DynamoDB::Table') ?? [];
const tableArn = `arn:aws:dynamodb:${region}:${account}:table/${tableId}`;
const { PolicyDocument: resourcePolicy } = resolverOf(template)(
  template.Resources[tableId]?.Properties.ResourcePolicy,
) as { PolicyDocument: object };
const permissions = Object.fromEntries(
  lambdaFunctions.map((name) => [name, permissionsOf(template, name)]),
) as Record<LambdaFunction, Statement[]>;

beforeAll(async () => {
  meter = await startMeter(databaseEndpoint());
  stack = await startTestStack({ dynamoDbEndpoint: meter.endpoint, accessTokenSeconds: 48 * 3600 });
  await tellWholeStory(stack, async () => {
    await vi.waitFor(() => expect(stack.aws.iam.calls.length).toBeGreaterThan(0), 20_000);
  });
  const nameOf = new Map(lambdaFunctions.map((name) => [stack.aws.principalOf(name).accessKeyId, name]));
  asked = meter.heard().flatMap((heard) => {
    const by = nameOf.get(heard.accessKeyId);
    return by === undefined ? [] : partsOf(heard).map((part) => ({ ...part, by }));
  });
}, 120_000);
afterAll(async () => {
  await stack.stop();
  await meter.stop();
});

/** One thing that IAM is asked for. */
interface Asked {
  readonly by: LambdaFunction;
  /** without the service */
  readonly action: string;
  readonly resource: string;
  /** the partition key; null where the call has none */
  readonly leadingKey: string | null;
}

type Attributes = Readonly<Record<string, { readonly S?: string }>>;
interface Input {
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeValues?: Attributes;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
}
const writes: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** DynamoDB Developer Guide, "IAM and transactions": a transaction is allowed by what is in it. */
function partsOf({ operation, input }: Pick<Heard, 'operation' | 'input'>): Omit<Asked, 'by'>[] {
  const { Key, Item, IndexName, TransactItems, ...query } = input as Input;
  if (TransactItems !== undefined) {
    return TransactItems.flatMap((one) =>
      Object.entries(one).flatMap(([write, part]) =>
        partsOf({ operation: writes[write] ?? write, input: part }),
      ),
    );
  }
  const [, placeholder = ''] = /^#\w+ = (:\w+)/.exec(query.KeyConditionExpression ?? '') ?? [];
  const item = Key ?? Item;
  const leadingKey = item?.[key.pk]?.S ?? query.ExpressionAttributeValues?.[placeholder]?.S ?? null;
  const resource = IndexName === undefined ? tableArn : `${tableArn}/index/${IndexName}`;
  return [{ action: operation, resource, leadingKey }];
}

/**
 * @param role whose it is that asks. @param endpoint the policy of the VPC endpoint that it comes by, if any
 * @param from the function whose code asks, null for what is none. Without it, that which is called as the role is
 */
async function isAllowed(
  { action, resource, leadingKey }: Omit<Asked, 'by'>,
  statements: readonly Statement[],
  role: string,
  { endpoint, from = role }: { readonly endpoint?: object; readonly from?: string | null } = {},
) {
  const answer = await runSimulation(
    {
      request: {
        action: `dynamodb:${action}`,
        principal: `arn:aws:iam::${account}:role/${role}`,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}`,
          'aws:PrincipalAccount': account,
          'aws:ResourceAccount': account,
          ...(from !== null && {
            'lambda:SourceFunctionArn': `arn:aws:lambda:${region}:${account}:function:${from}`,
          }),
          ...(leadingKey !== null && { 'dynamodb:LeadingKeys': [leadingKey] }),
        },
      },
      identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
      ...(endpoint && { vpcEndpointPolicies: [{ name: 'dynamodb', policy: endpoint }] }),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

describe('who may do everything in the account', () => {
  const everything: Statement[] = [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }];
  const { name } = deployment;
  const may = (action: string, leadingKey: string, role: string) =>
    isAllowed({ action, resource: tableArn, leadingKey }, everything, role);

  test.each(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLInsert'])(
    'may not %s, which would be to approve, however the role is called',
    async (action) => {
      const others = [
        'Administrator',
        `${name}-pipeline`,
        `${name}-responder`,
        'drill-requests',
        `${name}-audit`,
      ];
      for (const role of [...others, `${name}-requests-too`]) {
        expect([role, await may(action, 'REQUEST#one', role)]).toEqual([role, false]);
      }
      expect(await may(action, 'REQUEST#one', `${name}-requests`)).toBe(true);
    },
  );

  test.each(['UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLUpdate', 'PartiQLDelete'])(
    'may not %s what is history, not even with the role of a Lambda',
    async (action) => {
      const role = `${name}-requests`;
      const both = [await may(action, 'ENTRIES#one', role), await may(action, 'LOCK#one', role)];
      expect(both).toEqual([false, true]);
    },
  );
});

/** How partition keys begin stands for all that begin so. */
function outline({ by, action, resource, leadingKey }: Asked): string {
  const kind = leadingKey?.split('#')[0] ?? '';
  return `${by} ${action} ${resource.slice(tableArn.length)} ${kind}`;
}

test('every call of every Lambda is allowed by its own role', async () => {
  const kinds = new Map(asked.map((one) => [outline(one), one]));
  const refused: string[] = [];
  for (const [name, one] of kinds) {
    if (!(await isAllowed(one, permissions[one.by], roleNameOf(deployment.name, one.by)))) refused.push(name);
  }
  expect(refused.sort()).toEqual([]);
  const withTable = lambdaFunctions.filter((name) => tableAccess[name] !== null);
  expect([...new Set(asked.map(({ by }) => by))].sort()).toEqual(withTable.sort());
});

test('none of them is, with the same role, to a function that somebody else made', async () => {
  const { name } = deployment;
  const kinds = new Map(asked.map((one) => [outline(one), one]));
  const allowed: string[] = [];
  for (const [said, one] of kinds) {
    const role = roleNameOf(name, one.by);
    const another = lambdaFunctions.find((lambda) => lambda !== one.by && lambda !== 'authorizer') ?? 'audit';
    for (const from of ['of-a-developer', `${role}-too`, roleNameOf(name, another), null]) {
      if (await isAllowed(one, permissions[one.by], role, { from })) allowed.push(`${said} from ${from}`);
    }
  }
  expect(kinds.size).toBeGreaterThan(50);
  expect(allowed).toEqual([]);
});

test('in a VPC, the endpoint lets every one of them through, and nothing that reads or copies whole tables', async () => {
  const { dynamodb } = endpointPolicies({
    ...{ partition: 'aws', region, account, name: deployment.name, tableArn },
    ...{ topicArns: [], alarmTopicArn: '', targets: deployment.targets },
  });
  const everything: Statement[] = [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }];
  const through = (one: Omit<Asked, 'by'>, by: LambdaFunction) =>
    isAllowed(one, everything, roleNameOf(deployment.name, by), { endpoint: dynamodb });
  const kinds = new Map(asked.map((one) => [`${one.action} ${one.resource}`, one]));
  const stopped: string[] = [];
  for (const [name, one] of kinds) if (!(await through(one, one.by))) stopped.push(name);
  expect(stopped).toEqual([]);
  expect(asked.map(({ action }) => action)).toContain('DescribeTable');
  for (const action of ['Scan', 'ExportTableToPointInTime', 'CreateBackup']) {
    expect(await through({ action, resource: tableArn, leadingKey: null }, 'audit')).toBe(false);
  }
});

test('nothing is allowed that no call of the Lambda needs', () => {
  const unused = lambdaFunctions.flatMap((name) =>
    allowancesOf(name)
      .filter(({ action, resource, begins }) => {
        const uses = (one: Asked) => one.by === name && one.action === action && one.resource === resource;
        return !asked.some((one) => uses(one) && (one.leadingKey ?? '').startsWith(begins));
      })
      .map(
        ({ action, resource, begins }) => `${name} ${action} ${resource.slice(tableArn.length)} ${begins}`,
      ),
  );
  // Written only where a revocation loses a race against sessions: `test/api/actions/session-races.test.ts`.
  expect(unused.sort()).toEqual(['requests PutItem  STOP#']);
});

/** By action, resource and kind, all that a Lambda may do with the table. NB. The stream is Lambda's own business. */
function allowancesOf(name: LambdaFunction) {
  return permissions[name].flatMap(({ Action, Resource, Condition }) =>
    [Action].flat().flatMap((action) =>
      [Resource].flat().flatMap((resource) => {
        const ofTable = action.startsWith('dynamodb:') && resource.startsWith(tableArn);
        if (!ofTable || resource.includes('/stream/')) return [];
        const kinds = [Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? '*'].flat();
        return kinds.map((kind) => ({
          action: action.slice('dynamodb:'.length),
          resource,
          begins: kind.slice(0, -1),
        }));
      }),
    ),
  );
}

test.each<[LambdaFunction, string, string]>([
  ['requests', 'UpdateItem', 'ENTRIES#one'],
  ['requests', 'PutItem', 'SESSIONS#one'],
  ['requests', 'DeleteItem', 'LOCK#one'],
  ['reviews', 'PutItem', 'ENFORCEMENT#111122223333'],
  ['sessions', 'DeleteItem', 'STOP#one'],
  ['sessions', 'PutItem', 'LOCK#one'],
  ['audit', 'PutItem', 'REQUEST#one'],
  ['announce', 'UpdateItem', 'REQUEST#one'],
  ['sweep', 'DeleteItem', 'MESSAGE#one'],
  ['enforce', 'DeleteItem', 'ENTRIES#one'],
  ['enforce', 'DeleteItem', 'REQUEST#one'],
  ['enforce', 'PutItem', 'SESSIONS#one'],
])('%s may not %s on %s', async (name, action, leadingKey) => {
  const one = { action, resource: tableArn, leadingKey };
  expect(await isAllowed(one, permissions[name], roleNameOf(deployment.name, name))).toBe(false);
});

test.each(lambdaFunctions)('%s reads no whole table', async (name) => {
  for (const resource of [
    tableArn,
    ...Object.values(indexes).map((index) => `${tableArn}/index/${index.name}`),
  ]) {
    const scan = { action: 'Scan', resource, leadingKey: null };
    expect(await isAllowed(scan, permissions[name], roleNameOf(deployment.name, name))).toBe(false);
  }
});
