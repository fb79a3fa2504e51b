import type { Guardrail } from './policy-document.ts';

/**
 * What each guardrail forbids: the ways in which a session could make access that outlives it.
 * Service Authorization Reference, "Actions, resources, and condition keys" of AWS IAM and AWS STS.
 */
const forbidden: Record<Guardrail, readonly string[]> = {
  'create-users': ['iam:CreateUser', 'identitystore:CreateUser'],
  // Created, reset, or switched on again.
  'create-access-keys': [
    'iam:CreateAccessKey',
    'iam:UpdateAccessKey',
    'iam:CreateServiceSpecificCredential',
    'iam:ResetServiceSpecificCredential',
    'iam:UpdateServiceSpecificCredential',
    'iam:UploadSigningCertificate',
    'iam:UploadSSHPublicKey',
  ],
  'create-login-profiles': ['iam:CreateLoginProfile', 'iam:UpdateLoginProfile'],
  // A new role is born with a trust policy, and a provider that one names can be made to vouch for somebody else.
  'change-trust-policies': [
    'iam:CreateRole',
    'iam:UpdateAssumeRolePolicy',
    'iam:CreateSAMLProvider',
    'iam:UpdateSAMLProvider',
    'iam:CreateOpenIDConnectProvider',
    'iam:UpdateOpenIDConnectProviderThumbprint',
    'iam:AddClientIDToOpenIDConnectProvider',
    'rolesanywhere:*',
  ],
  'assume-roles': ['sts:AssumeRole', 'sts:AssumeRoot'],
};

/** The statement of a session policy for these guardrails; none for none. */
export function guardrailStatement(guardrails: readonly Guardrail[]): object[] {
  if (guardrails.length === 0) return [];
  const actions = guardrails.flatMap((one) => forbidden[one]);
  return [{ Sid: 'Guardrails', Effect: 'Deny', Action: actions, Resource: '*' }];
}
