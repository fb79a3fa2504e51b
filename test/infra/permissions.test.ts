import { describe, expect, test } from 'vitest';
import type { LambdaFunction } from '../../api/env.ts';
import { lambdaFunctions } from '../../infra/bundles.ts';
import {
  deployment,
  permissionsOf,
  type Resource,
  resolverOf,
  type Statement,
  synthesize,
} from './synthesized.ts';

/** Who may do what in AWS. What of it each Lambda really needs is in `table-access.test.ts`. */

const { template } = synthesize();
const resources = Object.entries(template.Resources);
const resolve = resolverOf(template);
const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);

/** Every statement that gives something to a role, whoever's it is. */
const documents = [
  ...[...ofType('AWS::IAM::ManagedPolicy'), ...ofType('AWS::IAM::Policy')].map(
    ([, { Properties }]) => Properties,
  ),
  ...ofType('AWS::IAM::Role').flatMap(
    ([, { Properties }]) => (Properties.Policies ?? []) as Resource['Properties'][],
  ),
];
const given = documents.flatMap(
  ({ PolicyDocument }) => (resolve(PolicyDocument) as { Statement: Statement[] }).Statement,
);
const actionsOf = ({ Action }: Statement) => [Action].flat();
const resourcesOf = ({ Resource }: Statement) => [Resource].flat();
const ofService = (name: LambdaFunction, service: string) =>
  permissionsOf(template, name).filter((one) =>
    actionsOf(one).some((action) => action.startsWith(`${service}:`)),
  );

const unattended: LambdaFunction[] = ['announce', 'sweep', 'enforce', 'watch', 'reconcile'];
const streaming: LambdaFunction[] = ['announce', 'enforce'];
/** The condition that only the code of that one function meets. */
const fromCodeOf = (name: LambdaFunction) => ({
  ArnEquals: {
    'lambda:SourceFunctionArn': `arn:aws:lambda:${deployment.region}:${deployment.account}:function:${deployment.name}-${name}`,
  },
});

describe('who may become somebody else', () => {
  // Where CloudTrail tells this stack of it.
  const inOwnRegion = { StringEquals: { 'aws:RequestedRegion': deployment.region } };
  test('sessions may become target roles, by their path, with tags and the identity of who asked', () => {
    expect(ofService('sessions', 'sts')).toEqual([
      {
        Sid: 'BecomeTargetRoles',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Resource: `arn:aws:iam::*:role${deployment.targets.path}*`,
        Condition: { ...inOwnRegion, ...fromCodeOf('sessions') },
      },
    ]);
  });
  test('enforce may become the revoker, by its name', () => {
    expect(ofService('enforce', 'sts')).toEqual([
      {
        Sid: 'BecomeTheRevoker',
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: `arn:aws:iam::*:role${deployment.targets.revoker}`,
        Condition: { ...inOwnRegion, ...fromCodeOf('enforce') },
      },
    ]);
  });
  test('nobody else may become anybody', () => {
    const assume = given.filter((one) => actionsOf(one).some((action) => /^(sts|iam):/.test(action)));
    expect(assume.map(({ Sid }) => Sid)).toEqual(['BecomeTargetRoles', 'BecomeTheRevoker']);
  });
  test.each(lambdaFunctions)('the role of %s has the name that others know it by', (name) => {
    const names = ofType('AWS::IAM::Role').map(([, { Properties }]) => Properties.RoleName);
    expect(names).toContain(`${deployment.name}-${name}`);
  });
  test.each(lambdaFunctions)('so has the function %s, and no other has its name', (name) => {
    const named = ofType('AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.FunctionName === `${deployment.name}-${name}`,
    );
    expect(named.map(([, { Properties }]) => JSON.stringify(Properties.Role))).toEqual([
      expect.stringContaining(`"Functions${name.slice(0, 1).toUpperCase()}${name.slice(1)}ExecutionRole`),
    ]);
  });
  test('a role of a Lambda is its alone, and nothing but Lambda may take it', () => {
    const roles = ofType('AWS::Lambda::Function').map(([, { Properties }]) =>
      JSON.stringify(Properties.Role),
    );
    expect(new Set(roles).size).toBe(roles.length);
    const trusted = ofType('AWS::IAM::Role').map(([, { Properties }]) =>
      resolve(Properties.AssumeRolePolicyDocument),
    );
    for (const document of trusted) {
      expect(document).toMatchObject({
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Principal: {
              Service: expect.stringMatching(/^(lambda|apigateway|events|chatbot)\.amazonaws\.com$/),
            },
          },
        ],
      });
    }
  });
});

