import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { type PreflightBody, preflightBody, type TargetView } from '../../api/contract.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { problemLine } from '../policy/source-text.ts';
import { type Broker, brokerBehind, CouldNotAsk } from './ask.ts';
import { readAccess } from './local-access.ts';
import { reportInWords } from './report.ts';
import { goRound, healthOf, type Only, rolesOf } from './round.ts';
import { progressLine, roundInWords } from './round-report.ts';

/** `npm run doctor`: how target roles are set up, and what to fix. */

const usage = `Usage: npm run doctor -- --account=111122223333 --role=Admin [--json]
       npm run doctor -- --policy=policy.yaml [--account=111122223333] [--role=Admin] [--json]

  --account   of the target role, 12 digits
  --role      its name, without path
  --policy    a policy file: every role that it names, or those of them that are of --account and --role
  --function  name or ARN of the broker's sessions Lambda, if not in STEPLADDER_SESSIONS_FUNCTION; without either, the
              broker is the one that "npm start" runs on this machine
  --local     the directory of that one's data, if not .local
  --json      the findings for programs

Region and credentials come from the usual AWS variables. Exit code 0: every check passes; 1: one fails, or could not be
answered; 2: bad arguments, or no valid policy; 3: the broker could not be asked; 130: stopped by Ctrl-C.`;

const allPass = 0;
const found = 1;
const badArguments = 2;
const notAsked = 3;
const interrupted = 130;

/** The arguments are wrong: a sentence for whoever typed them. */
class BadArguments extends Error {
  override readonly name = 'BadArguments';
}

const options = {
  account: { type: 'string' },
  role: { type: 'string' },
  policy: { type: 'string' },
  function: { type: 'string' },
  local: { type: 'string', default: fileURLToPath(new URL('../../.local', import.meta.url)) },
  json: { type: 'boolean', default: false },
} as const;

interface Place {
  readonly function?: string | undefined;
  readonly local: string;
}

/** @returns the exit code */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options });
  const { account, role, policy, json } = values;
  if (policy === undefined) {
    const target = given(preflightBody, { account: account ?? '', role: role ?? '' });
    return askOne(values, target, json);
  }
  const only = given(preflightBody.partial(), { account, role });
  const roles = rolesIn(policy, only);
  return roles === null ? badArguments : askAll(values, roles, json);
}

function given<T>(schema: z.ZodType<T>, values: Only): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}.`);
  throw new BadArguments(problems.join('\n'));
}

/** The roles of the policy file, or null after saying what is wrong with it. */
function rolesIn(file: string, only: Only): TargetView[] | null {
  const reading = readPolicy(file);
  if (!reading.ok) {
    for (const problem of reading.problems) console.error(problemLine(problem));
    return null;
  }
  const roles = rolesOf(reading.policy, only);
  if (roles.length > 0) return roles;
  const isAny = only.account === undefined && only.role === undefined;
  throw new BadArguments(`${file} names no ${isAny ? 'role of any account' : 'such role'}.`);
}

async function askOne(place: Place, target: PreflightBody, json: boolean): Promise<number> {
  const preflight = await withBroker(place, (broker) => broker.ask(target));
  console.log(json ? JSON.stringify(preflight, null, 2) : reportInWords(preflight).join('\n'));
  return healthOf(preflight) === 'pass' ? allPass : found;
}

/** NB. What is going on goes to stderr, so that stdout is the report alone. */
async function askAll(place: Place, roles: readonly TargetView[], json: boolean): Promise<number> {
  const stop = new AbortController();
  // NB. More than once: npm passes on what the terminal has sent already, and the report is to be written all the same.
  process.on('SIGINT', () => stop.abort());
  let count = 0;
  const round = await withBroker(place, (broker) =>
    goRound(broker, roles, {
      signal: stop.signal,
      told: (visit) => console.error(progressLine(visit, ++count, roles.length)),
    }),
  );
  const { visits, stoppedBy } = round;
  if (stoppedBy !== null && visits.length === 0) throw stoppedBy;
  console.log(json ? JSON.stringify(visits, null, 2) : ['', ...roundInWords(round, roles.length)].join('\n'));
  if (stoppedBy !== null) throw stoppedBy;
  if (visits.length < roles.length) return interrupted;
  return visits.every((visit) => healthOf(visit) === 'pass') ? allPass : found;
}

async function withBroker<T>(place: Place, use: (broker: Broker) => Promise<T>): Promise<T> {
  const named = place.function ?? process.env.STEPLADDER_SESSIONS_FUNCTION ?? '';
  const broker = named === '' ? localBroker(place.local) : brokerBehind(named, {});
  try {
    return await use(broker);
  } finally {
    broker.close();
  }
}

function localBroker(directory: string): Broker {
  const access = readAccess(directory);
  if (access === undefined) {
    throw new CouldNotAsk(
      'No Stepladder runs on this machine. Start one with "npm start" in another terminal, or name the sessions Lambda of a broker with --function.',
      { ofAll: true },
    );
  }
  const { functionName, ...config } = access;
  return brokerBehind(functionName, config);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isParsing =
      error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (error instanceof CouldNotAsk) {
      console.error(error.message);
      process.exitCode = notAsked;
    } else if (isParsing || error instanceof BadArguments) {
      console.error(`${error.message}\n\n${usage}`);
      process.exitCode = badArguments;
    } else throw error;
  },
);
