import type { Guardrail } from './policy-document.ts';

/**
 * What each guardrail forbids: the ways in which a session could make access that outlives it.
 * Service Authorization Reference, "Actions, resources, and condition keys" of AWS IAM and AWS STS.
 */
const forbidden: Record<Guardrail, readonly string[]> = {
  'create-users': ['iam:CreateUser'],
  'create-access-keys': [
    'iam:CreateAccessKey',
    'iam:CreateServiceSpecificCredential',
    'iam:UploadSigningCertificate',
    'iam:UploadSSHPublicKey',
  ],
  'create-login-profiles': ['iam:CreateLoginProfile', 'iam:UpdateLoginProfile'],
  // A new role is born with a trust policy, so making one is a way around not editing one.
  'change-trust-policies': ['iam:CreateRole', 'iam:UpdateAssumeRolePolicy'],
  'assume-roles': ['sts:AssumeRole', 'sts:AssumeRoot'],
};

/** The statement of a session policy for these guardrails; none for none. */
export function guardrailStatement(guardrails: readonly Guardrail[]): object[] {
  if (guardrails.length === 0) return [];
  const actions = guardrails.flatMap((one) => forbidden[one]);
  return [{ Sid: 'Guardrails', Effect: 'Deny', Action: actions, Resource: '*' }];
}
