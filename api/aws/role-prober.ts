import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Credentials, RoleProber } from '../actions/ports.ts';
import { targetRoleArn } from '../domain/boundary.ts';
import {
  type PreflightPlan,
  type Probe,
  type ProbeName,
  type ProbeResult,
  probePolicy,
  probes,
  type RoleReading,
} from '../domain/preflight.ts';
import { clientSettings } from './client-settings.ts';
import type { SessionIssuerOptions } from './session-issuer.ts';
import { credentialsIn, stsClient } from './sts-client.ts';
import { isThrottlingNamed, reasonNamed } from './sts-errors.ts';

export type RoleProberOptions = Pick<SessionIssuerOptions, 'partition' | 'targetRolePath' | 'externalId'>;

/**
 * Asks AWS how a target role is set up. NB. It makes credentials, to see whether AWS would: none leaves this file. Those
 * of one probe read the role itself, the others are not even looked at; and every probe's session policy denies the rest.
 */
export function roleProber(options: RoleProberOptions): RoleProber {
  const sts = stsClient();
  const { partition, targetRolePath } = options;
  return {
    probe: async (plan) => {
      const { account, role } = plan.target;
      const roleArn = targetRoleArn({ partition, account, targetRoles: targetRolePath }, role);
      const ask = (name: ProbeName) => sts.send(commandOf(probes[name], { plan, roleArn, options }));
      const resultOf = (name: ProbeName): Promise<ProbeResult> =>
        ask(name).then(() => 'let-in', resultOfError);
      // At once, because one after the other could take longer than anybody waits.
      const [seen, hour, none, wrong, nobody, untagged] = await Promise.all([
        ask('as-session').then(
          async (answer) => ({
            result: 'let-in' as const,
            role: await readRole(credentialsIn(answer), role),
          }),
          (error: unknown) => ({ result: resultOfError(error), role: { result: 'not-asked' as const } }),
        ),
        resultOf('an-hour'),
        resultOf('no-external-id'),
        resultOf('wrong-external-id'),
        resultOf('no-source-identity'),
        resultOf('no-tags'),
      ]);
      return {
        probes: {
          'as-session': seen.result,
          'an-hour': hour,
          'no-external-id': none,
          'wrong-external-id': wrong,
          'no-source-identity': nobody,
          'no-tags': untagged,
        },
        role: seen.role,
      };
    },
  };
}

interface Asked {
  readonly plan: PreflightPlan;
  readonly roleArn: string;
  readonly options: RoleProberOptions;
}

function commandOf(probe: Probe, { plan, roleArn, options }: Asked): AssumeRoleCommand {
  const ids = { right: options.externalId, wrong: plan.wrongExternalId };
  return new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: plan.sessionName,
    DurationSeconds: probe.durationSeconds,
    Policy: probePolicy(roleArn, probe === probes['as-session']),
    ...(probe.externalId !== 'none' && { ExternalId: ids[probe.externalId] }),
    ...(probe.sourceIdentity && { SourceIdentity: plan.sourceIdentity }),
    ...(probe.tags && { Tags: Object.entries(plan.tags).map(([Key, Value]) => ({ Key, Value })) }),
  });
}

/** IAM API Reference, GetRole: the one call that needs the credentials of a probe. */
async function readRole(given: Credentials | null, role: string): Promise<RoleReading> {
  if (given === null) return { result: 'unavailable' };
  const { accessKeyId, secretAccessKey, sessionToken } = given;
  const iam = new IAMClient({
    ...clientSettings,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
    // NB. Without a maximum it is AWS's default of an hour; without a role it is no answer.
    if (Role === undefined) return { result: 'unavailable' };
    const { MaxSessionDuration = 3600, PermissionsBoundary } = Role;
    const boundary = PermissionsBoundary?.PermissionsBoundaryArn ?? null;
    return { result: 'read', maxSessionSeconds: MaxSessionDuration, boundary };
  } catch (error) {
    const kind = kindOf(error);
    return { result: kind === 'not-taken' ? 'unavailable' : kind };
  } finally {
    iam.destroy();
  }
}

function resultOfError(error: unknown): ProbeResult {
  const kind = kindOf(error);
  return kind === 'missing' ? 'unavailable' : kind;
}

/** NB. What is not known for a refusal is none: a broken connection must not read as "it refuses strangers". */
function kindOf(error: unknown) {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NoSuchEntityException') return 'missing';
  if (isThrottlingNamed(name)) return 'throttled';
  const reason = reasonNamed(name);
  if (reason === undefined) return 'unavailable';
  return reason === 'access-denied' ? 'refused' : 'not-taken';
}