describe('how little that is', () => {
  test('no action is a pattern', () => {
    expect(given.flatMap(actionsOf).filter((action) => /[*?]/.test(action))).toEqual([]);
  });
  test('a resource is a pattern only where its names are not known here', () => {
    const patterns = given
      .filter((one) => resourcesOf(one).some((resource) => /[*?]/.test(resource)))
      .filter(({ Sid }) => Sid !== 'WriteOwnLog');
    expect(new Set(patterns.map(({ Sid }) => Sid))).toEqual(
      // Accounts and roles of others; what has no resource; files whose names carry a hash.
      new Set(['BecomeTargetRoles', 'BecomeTheRevoker', 'FindTheStream', 'WriteFiles']),
    );
    const find = given.filter(({ Sid }) => Sid === 'FindTheStream');
    expect(new Set(find.flatMap(actionsOf))).toEqual(new Set(['dynamodb:ListStreams']));
  });
  test('logs are written to the own group alone', () => {
    const groups = lambdaFunctions.flatMap((name) => ofService(name, 'logs').flatMap(resourcesOf));
    expect(new Set(groups).size).toBe(lambdaFunctions.length);
    expect(groups.filter((group) => !/:log-group:\w+:\*$/.test(group))).toEqual([]);
  });
  test('whole tables are read by nobody, and entries are changed by nobody', () => {
    const all = new Set(given.flatMap(actionsOf).filter((action) => action.startsWith('dynamodb:')));
    expect([...all].filter((action) => /Scan|Batch|PartiQL|Export|Table$/.test(action))).toEqual([
      'dynamodb:DescribeTable',
    ]);
    const changing = given.filter((one) =>
      actionsOf(one).some((action) => /:(Update|Delete)Item$/.test(action)),
    );
    expect(JSON.stringify(changing)).not.toContain('ENTRIES');
  });
  test('only enforce deletes anything: what is queued to be ended, and its claim on an account', () => {
    const deleting = given.filter((one) => actionsOf(one).includes('dynamodb:DeleteItem'));
    expect(deleting).toEqual(
      ofService('enforce', 'dynamodb').filter(({ Sid }) => Sid === 'DeleteItemOfItsKinds'),
    );
    expect(deleting).toMatchObject([
      {
        Action: 'dynamodb:DeleteItem',
        Condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ENFORCEMENT#*', 'ENFORCING#*'] },
          ...fromCodeOf('enforce'),
        },
      },
    ]);
  });
  test('every write and read of the table itself names its kinds', () => {
    const onTable = given.filter(
      (one) =>
        actionsOf(one).some((action) => action.startsWith('dynamodb:')) &&
        resourcesOf(one).some((resource) => /:table\/\w+$/.test(resource)) &&
        !actionsOf(one).includes('dynamodb:DescribeTable'),
    );
    expect(onTable.length).toBeGreaterThan(15);
    for (const { Condition } of onTable) {
      expect(Object.keys(Condition ?? {})).toEqual(['ForAllValues:StringLike', 'ArnEquals']);
    }
  });
  test.each(lambdaFunctions)(
    'the code of %s alone uses its role, but for what AWS does in its name',
    (name) => {
      const all = permissionsOf(template, name);
      const isOfCode = ({ Condition }: Statement) =>
        Condition?.ArnEquals?.['lambda:SourceFunctionArn'] !== undefined;
      for (const { Condition } of all.filter(isOfCode)) expect(Condition).toMatchObject(fromCodeOf(name));
      // Lambda does not say for which function it reads the stream or keeps a dead letter.
      const inItsName = all.filter((one) => !isOfCode(one));
      const withKey = inItsName.filter(({ Sid }) => /^(De|En)crypt/.test(Sid ?? ''));
      for (const { Condition } of withKey) {
        expect(Object.keys(Condition?.StringEquals ?? {})).toEqual(['kms:ViaService']);
      }
      const others = inItsName.filter((one) => !withKey.includes(one)).map(({ Sid }) => Sid);
      expect(others).toEqual([
        'WriteOwnLog',
        ...(unattended.includes(name) ? ['TellTheDeadLetters'] : []),
        ...(streaming.includes(name) ? ['HearOfWhatIsNew', 'FindTheStream'] : []),
      ]);
    },
  );
  test('a policy fits into what IAM takes, 6,144 characters', () => {
    for (const [id, { Properties }] of ofType('AWS::IAM::ManagedPolicy')) {
      expect([id, JSON.stringify(resolve(Properties.PolicyDocument)).length < 6144]).toEqual([id, true]);
    }
  });
});

