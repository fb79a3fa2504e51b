import { describe, expect, test } from 'vitest';
import { envSchemas } from '../../../api/env.ts';
import { lambdaFunctions } from '../../../infra/bundles.ts';
import { deploymentFile } from '../../../infra/deployment-file.ts';
import { synthesize } from '../synthesized.ts';

/** A stack that is deployed with a table that was restored from a backup uses that one, and leaves its own where it is. */

const restored = { table: 'stepladder-2026-11-28', stream: '2026-11-28T10:12:13.456' };
const { template } = synthesize({ restored });
const { template: usual } = synthesize();
const ofType = (type: string, from = template) =>
  Object.values(from.Resources).filter(({ Type }) => Type === type);

test('every Lambda that has a table has the restored one', () => {
  const tables = ofType('AWS::Lambda::Function')
    .map(({ Properties }) => (Properties.Environment as { Variables?: { TABLE_NAME?: unknown } })?.Variables)
    .flatMap((variables) => (variables?.TABLE_NAME === undefined ? [] : [variables.TABLE_NAME]));
  const wanted = lambdaFunctions.filter((name) => 'TABLE_NAME' in envSchemas[name].shape);
  expect(tables).toEqual(wanted.map(() => restored.table));
});

test('the stream is the restored table’s', () => {
  const mappings = ofType('AWS::Lambda::EventSourceMapping');
  expect(mappings).toHaveLength(2);
  for (const { Properties } of mappings) {
    expect(JSON.stringify(Properties.EventSourceArn)).toContain(
      `table/${restored.table}/stream/${restored.stream}`,
    );
  }
});

test('the old table is not in the stack any more, and was never one that a stack deletes', () => {
  expect(ofType('AWS::DynamoDB::Table')).toEqual([]);
  const [own] = Object.entries(usual.Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
  expect(own?.[1]).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { DeletionProtectionEnabled: true },
  });
  expect(JSON.stringify(template)).not.toContain(own?.[0]);
});

describe('deployment.yaml', () => {
  test('takes a table with the label of its stream', () => {
    expect(deploymentFile.shape.restored.safeParse(restored).data).toEqual(restored);
  });
  test.each([
    [{ table: restored.table }],
    [{ ...restored, table: 'arn:aws:dynamodb:eu-central-1:999988887777:table/another' }],
    [{ ...restored, stream: 'arn:aws:dynamodb:eu-central-1:999988887777:table/another/stream/2026' }],
    [{ ...restored, stream: '' }],
    [{ ...restored, more: 1 }],
  ])('refuses %j', (given) => {
    expect(deploymentFile.shape.restored.safeParse(given).success).toBe(false);
  });
});
