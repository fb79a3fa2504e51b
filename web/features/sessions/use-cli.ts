import { useRef, useState } from 'react';
import { call } from '../../lib/api.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';
import type { CliSession } from './cli-dialog.tsx';
import { earlier } from './earlier.ts';
import { useMounted } from './use-mounted.ts';

/**
 * Asks for CLI credentials, once at a time.
 * NB. They go to the component that shows them and to no cache, so that they are gone when it is.
 * @param prepare loads what shows them: if that fails, no session is asked for that nobody could see
 */
export function useCli(
  requestId: string,
  prepare: () => Promise<unknown>,
  show: (session: CliSession) => void,
) {
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const busy = useRef(false);
  const mounted = useMounted();

  const issue = async () => {
    if (busy.current) return;
    busy.current = true;
    setRunning(true);
    setProblem(null);
    try {
      await prepare();
      const issued = await call('issueSession', { id: requestId, body: { kind: 'cli' } });
      if (issued.kind === 'cli' && mounted()) {
        const { expiration, ...secrets } = issued.credentials;
        const endsAt = earlier(expiration, issued.session.endsAt);
        show({ credentials: { ...secrets, endsAt }, target: issued.session.target });
      }
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      busy.current = false;
      setRunning(false);
      // Issued or refused, the request is another one now.
      void requestsChanged();
    }
  };

  return { running, problem, issue: () => void issue(), forget: () => setProblem(null) };
}
