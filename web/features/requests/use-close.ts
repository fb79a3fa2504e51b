import { useMutation } from '@tanstack/react-query';
import { call } from '../../lib/api.ts';
import { asProblem, Problem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';

/** Refusals that say the request is not what it was when the page was loaded. */
const outdated: readonly string[] = ['conflict', 'version-changed', 'wrong-status', 'not-found'];

/**
 * Cancels or revokes the request.
 * @param onDone is called after it worked; a refusal stays in `problem`, and the page is read again where it was outdated
 */
export function useClose(id: string, onDone: () => void) {
  const mutation = useMutation({
    mutationFn: (ask: { kind: 'cancel' } | { kind: 'revoke'; comment: string }) =>
      ask.kind === 'cancel'
        ? call('cancelRequest', { id, body: {} })
        : call('revokeRequest', { id, body: { comment: ask.comment } }),
    onSuccess: async () => {
      await requestsChanged();
      onDone();
    },
    onError: (error) => {
      if (isOutdated(error)) void requestsChanged();
    },
  });
  return {
    running: mutation.isPending,
    note: isOutdated(mutation.error)
      ? 'The page behind this has been read again: go back to see the request as it is now.'
      : undefined,
    problem: mutation.error ? asProblem(mutation.error) : null,
    cancel: () => mutation.mutate({ kind: 'cancel' }),
    revoke: (comment: string) => mutation.mutate({ kind: 'revoke', comment }),
  };
}

function isOutdated(error: unknown): boolean {
  return error instanceof Problem && outdated.includes(error.code);
}
