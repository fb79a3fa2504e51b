import { useQuery } from '@tanstack/react-query';
import { call } from '../../lib/api.ts';
import { keys, refreshMs } from '../../lib/query-client.ts';
import type { TypedTarget } from '../../lib/typed-target.ts';

/**
 * Which rule applies to the caller for this target, and why; and which open request is in the way, asked again until it
 * is not. @param target null: not asked yet @param extensionOf the request that is to be extended
 */
export function useExplanation(target: TypedTarget | null, extensionOf: string | null = null) {
  const query = {
    account: target?.account ?? '',
    role: target?.role ?? '',
    ...(extensionOf !== null && { extensionOf }),
  };
  return useQuery({
    queryKey: keys.explanation(query),
    queryFn: ({ signal }) => call('explainTarget', { query, signal }),
    enabled: target !== null,
    refetchInterval: ({ state }) => (state.data?.open ? refreshMs : false),
  });
}
