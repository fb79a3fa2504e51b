import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Instant, instantOf, parseInstant } from '../../api/domain/instant.ts';
import { diffPolicies, mostKinds } from '../../api/domain/policy-diff.ts';
import type { Claims, Policy } from '../../api/domain/policy-document.ts';
import { limits } from '../../api/limits.ts';
import { policyFile } from '../../api/policy.ts';
import { duration } from '../../api/policy-values.ts';
import { differencesInWords, quotasInLines, stepUpInLines } from './diff-in-words.ts';
import { answer, answerInWords } from './explain.ts';
import { readPolicy } from './read-policy.ts';
import { schemaText } from './schema.ts';
import { problemLine } from './source-text.ts';

/** `npm run policy`: what a policy file says, checked, explained and compared. */

const usage = `Usage: npm run policy -- <command>

  lint [file...]         name every problem of the files; exit code 1 if there is one
  explain                which rule applies and why, its terms, and what would become of a request
    --account=111122223333 --role=Admin
    [--user-groups=a,b] [--group=a]... [--claim=department=payments]...
    [--at=2026-11-24T03:00:00Z] [--duration=60m] [--policy=file] [--json]
  diff old new [--json]  who gains or loses what, or gets other terms; exit code 1 if anybody does
  schema                 write the JSON Schema of the file, for editors

Where no file is named, it is infra/local/policy.yaml. Exit code 2: bad arguments, or no valid policy.`;

const done = 0;
const found = 1;
const trouble = 2;

/** The arguments are wrong: a sentence for whoever typed them. */
class BadArguments extends Error {
  override readonly name = 'BadArguments';
}

const here = (name: string) => relative('', fileURLToPath(new URL(name, import.meta.url)));
const localPolicy = here('../local/policy.yaml');

/** @returns the exit code */
function main([command, ...args]: readonly string[]): number {
  switch (command) {
    case 'lint':
      return lint(args);
    case 'explain':
      return explain(args);
    case 'diff':
      return diff(args);
    case 'schema':
      return schema(args);
    default:
      throw new BadArguments(command === undefined ? 'Name a command.' : `There is no command "${command}".`);
  }
}

function lint(args: string[]): number {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const readings = (positionals.length > 0 ? positionals : [localPolicy]).map((file) => {
    const reading = readPolicy(file);
    if (reading.ok) console.log(`${file}: ${inNumbers(reading.policy)}; no problems`);
    else for (const problem of reading.problems) console.log(problemLine(problem));
    return reading;
  });
  return readings.every(({ ok }) => ok) ? done : found;
}

function inNumbers({ rules, accounts, targets }: Policy): string {
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  return [count(rules.length, 'rule'), count(accounts.size, 'account'), count(targets.length, 'target')].join(
    ', ',
  );
}

function explain(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      'user-groups': { type: 'string', multiple: true, default: [] },
      // NB. For names that have a comma, as those of a directory do.
      group: { type: 'string', multiple: true, default: [] },
      claim: { type: 'string', multiple: true, default: [] },
      account: { type: 'string', default: '' },
      role: { type: 'string', default: '' },
      at: { type: 'string' },
      duration: { type: 'string', default: '60m' },
      policy: { type: 'string', default: localPolicy },
      json: { type: 'boolean', default: false },
    },
  });
  const { account, role } = values;
  if (!/^\d{12}$/.test(account)) throw new BadArguments('--account is 12 digits.');
  if (role === '') throw new BadArguments('--role is the name of an IAM role.');
  const listed = values['user-groups'].flatMap((text) => text.split(','));
  const question = {
    groups: [...listed, ...values.group].filter((group) => group !== ''),
    claims: claimsFrom(values.claim),
    target: { account, role },
    at: values.at === undefined ? instantOf(Date.now()) : instantFrom(values.at),
    durationMinutes: minutesFrom(values.duration),
  };
  const policy = policyFrom(values.policy);
  if (policy === null) return trouble;
  const found = answer(policy, question);
  console.log(values.json ? JSON.stringify(found, null, 2) : answerInWords(found).join('\n'));
  return done;
}

function claimsFrom(texts: readonly string[]): Claims {
  const claims = new Map<string, string[]>();
  for (const text of texts) {
    const split = text.indexOf('=');
    if (split < 1) throw new BadArguments('--claim is written --claim=department=payments.');
    const name = text.slice(0, split);
    claims.set(name, [...(claims.get(name) ?? []), text.slice(split + 1)]);
  }
  return Object.fromEntries(claims);
}

function instantFrom(text: string): Instant {
  const [whole = '', seconds = ':00'] = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.exec(text) ?? [];
  const instant = parseInstant(`${whole.slice(0, 16)}${seconds}.000Z`);
  if (instant === undefined) throw new BadArguments('--at is written 2026-11-24T03:00:00Z.');
  return instant;
}

function minutesFrom(text: string): number {
  const { min, max } = limits.duration;
  const minutes = duration(min, max).safeParse(text);
  if (!minutes.success) throw new BadArguments(`--duration is written 60m, from ${min}m to ${max / 60}h.`);
  return minutes.data;
}

function diff(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [old, now, ...more] = positionals;
  if (old === undefined || now === undefined || more.length > 0) throw new BadArguments('Name two files.');
  const [before, after] = [policyFrom(old), policyFrom(now)];
  if (before === null || after === null) return trouble;
  const compared = diffPolicies(before, after);
  const { differences, complete, stepUp, quotas } = compared;
  if (values.json) console.log(JSON.stringify(compared, null, 2));
  else {
    const lines = [
      ...differencesInWords(differences, [after, before]),
      ...stepUpInLines(stepUp),
      ...quotasInLines(quotas),
    ];
    for (const line of lines) console.log(line);
  }
  if (!complete) {
    console.error(`The policies name more than ${mostKinds} kinds of user: the others were not compared.`);
    return trouble;
  }
  return differences.length + stepUp.length + quotas.length > 0 ? found : done;
}

/** The policy of a file, or null after saying what is wrong with it. */
function policyFrom(file: string): Policy | null {
  const reading = readPolicy(file);
  if (reading.ok) return reading.policy;
  for (const problem of reading.problems) console.error(problemLine(problem));
  return null;
}

function schema(args: string[]): number {
  parseArgs({ args });
  const file = here('./policy.schema.json');
  writeFileSync(file, schemaText('Stepladder policy', policyFile));
  console.log(`wrote ${file}`);
  return done;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  const isParsing =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(isParsing || error instanceof BadArguments)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = trouble;
}
