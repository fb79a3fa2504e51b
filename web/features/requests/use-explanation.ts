import { useQuery } from '@tanstack/react-query';
import { call } from '../../lib/api.ts';
import type { TypedTarget } from '../../lib/typed-target.ts';

/** Which rule applies to the caller for this target, and why. @param target null: not asked yet */
export function useExplanation(target: TypedTarget | null) {
  const query = { account: target?.account ?? '', role: target?.role ?? '' };
  return useQuery({
    queryKey: ['explanation', query],
    queryFn: ({ signal }) => call('explainTarget', { query, signal }),
    enabled: target !== null,
  });
}
