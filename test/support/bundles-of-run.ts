import { inject } from 'vitest';
import type { LambdaFunction } from '../../api/env.ts';
import type { HostedBundles } from '../../infra/bundles.ts';

/** The bundled Lambdas of this run, without a policy: each stack has one of its own. @throws Error that says what did not bundle */
export async function bundlesOfRun(): Promise<HostedBundles> {
  const response = await fetch(inject('bundlesUrl'));
  if (!response.ok) throw new Error(await response.text());
  const modules = Object.entries(await response.json()) as [LambdaFunction, string][];
  const hosted = modules.map(([name, module]) => [name, { module, policyFile: null }]);
  return Object.fromEntries(hosted) as HostedBundles;
}
