import { describe, expect, test } from 'vitest';
import { envSchemas, type LambdaFunction, parseEnv } from '../../api/env.ts';
import { lambdaFunctions } from '../../infra/bundles.ts';
import { nextSteps } from '../../infra/deploy/next-steps.ts';
import { exampleOf } from './deployment-text.ts';
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

test('says all that people are told after a deployment', () => {
  const outputs = Object.fromEntries(Object.keys(template.Outputs).map((name) => [name, `<${name}>`]));
  const config = { ...exampleOf('okta'), domain: { name: 'stepladder.example.com', certificate: '' } };
  const told = [...nextSteps(config, outputs).matchAll(/<(\w+)>/g)].map(([, name]) => name);
  expect(new Set(told)).toEqual(
    new Set(['Url', 'DistributionDomain', 'SessionsRoleArn', 'EnforceRoleArn', 'SessionsFunction']),
  );
  expect(template.Outputs.SessionsFunction?.Value).toEqual({
    Ref: expect.stringMatching(/^FunctionsSessionsFunction/),
  });
});

test('two deployments in one region do not count each other in their metrics', () => {
  const metricsOf = (from: typeof template) =>
    Object.values(from.Resources).flatMap(({ Type, Properties }) => {
      if (Type === 'AWS::WAFv2::WebACL')
        return [(Properties.VisibilityConfig as { MetricName: string }).MetricName];
      if (Type !== 'AWS::Logs::MetricFilter') return [];
      const metrics = Properties.MetricTransformations as { MetricNamespace: string; MetricName: string }[];
      return metrics.map(({ MetricNamespace, MetricName }) => `${MetricNamespace} ${MetricName}`);
    });
  const [one, other] = [metricsOf(template), new Set(metricsOf(synthesize({ name: 'other' }).template))];
  expect(one.length).toBeGreaterThan(5);
  expect(one.filter((metric) => other.has(metric))).toEqual([]);
});
