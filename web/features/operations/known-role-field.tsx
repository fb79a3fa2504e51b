import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PreflightBody, TargetView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { call } from '../../lib/api.ts';
import { formatAccount } from '../../lib/format.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys } from '../../lib/query-client.ts';

interface KnownRoleFieldProps extends PreflightBody {
  onChange: (target: PreflightBody) => void;
}

/** The roles that the policy file names, found by typing any part of role, account name or id. */
export function KnownRoleField({ account, role, onChange }: KnownRoleFieldProps) {
  const [search, setSearch] = useState('');
  const list = useRoles(search);
  const roles = list.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = roles.find((one) => one.account === account && one.role === role);
  const load = ({ filteringText, firstPage, samePage }: SelectProps.LoadItemsDetail) => {
    setSearch(filteringText.trim().slice(0, limits.search.max));
    if (samePage) void list.refetch();
    else if (!firstPage && list.hasNextPage) void list.fetchNextPage();
  };
  return (
    <FormField
      label="Known role"
      description="A role that the policy names. It fills in the two fields below, where any other can be typed."
      stretch
    >
      <Select
        selectedOption={chosen ? optionOf(chosen) : null}
        options={roles.map(optionOf)}
        placeholder="Choose a role"
        filteringType="manual"
        filteringPlaceholder="Find by role, account name or account id"
        filteringAriaLabel="Find a role or an account"
        filteringClearAriaLabel="Clear"
        statusType={statusOf(list)}
        loadingText="Looking for roles"
        errorText={list.error ? asProblem(list.error).detail : ''}
        recoveryText="Try again"
        empty={search === '' ? 'The policy names no role.' : `Nothing found for "${search}".`}
        onLoadItems={({ detail }) => load(detail)}
        onChange={({ detail }) => {
          const now = roles.find((one) => keyOf(one) === detail.selectedOption.value);
          if (now) onChange({ account: now.account, role: now.role });
        }}
      />
    </FormField>
  );
}

function useRoles(search: string) {
  return useInfiniteQuery({
    queryKey: keys.roles(search),
    queryFn: ({ pageParam, signal }) => call('listRoles', { query: { search, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

function statusOf(list: ReturnType<typeof useRoles>) {
  if (list.isError) return 'error';
  if (list.isFetching) return 'loading';
  return list.hasNextPage ? 'pending' : 'finished';
}

function keyOf({ account, role }: TargetView): string {
  return `${account}/${role}`;
}

function optionOf(target: TargetView): SelectProps.Option {
  return { value: keyOf(target), label: target.role, description: formatAccount(target) };
}
