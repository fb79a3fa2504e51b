import FormField from '@cloudscape-design/components/form-field';
import type { SelectProps } from '@cloudscape-design/components/select';
import { useEffect, useRef } from 'react';
import type { EligibleTargetView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import { keys } from '../../lib/query-client.ts';
import { useRoleList } from '../../lib/use-role-list.ts';
import { RoleSelect } from '../../ui/role-select.tsx';
import { isSame } from './request-form-check.ts';

interface TargetFieldProps {
  label: string;
  value: EligibleTargetView | null;
  /** what the other fields hold: a role can be asked for once */
  taken: readonly EligibleTargetView[];
  onChange: (target: EligibleTargetView) => void;
  /** It has just come: the keyboard goes on here. */
  arrived: boolean;
  error: string | undefined;
}

/** One of the targets that the person is eligible for, found by typing any part of role, account name or id. */
export function TargetField({ label, value, taken, onChange, arrived, error }: TargetFieldProps) {
  const field = useRef<SelectProps.Ref>(null);
  useEffect(() => {
    if (arrived) field.current?.focus();
  }, [arrived]);
  const list = useRoleList<EligibleTargetView>(keys.targets, (query, signal) =>
    call('listTargets', { query, signal }),
  );
  return (
    <FormField
      label={label}
      description="Everything that you are eligible for."
      errorText={error}
      i18nStrings={{ errorIconAriaLabel: 'Error' }}
      stretch
    >
      <RoleSelect
        focus={field}
        list={list}
        value={value}
        optionOf={(target) =>
          optionOf(
            target,
            taken.some((other) => isSame(other, target)),
          )
        }
        nothing="You are eligible for no role."
        onChange={onChange}
        shown="option"
        required
      />
    </FormField>
  );
}

function optionOf(target: EligibleTargetView, taken: boolean): SelectProps.Option {
  return {
    label: target.role,
    description: formatAccount(target),
    labelTag: `at most ${formatDuration(target.rule.maxDurationMinutes)}`,
    ...(taken && { disabled: true, disabledReason: 'Chosen already' }),
  };
}
