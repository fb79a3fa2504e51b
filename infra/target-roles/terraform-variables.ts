import type { TargetAccount } from './documents.ts';
import type { TargetRole } from './roles-file.ts';

/** The variables of the Terraform module, as its `*.auto.tfvars.json` has them. */
export function terraformVariables(account: TargetAccount, roles: readonly TargetRole[]) {
  const role = ({ description, managed, customerManaged, statements }: TargetRole) => ({
    description,
    managed,
    customer_managed: customerManaged,
    permissions:
      statements.length > 0 ? JSON.stringify({ Version: '2012-10-17', Statement: statements }) : null,
  });
  return {
    broker_account: account.brokerAccount,
    name: account.name,
    path: account.path,
    external_ids: account.externalIds,
    ending: account.ending,
    roles: Object.fromEntries(roles.map((one) => [one.name, role(one)])),
  };
}
