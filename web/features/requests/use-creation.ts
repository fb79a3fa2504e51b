import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { useNavigate } from 'react-router-dom';
import type { CreateRequestBody } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { paths } from '../../lib/paths.ts';
import { asProblem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';

/** Sends the form, and goes to the page of what it made. */
export function useCreation() {
  const navigate = useNavigate();
  const keyOf = useIdempotencyKey();
  const creation = useMutation({
    mutationFn: (body: CreateRequestBody) =>
      call('createRequest', { body, idempotencyKey: keyOf(JSON.stringify(body)) }),
    onSuccess: ({ requests }) => {
      void requestsChanged();
      const [first] = requests;
      navigate(first ? paths.request(first.id) : paths.myRequests, {
        state: { created: true },
        replace: true,
      });
    },
  });
  return {
    running: creation.isPending || creation.isSuccess,
    problem: creation.error ? asProblem(creation.error) : null,
    send: (body: CreateRequestBody) => creation.mutate(body),
    forget: () => creation.reset(),
  };
}

/**
 * One key per content, however often it is sent: an answer that got lost cannot make a second request, and what was
 * corrected since is asked for anew.
 */
export function useIdempotencyKey(): (content: string) => string {
  const last = useRef<{ content: string; key: string } | null>(null);
  return (content) => {
    if (last.current?.content !== content) last.current = { content, key: crypto.randomUUID() };
    return last.current.key;
  };
}
