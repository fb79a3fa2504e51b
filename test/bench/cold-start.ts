import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { LambdaFunction } from '../../api/env.ts';
import { type Bundle, type Bundles, lambdaFunctions } from '../../infra/bundles.ts';
import { everyVariable } from '../support/variables.ts';
import { bareNodeMs, budgets } from './budgets.ts';
import { percentile } from './report.ts';

/** How long a Lambda's module takes to load in a fresh Node process: the part of a cold start that is in our hands. */
export interface ColdStart {
  readonly lambda: LambdaFunction;
  /** of the bundle */
  readonly kibibytes: number;
  /** Milliseconds above bare Node: from the first line of the module to the last, of everything it imports as well. */
  readonly elapsed: number;
  /** The same of the processor's time, which does not grow with whatever else the machine does. */
  readonly worked: number;
  /** the most that `worked` may be, on a machine as fast as this one */
  readonly budget: number;
}

export interface ColdStarts {
  /** milliseconds of the processor's time in which Node starts, before anything of ours */
  readonly bare: number;
  readonly lambdas: readonly ColdStart[];
}

interface Load {
  readonly bare: number;
  readonly elapsed: number;
  readonly worked: number;
}

/** The main thread's own time: what Node does beside it (compiling, collecting) nobody waits for. */
const load = `
const ms = ({ user, system }) => (user + system) / 1000;
const before = process.threadCpuUsage();
const begun = performance.now();
await import(process.argv[1]);
const elapsed = performance.now() - begun;
const worked = ms(process.threadCpuUsage(before));
console.log(JSON.stringify({ bare: ms(before), elapsed, worked }));
process.exit(0);`;

/** Loads each bundle that many times; all numbers are medians. NB. They take turns, so that all of them meet the same machine. */
export async function coldStarts(bundles: Bundles, rounds: number): Promise<ColdStarts> {
  const loads = new Map<LambdaFunction, Load[]>(lambdaFunctions.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of lambdaFunctions) loads.get(name)?.push(await loadOnce(bundles[name]));
  }
  const median = (of: keyof Load, taken: readonly Load[]) =>
    percentile(
      taken.map((one) => one[of]),
      50,
    );
  const bare = median('bare', [...loads.values()].flat());
  const lambdas = [...loads].map(([lambda, taken]) => ({
    lambda,
    kibibytes: Math.ceil(bundles[lambda].bytes / 1024),
    elapsed: median('elapsed', taken),
    worked: median('worked', taken),
    budget: Math.round((budgets[lambda].loadMs * bare) / bareNodeMs),
  }));
  return { bare, lambdas };
}

async function loadOnce({ module, policyFile }: Bundle): Promise<Load> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', load, pathToFileURL(module).href],
    { env: { ...everyVariable, ...(policyFile !== null && { POLICY_FILE: policyFile }) } },
  );
  return JSON.parse(stdout);
}
