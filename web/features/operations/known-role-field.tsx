import FormField from '@cloudscape-design/components/form-field';
import type { PreflightBody, TargetView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { formatAccount } from '../../lib/format.ts';
import { keys } from '../../lib/query-client.ts';
import { useRoleList } from '../../lib/use-role-list.ts';
import { RoleSelect } from '../../ui/role-select.tsx';

interface KnownRoleFieldProps extends PreflightBody {
  onChange: (target: PreflightBody) => void;
}

/** The roles that the policy file names, found by typing any part of role, account name or id. */
export function KnownRoleField({ account, role, onChange }: KnownRoleFieldProps) {
  const list = useRoleList<TargetView>(keys.roles, (query, signal) => call('listRoles', { query, signal }));
  return (
    <FormField
      label="Known role"
      description="A role that the policy names. It fills in the two fields below, where any other can be typed."
      stretch
    >
      <RoleSelect
        list={list}
        value={list.targets.find((one) => one.account === account && one.role === role) ?? null}
        optionOf={(target) => ({ label: target.role, description: formatAccount(target) })}
        nothing="The policy names no role."
        onChange={(now) => onChange({ account: now.account, role: now.role })}
      />
    </FormField>
  );
}
