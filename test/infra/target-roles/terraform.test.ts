import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { targetRoleTemplate } from '../../../infra/target-roles/template.ts';
import { terraformVariables } from '../../../infra/target-roles/terraform-variables.ts';
import { evaluate, parseModule } from './hcl.ts';
import { account, inAccount, member } from './in-account.ts';

/** The Terraform module makes of the same facts what the template of CloudFormation makes of them. */

const folder = new URL('../../../infra/target-roles/terraform/', import.meta.url);
const files = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
);
const module = await parseModule(files);
const operator = {
  name: 'Operator',
  description: 'Restarts things.',
  managed: ['job-function/ViewOnlyAccess'],
  customerManaged: ['/team/Databases'],
  statements: [
    {
      Effect: 'Allow',
      Action: 'rds:RebootDBInstance',
      Resource: `arn:$${'{AWS::Partition}'}:rds:*:$${'{AWS::AccountId}'}:db:$${'{aws:username}'}`,
    },
  ],
};

/** The module's own values, in an account, as far as `names` of its locals go. */
async function scopeIn(partition: string, variables: object) {
  const data = {
    aws_partition: { current: { partition } },
    aws_caller_identity: { current: { account_id: member } },
  };
  const local: Record<string, unknown> = {};
  const scope = { var: variables, data, local };
  // In the order of the file, in which none looks ahead.
  const names = [
    ...['partition', 'account', 'sessions_role', 'enforce_role', 'target_trust', 'ending'],
    ...['boundary_arn', 'revoker_arn', 'boundary', 'revoker_trust', 'revoker_permissions'],
  ];
  for (const name of names) local[name] = await evaluate(module.locals[name], scope);
  return scope;
}

const [one] = module.resource.aws_iam_role?.target ?? [];
const block = (type: string, name: string) => module.resource[type]?.[name]?.[0] ?? {};
const parsed = (json: unknown) => JSON.parse(String(json)) as unknown;

test.each(['aws', 'aws-us-gov', 'aws-cn'])('the same roles and documents in %s', async (partition) => {
  const template = inAccount(targetRoleTemplate(account, [operator]), { partition, account: member });
  const variables = terraformVariables(account, [operator]);
  const scope = await scopeIn(partition, variables);
  const each = { key: 'Operator', value: variables.roles.Operator };
  const within = { ...scope, each };
  const role = template.Resources.RoleOperator?.Properties ?? {};
  const revoker = template.Resources.Revoker?.Properties ?? {};
  const boundary = template.Resources.Boundary?.Properties ?? {};
  const policies = (properties: Record<string, unknown>) =>
    Object.fromEntries(
      (properties.Policies as { PolicyName: string; PolicyDocument: unknown }[]).map(
        ({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument],
      ),
    );
  const value = (type: string, name: string, attribute: string) =>
    evaluate(block(type, name)[attribute], within);

  expect(parsed(await value('aws_iam_role', 'target', 'assume_role_policy'))).toEqual(
    role.AssumeRolePolicyDocument,
  );
  expect(parsed(await value('aws_iam_role', 'revoker', 'assume_role_policy'))).toEqual(
    revoker.AssumeRolePolicyDocument,
  );
  expect(parsed(await value('aws_iam_policy', 'boundary', 'policy'))).toEqual(boundary.PolicyDocument);
  expect({
    [String(block('aws_iam_role_policy', 'revoker').name)]: parsed(
      await value('aws_iam_role_policy', 'revoker', 'policy'),
    ),
  }).toEqual(policies(revoker));
  const permissions = { ...within, each: { key: 'Operator', value: variables.roles.Operator?.permissions } };
  expect({
    Stepladder: parsed(await value('aws_iam_role_policy', 'own', 'policy')),
    Permissions: parsed(await evaluate(block('aws_iam_role_policy', 'permissions').policy, permissions)),
  }).toEqual(policies(role));

  expect([
    await value('aws_iam_role', 'target', 'name'),
    await value('aws_iam_role', 'target', 'path'),
    await value('aws_iam_role', 'target', 'description'),
    one?.max_session_duration,
  ]).toEqual([role.RoleName, role.Path, role.Description, role.MaxSessionDuration]);
  expect([
    await value('aws_iam_role', 'revoker', 'path'),
    await value('aws_iam_role', 'revoker', 'name'),
    await value('aws_iam_policy', 'boundary', 'path'),
    await value('aws_iam_policy', 'boundary', 'name'),
  ]).toEqual([revoker.Path, revoker.RoleName, boundary.Path, boundary.ManagedPolicyName]);
});

test('every role gets its managed policies, and the boundary where there is one', () => {
  expect(block('aws_iam_role_policy_attachment', 'managed').for_each).toBe('$' + '{local.attachments}');
  for (const list of ['managed', 'customer_managed']) {
    expect(String(module.locals.attachments)).toContain(`for policy in role.${list} :`);
  }
  expect(one?.permissions_boundary).toBe('$' + '{one(aws_iam_policy.boundary[*].arn)}');
});

test('the versions of the boundary are the broker’s from the second apply on', () => {
  expect(block('aws_iam_policy', 'boundary').lifecycle).toEqual([{ ignore_changes: ['$' + '{policy}'] }]);
});

test('every variable is written, and no other', () => {
  expect(Object.keys(terraformVariables(account, [operator])).sort()).toEqual(
    Object.keys(module.variable).sort(),
  );
});

test('without ending live sessions, there is neither boundary nor revoker', async () => {
  const scope = await scopeIn('aws', terraformVariables({ ...account, ending: null }, [operator]));
  for (const [type, name] of [
    ['aws_iam_policy', 'boundary'],
    ['aws_iam_role', 'revoker'],
    ['aws_iam_role_policy', 'revoker'],
  ] as const) {
    expect(await evaluate(block(type, name).count, scope)).toBe(0);
  }
});

test('what is no HCL is found', async () => {
  await expect(parseModule({ 'main.tf': 'locals {\n  a = [\n}\n' })).rejects.toThrow('main.tf:3');
});
