import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaFunction } from '../../api/env.ts';
import type { RouteName } from '../../api/routes.ts';
import type { Measured, Use } from '../../infra/operations/measured.ts';
import type { ColdStart } from './cold-start.ts';
import { probes } from './probes.ts';
import { mean, type Row } from './report.ts';
import { unattended } from './site.ts';

/** What the costs are computed from: of each route the mean of its probes in one site. */
export function measuredOf(
  rows: readonly Row[],
  site: { readonly name: string; readonly requests: number; readonly storedBytes: number },
  lambdas: readonly ColdStart[],
  on: string,
): Measured {
  const here = rows.filter((row) => row.site === site.name);
  const use = (name: string): Use => {
    const own = here.filter(({ route }) => route === name);
    const meanOf = (part: (row: Row) => number) => round(mean(own.map(part)));
    return {
      ms: meanOf(({ p50 }) => p50),
      read: meanOf(({ read }) => read),
      write: meanOf((row) => row.write),
    };
  };
  const each = <Name extends string, Value>(names: readonly Name[], of: (name: Name) => Value) =>
    Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Value>;
  const loads = lambdas.map(({ lambda, worked }) => [lambda, round(worked)]);
  return {
    on,
    requests: site.requests,
    routes: each(Object.keys(probes) as RouteName[], use),
    unattended: each(unattended, use),
    loads: Object.fromEntries(loads) as Record<LambdaFunction, number>,
    storedBytes: Math.round(site.storedBytes),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Bytes of a table and its indexes. */
export async function sizeOfTable(endpoint: string, TableName: string): Promise<number> {
  const dynamoDb = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'BENCHMARKSIZE', secretAccessKey: 'local' },
  });
  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
  dynamoDb.destroy();
  const indexes = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexSizeBytes = 0 }) => IndexSizeBytes);
  return indexes.reduce((sum, bytes) => sum + bytes, Table?.TableSizeBytes ?? 0);
}
