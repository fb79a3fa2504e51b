import Select, { type SelectProps } from '@cloudscape-design/components/select';
import type { Ref } from 'react';
import type { RoleList } from '../lib/use-role-list.ts';

interface RoleSelectProps<Target> {
  list: RoleList<Target>;
  value: Target | null;
  optionOf: (target: Target) => SelectProps.Option;
  onChange: (target: Target) => void;
  /** where there is nothing to find */
  nothing: string;
  required?: boolean;
  /** what the chosen one is shown with: only its name, or all that the list shows */
  shown?: SelectProps['triggerVariant'];
  focus?: Ref<SelectProps.Ref>;
}

/** One of many roles, found by typing any part of role, account name or id. */
export function RoleSelect<Target extends { account: string; role: string }>(props: RoleSelectProps<Target>) {
  const { list, value, optionOf, onChange, nothing } = props;
  const valued = (target: Target) => ({ ...optionOf(target), value: keyOf(target) });
  return (
    <Select
      ref={props.focus ?? null}
      selectedOption={value && valued(value)}
      options={list.targets.map(valued)}
      placeholder="Choose a role"
      {...(props.shown && { triggerVariant: props.shown })}
      filteringType="manual"
      filteringPlaceholder="Find by role, account name or account id"
      filteringAriaLabel="Find a role or an account"
      filteringClearAriaLabel="Clear"
      statusType={list.status}
      loadingText="Looking for roles"
      errorText={list.problem}
      recoveryText="Try again"
      empty={list.search === '' ? nothing : `Nothing found for "${list.search}".`}
      onLoadItems={({ detail }) => list.load(detail)}
      onChange={({ detail }) => {
        const chosen = list.targets.find((target) => keyOf(target) === detail.selectedOption.value);
        if (chosen) onChange(chosen);
      }}
      ariaRequired={props.required ?? false}
    />
  );
}

function keyOf({ account, role }: { account: string; role: string }): string {
  return `${account}/${role}`;
}
