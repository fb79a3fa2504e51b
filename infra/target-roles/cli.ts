import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DeploymentConfig, readConfig } from '../config.ts';
import { type PlacedProblem, problemLine, readText } from '../policy/source-text.ts';
import { type TargetAccount, targetTrust } from './documents.ts';
import { resourceControlPolicy, serviceControlPolicy } from './organization-policies.ts';
import { readRoles, type TargetRole } from './roles-file.ts';
import { targetRoleTemplate, templateBytes, templateText } from './template.ts';
import { terraformVariables } from './terraform-variables.ts';

/** `npm run target-roles`: what target accounts need, for the names of one deployment. Asks nobody, needs no network. */

const usage = `Usage: npm run target-roles -- --config=deployment.yaml --roles=target-roles.yaml --out=folder [--deployer=path/name]...

  --config    the deployment of the broker
  --roles     the target roles, and what each may do; infra/target-roles/target-roles.yaml is one to begin with
  --out       folder for the template, the variables of the Terraform module and the organization's policies
  --deployer  name of a role, with its path, that the service control policy lets change target roles besides StackSets

Exit code 1: a file is not as it has to be; 2: bad arguments.`;

const done = 0;
const found = 1;
const badArguments = 2;

/** The arguments are wrong: a sentence for whoever typed them. */
class BadArguments extends Error {
  override readonly name = 'BadArguments';
}

/** @returns the exit code */
function main(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string', default: '' },
      roles: { type: 'string', default: '' },
      out: { type: 'string', default: '' },
      deployer: { type: 'string', multiple: true, default: [] },
    },
  });
  const { config: configFile, roles: rolesFile, out, deployer } = values;
  if (configFile === '' || rolesFile === '' || out === '')
    throw new BadArguments('Name the files and the folder.');
  const strange = deployer.find((name) => !/^([\w+=,.@-]+\/)*[\w+=,.@*-]{1,64}$/.test(name));
  if (strange !== undefined) throw new BadArguments(`--deployer=${strange} is not the name of a role.`);
  const reading = readConfig(configFile);
  const roles = readRolesFile(rolesFile);
  if (!reading.ok || !roles.ok) {
    return complain([...(reading.ok ? [] : reading.problems), ...(roles.ok ? [] : roles.problems)]);
  }
  const account = targetAccount(reading.config);
  const wrong = unfit(account);
  if (wrong !== undefined) {
    return complain([{ file: configFile, line: 1, column: 1, path: ['targets'], message: wrong }]);
  }
  write(out, filesOf(account, roles.roles, reading.config.partition, deployer));
  return done;
}

function readRolesFile(file: string) {
  const text = readText(file);
  if (typeof text === 'string') return readRoles(text, file);
  const message = `could not be read: ${text.reason}`;
  return { ok: false, problems: [{ file, line: 1, column: 1, path: [], message }] } as const;
}

function complain(problems: readonly PlacedProblem[]): number {
  for (const problem of problems) console.error(problemLine(problem));
  return found;
}

function targetAccount({ account, name, targets }: DeploymentConfig): TargetAccount {
  const { path, externalIds, endLiveSessions, boundary, revoker } = targets;
  return {
    ...{ brokerAccount: account, name, path },
    externalIds: externalIds.filter((one) => one !== undefined),
    ending: endLiveSessions ? { boundary, revoker } : null,
  };
}

/** IAM User Guide, "IAM and AWS STS quotas": characters of a trust policy, unless AWS was asked for more. */
const trustLength = 2048;

function unfit(account: TargetAccount): string | undefined {
  return JSON.stringify(targetTrust(account)).length > trustLength
    ? `the external id is too long: a trust policy has ${trustLength} characters`
    : undefined;
}

function filesOf(
  account: TargetAccount,
  roles: readonly TargetRole[],
  partition: string,
  deployers: readonly string[],
): Record<string, string> {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'target-roles.template.yaml': templateText(targetRoleTemplate(account, roles)),
    'stepladder.auto.tfvars.json': json(terraformVariables(account, roles)),
    'service-control-policy.json': json(serviceControlPolicy(account, partition, deployers)),
    'resource-control-policy.json': json(resourceControlPolicy(account, partition)),
  };
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, text);
    const bytes = Buffer.byteLength(text);
    const large = name.endsWith('.yaml') && bytes > templateBytes;
    console.log(`wrote ${path}${large ? `: ${bytes} bytes, so CloudFormation takes it from S3 alone` : ''}`);
  }
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  const isParsing =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(isParsing || error instanceof BadArguments)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = badArguments;
}