test('watch asks who is subscribed to every topic there is, which its variables name, and may do nothing else with them', () => {
  const topics = ofType('AWS::SNS::Topic').map(([id]) => resolve({ Ref: id }));
  expect(topics).toHaveLength(3);
  const may = ofService('watch', 'sns');
  expect(may.flatMap(actionsOf)).toEqual(['sns:ListSubscriptionsByTopic']);
  expect(may.flatMap(resourcesOf).sort()).toEqual([...topics].sort());
  const [[, lambda] = ['', undefined]] = ofType('AWS::Lambda::Function').filter(([id]) =>
    id.startsWith('FunctionsWatch'),
  );
  const { Variables } = resolve(lambda?.Properties.Environment) as { Variables: Record<string, string> };
  const { TOPIC_ARN, CHAT_TOPIC_ARN, ALARM_TOPIC_ARN, ALARM_ADDRESSES } = Variables;
  expect([TOPIC_ARN, CHAT_TOPIC_ARN, ALARM_TOPIC_ARN].sort()).toEqual([...topics].sort());
  expect(ALARM_TOPIC_ARN).toContain('Alarms');
  expect(ALARM_ADDRESSES).toBe(deployment.alarms.address.join(','));
});

test('the table itself refuses whoever would change history, administrators too', () => {
  const [[, { Properties }] = ['', { Properties: {} as Record<string, unknown> }]] =
    ofType('AWS::DynamoDB::Table');
  expect(resolve(Properties.ResourcePolicy)).toMatchObject({
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Condition: {
            ArnNotEquals: {
              'aws:PrincipalArn': ['requests', 'reviews', 'sessions', 'announce', 'sweep', 'enforce'].map(
                (name) => `arn:aws:iam::${deployment.account}:role/${deployment.name}-${name}`,
              ),
            },
          },
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: expect.arrayContaining([
            'dynamodb:UpdateItem',
            'dynamodb:DeleteItem',
            'dynamodb:BatchWriteItem',
          ]),
          Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['ENTRIES#*'] } },
        },
      ],
    },
  });
});

test('API Gateway may invoke what it serves, route by route, and nobody else but the schedules may', () => {
  const invoked = ofType('AWS::Lambda::Permission').map(
    ([, { Properties }]) => resolve(Properties) as object,
  );
  for (const permission of invoked) {
    expect(permission).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: expect.stringMatching(/^(apigateway|events)\.amazonaws\.com$/),
      SourceArn: expect.any(String),
    });
  }
});
