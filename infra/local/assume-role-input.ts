import { listOf, type QueryInput } from './aws-query.ts';
import { AwsRefusal, invalid } from './aws-refusal.ts';

/** A checked AssumeRole input. */
export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly account: string;
  /** path and name, as after `:role` in the ARN */
  readonly rolePath: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly sourceIdentity: string | undefined;
  readonly externalId: string | undefined;
  readonly policy: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

const known =
  /^(Action|Version|RoleArn|RoleSessionName|SourceIdentity|DurationSeconds|ExternalId|Policy|(Tags|TransitiveTagKeys)\.member\..+)$/;
const roleArn = /^arn:aws(?:-us-gov|-cn)?:iam::(\d{12}):role((?:\/[\w+=,.@-]+)*\/[\w+=,.@-]{1,64})$/;
const sessionName = /^[\w+=,.@-]{2,64}$/;
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Checks the parameters as the STS API Reference, AssumeRole, documents them, for a caller that is itself an assumed
 * role ("role chaining": at most one hour).
 * @throws AwsRefusal ValidationError, MalformedPolicyDocument, PackedPolicyTooLarge
 */
export function parseAssumeRole(input: QueryInput): AssumeRoleInput {
  for (const name of input.keys()) if (!known.test(name)) throw invalid(`${name} is not a parameter here`);
  const arn = required(input, 'RoleArn');
  const [, account = '', rolePath = ''] = roleArn.exec(arn) ?? [];
  if (account === '' || arn.length > 2048) throw invalid(`${arn} is invalid`);
  const roleSessionName = required(input, 'RoleSessionName');
  checkName('roleSessionName', roleSessionName);
  const sourceIdentity = input.get('SourceIdentity');
  if (sourceIdentity !== undefined) checkName('sourceIdentity', sourceIdentity);
  const externalId = input.get('ExternalId');
  if (externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId)) {
    throw invalid("Value at 'externalId' failed to satisfy constraint");
  }
  const policy = input.get('Policy');
  const tags = parseTags(input);
  if (policy !== undefined) checkPolicy(policy);
  return {
    roleArn: arn,
    account,
    rolePath,
    roleSessionName,
    durationSeconds: parseDuration(input.get('DurationSeconds')),
    sourceIdentity,
    externalId,
    policy,
    tags,
  };
}

function required(input: QueryInput, name: string): string {
  const value = input.get(name);
  if (value === undefined || value === '') {
    throw invalid(
      `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

function checkName(parameter: string, value: string): void {
  if (sessionName.test(value) && !(parameter === 'sourceIdentity' && value.startsWith('aws:'))) return;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${parameter}' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}`,
  );
}

function parseDuration(text = '3600'): number {
  const seconds = Number(text);
  if (!/^\d{1,6}$/.test(text) || seconds < 900 || seconds > 43_200) {
    throw invalid(
      `1 validation error detected: Value '${text}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`,
    );
  }
  if (seconds > 3600) {
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  return seconds;
}

/** What AWS asks of a session policy, and of a scope-down policy. @throws AwsRefusal */
export function checkPolicy(policy: string): void {
  if (policy.length > 2048) {
    throw new AwsRefusal(400, 'PackedPolicyTooLarge', 'Serialized session policy and tags exceed the space.');
  }
  if (!/^[\t\n\r\x20-\xff]+$/.test(policy)) throw malformed('it has characters that are not allowed');
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch (error) {
    throw malformed(`Syntax errors in policy: ${String(error)}`);
  }
  if (typeof document !== 'object' || document === null || !('Version' in document))
    throw malformed('no Version');
  if (!['2012-10-17', '2008-10-17'].includes(String(document.Version))) throw malformed('unknown Version');
  if (!('Statement' in document)) throw malformed('no Statement');
  const statements = [document.Statement].flat();
  if (statements.length === 0 || !statements.every(isStatement)) throw malformed('a statement is incomplete');
}

function isStatement(statement: unknown): boolean {
  if (typeof statement !== 'object' || statement === null) return false;
  const has = (name: string) => name in statement;
  const effect = 'Effect' in statement && ['Allow', 'Deny'].includes(String(statement.Effect));
  const action = has('Action') !== has('NotAction');
  const resource = has('Resource') !== has('NotResource');
  // A session policy must not name a principal (IAM User Guide, "Session policies").
  return effect && action && resource && !has('Principal') && !has('NotPrincipal');
}

function malformed(why: string): AwsRefusal {
  return new AwsRefusal(400, 'MalformedPolicyDocument', `The policy is not valid: ${why}`);
}

function parseTags(input: QueryInput): Record<string, string> {
  const list = listOf(input, 'Tags.member');
  if (list.length > 50) throw invalid("Value at 'tags' failed to satisfy constraint: at most 50");
  const tags: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { Key: name = '', Value: value, ...others } of list) {
    if (value === undefined || Object.keys(others).length > 0) throw invalid('A tag has a Key and a Value');
    if (name === '' || name.length > 128 || !tagText.test(name))
      throw invalid(`Tag key '${name}' is invalid`);
    if (name.toLowerCase().startsWith('aws:')) throw invalid('Tag keys beginning with aws: are reserved');
    if (value.length > 256 || !tagText.test(value)) throw invalid(`Tag value '${value}' is invalid`);
    // NB. Keys keep their case but are compared without it (STS API Reference, Tag).
    if (seen.has(name.toLowerCase())) throw invalid(`Duplicate tag key: ${name}`);
    seen.add(name.toLowerCase());
    tags[name] = value;
  }
  for (const { '': transitive = '' } of listOf(input, 'TransitiveTagKeys.member')) {
    if (!seen.has(transitive.toLowerCase())) throw invalid(`Transitive tag key ${transitive} is no tag`);
  }
  return tags;
}
