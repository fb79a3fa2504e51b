import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { MeView } from '../../api/contract.ts';
import { call } from './api.ts';
import { keys, refreshIn } from './query-client.ts';

/** Who is signed in, what they may see, and what is active for them now. */
export function useMe(): UseQueryResult<MeView> {
  return useQuery({
    queryKey: keys.me,
    queryFn: ({ signal }) => call('getMe', { signal }),
    refetchInterval: ({ state }) => refreshIn(state.data?.active.map(({ window }) => window?.until) ?? []),
  });
}
