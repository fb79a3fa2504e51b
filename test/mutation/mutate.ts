import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { pathsBelow, readSource } from '../support/source-file.ts';

/** Mutation tests, a source file at a time: README.md says how to read what it prints. */

/** The tests of a file are those named after it, and these. NB. All of them would kill more, and take a day. */
const furtherTests: Record<string, readonly string[]> = {
  'access-request': ['lifecycle', 'session-history'],
  approval: ['automatic', 'denials'],
  ask: ['denials'],
  backup: ['denials'],
  change: ['session-history', 'lifecycle', 'event'],
  creation: ['then-and-now', 'denials', 'lifecycle'],
  denial: ['denials'],
  guardrail: ['session'],
  identity: [
    ...['tokens', 'token-reasons', 'token-claims', 'token-headers', 'token-signatures'],
    ...['identity-profiles', 'provider-tokens'],
  ],
  'identity-profiles': ['provider-tokens', 'tokens'],
  'identity-name': ['session'],
  invitation: ['denials'],
  lifecycle: ['session-history', 'invitation', 'enforcement', 'denials', 'backup'],
  'message-in-words': ['message', 'backup'],
  'policy-assembly': ['policy', 'policy-for-everybody'],
  'policy-document': ['then-and-now', 'policy', 'policy-assembly', 'session', 'terms-in-words'],
  'policy-fields': ['policy', 'policy-assembly'],
  preflight: ['probe-policy'],
  'preflight-findings': ['preflight'],
  'quota-diff': ['policy-diff'],
  'rule-match': ['then-and-now', 'preflight', 'terms-in-words'],
  session: ['session-history', 'then-and-now', 'denials', 'backup'],
  status: ['lifecycle', 'denials', 'backup'],
  'step-up-diff': ['step-up'],
  'terms-in-words': ['policy-diff'],
  'token-claims': [
    ...['identity', 'identity-profiles', 'token-groups', 'token-reasons'],
    ...['tokens', 'provider-tokens'],
  ],
  'token-headers': ['fuzzed-headers', 'token-reasons'],
  'token-keys': ['issuer-keys'],
  'user-kind': ['policy-lint'],
};
const lowest = 90;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
});
const mutated = [
  ...pathsBelow('api/domain'),
  ...pathsBelow('api/http').filter((path) => /\/(identity(-profiles)?|token-[a-z]+)\.ts$/.test(path)),
];
const chosen = mutated.filter((path) => positionals.length === 0 || positionals.includes(basename(path)));
const tests = ['test/api', 'test/security'].flatMap(pathsBelow).filter(isDecisive);

const counts: { path: string; detected: number; all: number }[] = [];
for (const path of chosen) {
  if (testsOf(path).length === 0) {
    console.error(`${path}: not measured, its tests need the database`);
    continue;
  }
  const results = await mutate(path);
  counts.push({ path, ...counted(results) });
}
for (const { path, detected, all } of [...counts, { path: 'all', ...sumOf(counts) }]) {
  console.log(`${path}: ${detected} of ${all}, ${((100 * detected) / all).toFixed(1)} %`);
}
const low = counts.filter(({ detected, all }) => detected < (lowest / 100) * all);
for (const { path } of low) console.error(`${path}: below ${lowest} %`);
if (low.length > 0) process.exitCode = 1;

/** Whether it is a file of tests that need no database. */
function isDecisive(path: string): boolean {
  return (
    path.endsWith('.test.ts') && !readSource(path).imports.some(({ from }) => from.endsWith('/store.ts'))
  );
}

function testsOf(path: string): string[] {
  const name = basename(path, '.ts');
  const names = new Set([name, ...(furtherTests[name] ?? [])]);
  return tests.filter((test) => names.has(basename(test).split('.')[0] ?? ''));
}

async function mutate(path: string): Promise<MutantResult[]> {
  process.env.MUTATION_TESTS = testsOf(path).join(' ');
  const report = `reports/mutation/${basename(path, '.ts')}`;
  const stryker = new Stryker({
    mutate: [path],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', pool: 'forks', related: false },
    coverageAnalysis: 'perTest',
    concurrency: Number(values.concurrency),
    disableTypeChecks: false,
    // NB. Stryker would rewrite tsconfig.json with TypeScript's own functions, which TypeScript 7 no longer has.
    ignorePatterns: [
      'tsconfig.json',
      'web',
      'coverage',
      'dist',
      'reports',
      '.local',
      'test/e2e',
      'test/bench',
    ],
    reporters: ['clear-text', 'json', 'html'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
    jsonReporter: { fileName: `${report}.json` },
    htmlReporter: { fileName: `${report}.html` },
  });
  return stryker.runMutationTest();
}

function counted(results: readonly MutantResult[]) {
  // What already breaks the loading of a test is no mutant, by Stryker's own count.
  const valid = results.filter(({ status }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(status));
  const detected = valid.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  return { detected: detected.length, all: valid.length };
}

function sumOf(counts: readonly { detected: number; all: number }[]) {
  const sum = (of: 'detected' | 'all') => counts.reduce((before, one) => before + one[of], 0);
  return { detected: sum('detected'), all: sum('all') };
}
