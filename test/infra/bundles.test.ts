import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { InvalidPolicy } from '../../api/policy.ts';
import { type Bundles, bundleLambdas, handlerName, lambdaFunctions } from '../../infra/bundles.ts';
import { fileOf, ruleOf } from '../api/policy-documents.ts';
import { budgets } from '../bench/budgets.ts';
import { everyVariable } from '../support/variables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const policy = fileOf(ruleOf('deploy'));
let directory: string;
let bundles: Bundles;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stepladder-bundles-'));
  bundles = await bundleLambdas({ directory: join(directory, 'bundles'), policy });
});
afterAll(() => rmSync(directory, { recursive: true }));

const text = (path: string) => readFileSync(path, 'utf8');
const perLambda = <T>(of: (bundle: Bundles[keyof Bundles]) => T) =>
  Object.fromEntries(lambdaFunctions.map((name) => [name, of(bundles[name])]));

test('a folder per Lambda holds the module, and the policy where its variables name one', () => {
  const both = ['index.mjs', 'policy.json'];
  expect(perLambda((bundle) => readdirSync(bundle.directory).sort())).toEqual({
    authorizer: both,
    requests: both,
    reviews: both,
    sessions: both,
    audit: ['index.mjs'],
    announce: ['index.mjs'],
    sweep: ['index.mjs'],
    watch: ['index.mjs'],
    reconcile: ['index.mjs'],
    enforce: ['index.mjs'],
  });
  const policies = Object.values(bundles).flatMap(({ policyFile }) => policyFile ?? []);
  expect(policies.map((file) => JSON.parse(text(file)))).toEqual([policy, policy, policy, policy]);
});

test('from the same come the same bytes, in another folder and whatever NODE_ENV says', async () => {
  const digest = ({ module }: Bundles[keyof Bundles]) =>
    createHash('sha256').update(readFileSync(module)).digest('hex');
  const first = perLambda(digest);
  vi.stubEnv('NODE_ENV', 'development');
  const again = await bundleLambdas({ directory: join(directory, 'else', 'where'), policy });
  vi.unstubAllEnvs();
  expect(Object.fromEntries(lambdaFunctions.map((name) => [name, digest(again[name])]))).toEqual(first);
});

test.each(lambdaFunctions)('%s loads where nothing but its folder is', async (name) => {
  const [file, exported] = handlerName.split('.');
  const load = `const module = await import('./${file}.mjs'); console.log(typeof module.${exported})`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', load], {
    cwd: bundles[name].directory,
    env: { ...everyVariable, POLICY_FILE: 'policy.json' },
  });
  expect(stdout).toBe('function\n');
});

test.each(lambdaFunctions)('%s is within its budget, and near it', (name) => {
  const kibibytes = bundles[name].bytes / 1024;
  expect(kibibytes).toBeLessThanOrEqual(budgets[name].kibibytes);
  expect(kibibytes).toBeGreaterThan(0.9 * budgets[name].kibibytes);
});

/** The folders that a package was taken from, for each package that was taken from several. */
function severalTimes(sources: Iterable<string>): string[][] {
  const places = new Map<string, Set<string>>();
  for (const source of sources) {
    const found = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source);
    const [place, name] = [found?.[0], found?.[1]];
    if (place === undefined || name === undefined) continue;
    places.set(name, (places.get(name) ?? new Set()).add(place));
  }
  return [...places.values()].filter(({ size }) => size > 1).map((several) => [...several]);
}

test('no bundle holds a package twice', () => {
  const commons = ['node_modules/@a/commons', 'node_modules/b/node_modules/@a/commons'];
  expect(severalTimes(['api/a.ts', 'node_modules/b/b.js', ...commons.map((one) => `${one}/c.js`)])).toEqual([
    commons,
  ]);
  expect(perLambda(({ sources }) => severalTimes(sources.keys()))).toEqual(perLambda(() => []));
});

test('a bundle is made of the product server side and its dependencies, and of nothing else', () => {
  const { dependencies } = JSON.parse(text(join(root, 'package.json')));
  expect(Object.keys(dependencies)).toContain('zod');
  const strange = ({ sources }: Bundles[keyof Bundles]) =>
    [...sources.keys()].filter(
      (path) => !/^(api|node_modules)\/|^rolldown\/runtime\.js$|^stand-in:/.test(path),
    );
  expect(perLambda(strange)).toEqual(perLambda(() => []));
  expect(perLambda(({ sources }) => [...sources.keys()].filter(isTestCode))).toEqual(perLambda(() => []));
});

function isTestCode(path: string): boolean {
  return /(^|\/)(tests?|__tests__|__mocks__)\/|\.(test|spec)\.[cm]?[jt]s$/.test(path);
}

test('no bundle can look for credentials, but in the variables of its Lambda', () => {
  const search = /credential-provider-(?!env\/)|nested-clients|token-providers/;
  const found = ({ sources }: Bundles[keyof Bundles]) =>
    [...sources.keys()].filter((path) => search.test(path));
  const standIn = 'stand-in:@aws-sdk/credential-provider-node';
  expect(perLambda(found)).toEqual({ ...perLambda(() => [standIn]), authorizer: [] });
});

test('no bundle says where it was made', () => {
  const places = [root, directory, tmpdir(), homedir(), process.execPath, 'file://', 'node_modules'];
  const said = ({ module }: Bundles[keyof Bundles]) => places.filter((place) => text(module).includes(place));
  expect(perLambda(said)).toEqual(perLambda(() => []));
});

test('nothing is made for a policy that is invalid', async () => {
  const elsewhere = join(directory, 'invalid');
  await expect(bundleLambdas({ directory: elsewhere, policy: { rules: 'none' } })).rejects.toThrow(
    InvalidPolicy,
  );
  expect(readdirSync(directory)).not.toContain('invalid');
});
