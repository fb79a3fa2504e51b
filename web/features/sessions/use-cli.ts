import { useRef, useState } from 'react';
import type { TargetView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { serverNow } from '../../lib/clock.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { requestsChanged } from '../../lib/query-client.ts';
import type { CliCredentials } from './cli-formats.ts';
import { earlier } from './earlier.ts';
import { type Secret, secretOf } from './secret.ts';
import { useMounted } from './use-mounted.ts';
import { useWiped } from './use-wiped.ts';

/** Long enough to choose a format and copy it. Milliseconds. */
const keptMs = 2 * 60_000;

/** Credentials and what they are for. NB. Only `secret` has what is secret. */
export interface CliSession {
  secret: Secret<CliCredentials>;
  target: TargetView;
  /** when they stop working, RFC 3339 */
  endsAt: string;
  /** when they are gone from the page, RFC 3339 */
  shownUntil: string;
}

/**
 * Asks for CLI credentials, once at a time, and holds them for a short time.
 * NB. They go to no cache: the session's box is the only place in the browser that has them.
 * @param prepare loads what shows them: if that fails, no session is asked for that nobody could see
 */
export function useCli(requestId: string, prepare: () => Promise<unknown>) {
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [session, setSession] = useState<CliSession | null>(null);
  const gone = useWiped(session?.secret ?? null, keptMs);
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
        const shownUntil = earlier(new Date(serverNow() + keptMs).toISOString(), endsAt);
        const secret = secretOf({ ...secrets, endsAt });
        setSession({ secret, target: issued.session.target, endsAt, shownUntil });
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

  return {
    running,
    problem,
    session,
    gone,
    issue: () => void issue(),
    close: () => {
      session?.secret.wipe();
      setSession(null);
      setProblem(null);
    },
    forget: () => setProblem(null),
  };
}
