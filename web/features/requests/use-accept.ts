import { useMutation } from '@tanstack/react-query';
import { call } from '../../lib/api.ts';
import { asProblem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';

/** Accepts an invitation. Whatever the answer, the page is read again: a refusal may mean that it is outdated. */
export function useAccept(id: string) {
  const mutation = useMutation({
    mutationFn: () => call('acceptInvitation', { id, body: {} }),
    onSettled: () => void requestsChanged(),
  });
  return {
    /** the request as it was right after it was accepted */
    accepted: mutation.data,
    running: mutation.isPending,
    problem: mutation.error ? asProblem(mutation.error) : null,
    accept: () => {
      if (!mutation.isPending) mutation.mutate();
    },
  };
}
