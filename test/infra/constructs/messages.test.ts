import { describe, expect, test } from 'vitest';
import { resolverOf, synthesize } from '../synthesized.ts';

const { template } = synthesize();
const resolve = resolverOf(template);
const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
const propertiesOf = (type: string) => ofType(type).map(([, { Properties }]) => Properties);
interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const statementsOf = (document: unknown) => (document as { Statement: Statement[] }).Statement;
const roleIds = (name: string) =>
  ofType('AWS::IAM::Role')
    .map(([id]) => id)
    .filter((id) => id.startsWith(`Functions${name}Execution`));
const senders = [...roleIds('Announce'), ...roleIds('Sweep')].map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }));

describe('the topics', () => {
  const topics = ofType('AWS::SNS::Topic').filter(([id]) => id.startsWith('Messages'));
  const policies = ofType('AWS::SNS::TopicPolicy').filter(([id]) => id.startsWith('Messages'));

  test('are two, under the key of Stepladder', () => {
    expect(topics).toHaveLength(2);
    for (const [, { Properties }] of topics) expect(Properties.KmsMasterKeyId).toBeDefined();
  });

  test('take nothing without TLS, and nothing but from those that announce', () => {
    expect(senders).toHaveLength(2);
    expect(policies).toHaveLength(2);
    for (const [, { Properties }] of policies) {
      const denied = statementsOf(Properties.PolicyDocument).filter(({ Effect }) => Effect === 'Deny');
      expect(denied).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          expect.objectContaining({
            Action: 'sns:Publish',
            Principal: '*',
            Condition: { StringNotEquals: { 'aws:PrincipalArn': senders } },
          }),
        ]),
      );
      expect(statementsOf(Properties.PolicyDocument).filter(({ Effect }) => Effect === 'Allow')).toEqual([]);
    }
  });

  test('tell each reviewer what is for reviewers', () => {
    const own = ofType('AWS::SNS::Subscription').filter(([id]) => id.startsWith('Messages'));
    expect(own.map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({
        Protocol: 'email',
        Endpoint: 'reviewers@example.com',
        FilterPolicy: { audience: ['reviewers'] },
      }),
    ]);
  });
});

describe('the bus', () => {
  test('is under the key, keeps an archive, and takes nothing from anybody else', () => {
    expect(propertiesOf('AWS::Events::EventBus')).toMatchObject([
      { Name: 'stepladder', KmsKeyIdentifier: expect.anything() },
    ]);
    expect(propertiesOf('AWS::Events::Archive')).toMatchObject([
      { RetentionDays: 365, KmsKeyIdentifier: expect.anything() },
    ]);
    expect(propertiesOf('AWS::Events::EventBusPolicy')).toMatchObject([
      {
        Statement: {
          Effect: 'Deny',
          Principal: '*',
          Action: 'events:PutEvents',
          Condition: { StringNotEquals: { 'aws:PrincipalArn': senders } },
        },
      },
    ]);
  });

  test('has its schemas in the registry', () => {
    const schemas = propertiesOf('AWS::EventSchemas::Schema');
    expect(schemas.map(({ SchemaName }) => SchemaName).sort()).toEqual(['request-event', 'session-event']);
    for (const { Content, Type } of schemas) {
      expect(Type).toBe('JSONSchemaDraft4');
      expect(JSON.parse(String(Content))).toMatchObject({ type: 'object' });
    }
  });
});

describe('the chat', () => {
  test('is told of by Amazon Q Developer, and nobody does anything with AWS from there', () => {
    const channels = [
      ...propertiesOf('AWS::Chatbot::SlackChannelConfiguration'),
      ...propertiesOf('AWS::Chatbot::MicrosoftTeamsChannelConfiguration'),
    ];
    expect(channels).toHaveLength(2);
    for (const { GuardrailPolicies } of channels) {
      expect(resolve(GuardrailPolicies)).toEqual([expect.stringMatching(/:iam::aws:policy\/AWSDenyAll$/)]);
    }
    const [[, role] = []] = ofType('AWS::IAM::Role').filter(([id]) => id.startsWith('MessagesChat'));
    expect(Object.keys(role?.Properties ?? {}).sort()).toEqual(['AssumeRolePolicyDocument', 'Description']);
  });
});

describe('who may send', () => {
  const policies = ofType('AWS::IAM::ManagedPolicy').map(([id, { Properties }]) => ({
    id,
    statements: statementsOf(Properties.PolicyDocument),
  }));
  const allowed = (action: string) =>
    policies.flatMap(({ id, statements }) =>
      statements.filter(({ Action }) => [Action].flat().includes(action)).map((one) => ({ id, ...one })),
    );

  test.each(['sns:Publish', 'events:PutEvents', 'ses:SendEmail'])(
    '%s: the two that announce, nobody else',
    (action) => {
      const ids = allowed(action).map(({ id }) => id);
      expect(ids.map((id) => id.replace(/Execution.*$/, '')).sort()).toEqual([
        'FunctionsAnnounce',
        'FunctionsSweep',
        // Which has the alarms' topic, and no other.
        ...(action === 'sns:Publish' ? [expect.stringMatching(/^GuardPublisherPolicy/)] : []),
      ]);
    },
  );

  test('mail only as the sender', () => {
    for (const { Resource, Condition } of allowed('ses:SendEmail')) {
      expect(Condition).toMatchObject({ StringEquals: { 'ses:FromAddress': 'stepladder@example.com' } });
      expect([resolve(Resource)].flat()).toEqual([
        expect.stringMatching(/:identity\/stepladder@example\.com$/),
        expect.stringMatching(/:identity\/example\.com$/),
      ]);
    }
  });
});

test('without a chat and a sender there is neither', () => {
  const { template: bare } = synthesize({ notifications: { reviewers: [] } });
  const own = Object.entries(bare.Resources).filter(([id]) => id.startsWith('Messages'));
  const types = own.map(([, { Type }]) => Type);
  expect(types.filter((type) => type === 'AWS::SNS::Topic')).toHaveLength(1);
  expect(types.filter((type) => /Chatbot|Subscription/.test(type))).toEqual([]);
  expect(JSON.stringify(bare)).not.toMatch(/ses:SendEmail|CHAT_TOPIC_ARN|"SENDER"/);
});
