import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type PreflightBody, preflightBody } from '../../api/contract.ts';
import { askLambda, CouldNotAsk } from './ask.ts';
import { readAccess } from './local-access.ts';
import { reportInWords } from './report.ts';

/** `npm run doctor`: how a target role is set up, and what to fix. */

const usage = `Usage: npm run doctor -- --account=111122223333 --role=Admin [--json]

  --account   of the target role, 12 digits
  --role      its name, without path
  --function  name or ARN of the broker's sessions Lambda, if not in STEPLADDER_SESSIONS_FUNCTION; without either, the
              broker is the one that "npm start" runs on this machine
  --local     the directory of that one's data, if not .local
  --json      the findings for programs

Region and credentials come from the usual AWS variables. Exit code 0: every check passes; 1: one fails, or could not be
answered; 2: bad arguments; 3: the broker could not be asked.`;

const allPass = 0;
const found = 1;
const badArguments = 2;
const notAsked = 3;

/** The arguments are wrong: a sentence for whoever typed them. */
class BadArguments extends Error {
  override readonly name = 'BadArguments';
}

/** @returns the exit code */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      account: { type: 'string', default: '' },
      role: { type: 'string', default: '' },
      function: { type: 'string' },
      local: { type: 'string', default: fileURLToPath(new URL('../../.local', import.meta.url)) },
      json: { type: 'boolean', default: false },
    },
  });
  const target = preflightBody.safeParse({ account: values.account, role: values.role });
  if (!target.success)
    throw new BadArguments(
      target.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}.`).join('\n'),
    );
  const named = values.function ?? process.env.STEPLADDER_SESSIONS_FUNCTION ?? '';
  const preflight =
    named === '' ? await askLocal(values.local, target.data) : await askLambda(named, target.data, {});
  console.log(values.json ? JSON.stringify(preflight, null, 2) : reportInWords(preflight).join('\n'));
  return preflight.findings.every(({ state }) => state === 'pass') ? allPass : found;
}

function askLocal(directory: string, target: PreflightBody) {
  const access = readAccess(directory);
  if (access === undefined) {
    throw new CouldNotAsk(
      'No Stepladder runs on this machine. Start one with "npm start" in another terminal, or name the sessions Lambda of a broker with --function.',
    );
  }
  const { functionName, ...config } = access;
  return askLambda(functionName, target, config);
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
