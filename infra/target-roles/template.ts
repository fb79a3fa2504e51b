import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { stringify } from 'yaml';
import { TargetRoleStack } from '../target-role-stack.ts';
import type { TargetAccount } from './documents.ts';
import type { TargetRole } from './roles-file.ts';

/** AWS CloudFormation User Guide, "Understand CloudFormation quotas": bytes of a template that is not read from S3. */
export const templateBytes = 51_200;

const heading = `# Target roles of Stepladder: made by "npm run target-roles", so change what that reads, not this.
# For a StackSet, service-managed or self-managed, or as a stack of one account. It creates named IAM roles.
`;

/** The template as CloudFormation reads it. */
export function targetRoleTemplate(account: TargetAccount, roles: readonly TargetRole[]): object {
  const outdir = mkdtempSync(join(tmpdir(), 'stepladder-target-roles-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    const { artifactId } = new TargetRoleStack(app, 'StepladderTargetRoles', account, roles);
    return app.synth().getStackArtifact(artifactId).template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export function templateText(template: object): string {
  return heading + stringify(template, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 120 });
}
