import { describe, expect, test } from 'vitest';
import { envSchemas, type LambdaFunction, parseEnv } from '../../api/env.ts';
import { lambdaFunctions } from '../../infra/bundles.ts';
import { deployment, resolverOf, synthesize } from './synthesized.ts';

const { template, stack } = synthesize();
const resources = Object.values(template.Resources);
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);

function functionOf(name: LambdaFunction) {
  const [id] = Object.entries(template.Resources).find(
    ([logicalId, { Type }]) =>
      Type === 'AWS::Lambda::Function' &&
      logicalId.startsWith(`Functions${name.slice(0, 1).toUpperCase()}${name.slice(1)}Function`),
  ) ?? [''];
  return template.Resources[id]?.Properties as {
    Environment: { Variables: Record<string, unknown> };
    Runtime: string;
    Handler: string;
    Architectures: string[];
    Timeout: number;
    KmsKeyArn: unknown;
  };
}

describe('every Lambda', () => {
  test.each(lambdaFunctions)('%s gets the variables that it wants, and no others', (name) => {
    const { Variables } = functionOf(name).Environment;
    const values = resolverOf(template)(Variables) as Record<string, string>;
    expect(parseEnv(name, values)).toBeDefined();
    expect(Object.keys(envSchemas[name].shape)).toEqual(expect.arrayContaining(Object.keys(values)));
  });
});

test('the stack is bound to its account and region, and not deleted by mistake', () => {
  expect(stack).toMatchObject({
    account: deployment.account,
    region: deployment.region,
    terminationProtection: true,
  });
  expect(ofType('AWS::DynamoDB::Table')).toMatchObject([
    { DeletionPolicy: 'Retain', Properties: { DeletionProtectionEnabled: true } },
  ]);
});
