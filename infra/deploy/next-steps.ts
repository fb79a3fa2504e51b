import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DeploymentConfig } from '../config.ts';

const outputsFile = z.record(z.string(), z.record(z.string(), z.string()));
export type Outputs = Readonly<Record<string, string>>;

/** What the stack says of itself once it is deployed. @param file as `cdk deploy --outputs-file` leaves it */
export function readOutputs(file: string, stack: string): Outputs {
  return outputsFile.parse(JSON.parse(readFileSync(file, 'utf8')))[stack] ?? {};
}

/** What is left to do by people after a deployment, in the order in which they do it. */
export function nextSteps(config: DeploymentConfig, outputs: Outputs): string {
  const { domain, notifications, alarms, targets, identity, policy } = config;
  const url = outputs.Url ?? '';
  const mails = [...notifications.reviewers, ...alarms.address];
  const steps = [
    ...(domain ? [`Let ${domain.name} be an alias of ${outputs.DistributionDomain ?? ''}.`] : []),
    ...(identity.kind === 'openid'
      ? [
          `Register at the provider, for the client ${identity.clientId}:`,
          `  redirect URIs      ${url}/callback and ${url}/popup-callback`,
          `  after signing out  ${url}/signed-out`,
          `  allowed origin     ${url}`,
        ]
      : [
          'Register at the SAML provider:',
          `  reply address (ACS)  ${outputs.SamlReply ?? ''}`,
          `  entity id            ${outputs.SamlEntity ?? ''}`,
        ]),
    ...(mails.length > 0
      ? [`Have these addresses confirm what AWS has sent them: ${mails.join(', ')}.`]
      : []),
    `Set up the target roles below ${targets.path} (infra/target-roles/README.md), which trust`,
    `  ${outputs.SessionsRoleArn ?? ''}`,
    ...(targets.endLiveSessions
      ? ['and the revokers (infra/revocation/README.md), which trust', `  ${outputs.EnforceRoleArn ?? ''}`]
      : []),
    'Check every target role that the policy names:',
    `  npm run doctor -- --function=${outputs.SessionsFunction ?? ''} --policy=${policy.file}`,
  ];
  return ['', `  Stepladder is at ${url}`, '', ...steps.map((line) => `  ${line}`), ''].join('\n');
}
