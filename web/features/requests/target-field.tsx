import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { EligibleTargetView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { call } from '../../lib/api.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import { asProblem } from '../../lib/problem.ts';
import { keys } from '../../lib/query-client.ts';
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
  const [search, setSearch] = useState('');
  const list = useTargets(search);
  const targets = list.data?.pages.flatMap((page) => page.items) ?? [];

  const load = ({ filteringText, firstPage, samePage }: SelectProps.LoadItemsDetail) => {
    setSearch(filteringText.trim().slice(0, limits.search.max));
    if (samePage) void list.refetch();
    else if (!firstPage && list.hasNextPage) void list.fetchNextPage();
  };

  return (
    <FormField
      label={label}
      description="Everything that you are eligible for."
      errorText={error}
      i18nStrings={{ errorIconAriaLabel: 'Error' }}
      stretch
    >
      <Select
        ref={field}
        selectedOption={value && optionOf(value)}
        options={targets.map((target) =>
          taken.some((other) => isSame(other, target)) ? takenOption(target) : optionOf(target),
        )}
        placeholder="Choose a role"
        triggerVariant="option"
        filteringType="manual"
        filteringPlaceholder="Find by role, account name or account id"
        filteringAriaLabel="Find a role or an account"
        filteringClearAriaLabel="Clear"
        statusType={statusOf(list)}
        loadingText="Looking for roles"
        errorText={list.error ? asProblem(list.error).detail : ''}
        recoveryText="Try again"
        empty={search === '' ? 'You are eligible for no role.' : `Nothing found for "${search}".`}
        onLoadItems={({ detail }) => load(detail)}
        onChange={({ detail }) => {
          const chosen = targets.find((target) => keyOf(target) === detail.selectedOption.value);
          if (chosen) onChange(chosen);
        }}
        ariaRequired
      />
    </FormField>
  );
}

function useTargets(search: string) {
  return useInfiniteQuery({
    queryKey: keys.targets(search),
    queryFn: ({ pageParam, signal }) => call('listTargets', { query: { search, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

function statusOf(list: ReturnType<typeof useTargets>) {
  if (list.isError) return 'error';
  if (list.isFetching) return 'loading';
  return list.hasNextPage ? 'pending' : 'finished';
}

function keyOf({ account, role }: EligibleTargetView): string {
  return `${account}/${role}`;
}

function optionOf(target: EligibleTargetView): SelectProps.Option {
  return {
    value: keyOf(target),
    label: target.role,
    description: formatAccount(target),
    labelTag: `at most ${formatDuration(target.rule.maxDurationMinutes)}`,
  };
}

function takenOption(target: EligibleTargetView): SelectProps.Option {
  return { ...optionOf(target), disabled: true, disabledReason: 'Chosen already' };
}
