import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { RequestView } from '../../api/contract.ts';
import { useNow } from '../lib/clock.ts';
import { formatInstant, formatMoment } from '../lib/format.ts';
import { isEndedEarly } from './status-badge.tsx';

/**
 * Which of the two a revocation has done: no new session can be started, from the instant at which it is recorded; and
 * the live ones have ended, which AWS has to be told and takes a moment, or is not wanted by the rule.
 */
export function RevocationState({ request }: { request: RequestView }) {
  const { status, closure, enforcement } = request;
  // Once a minute: the words change when the last credentials have ended.
  const now = useNow(60_000);
  if (status !== 'revoked' || closure === null) return null;
  const live = enforcement === null ? notEnforced(request, now) : enforcementWords[enforcement.state];
  const at = enforcement?.at ?? null;
  return (
    <div role="status" className="stack-close">
      <div>
        <StatusIndicator type="success">
          <Words>No new sessions since {formatMoment(closure.at)}</Words>
        </StatusIndicator>
      </div>
      <div>
        <StatusIndicator type={live.type}>
          <Words>
            {live.words}
            {at !== null && ` ${formatMoment(at)}`}
            {live.after}
          </Words>
        </StatusIndicator>
      </div>
    </div>
  );
}

/** A sentence of a status, which Cloudscape would break anywhere within a word. */
function Words({ children }: { children: ReactNode }) {
  return <span className="wraps">{children}</span>;
}

/** What the state is called among the facts of a request. */
export function revocationName(request: RequestView): string {
  return isEndedEarly(request) ? 'What ending it early has done' : 'What the revocation has done';
}

interface Live {
  type: 'success' | 'in-progress' | 'warning' | 'info';
  words: string;
  after?: string;
}

const enforcementWords: Record<'pending' | 'enforced' | 'ran-out', Live> = {
  pending: { type: 'in-progress', words: 'Live sessions are being ended, usually within a minute' },
  enforced: { type: 'success', words: 'Live sessions ended at' },
  'ran-out': {
    type: 'warning',
    words: 'Live sessions were not ended in time: they worked until they ended by themselves, noted at',
  },
};

/** The rule does not end live sessions, or there was none. */
function notEnforced({ sessions: { credentialsEndAt } }: RequestView, now: number): Live {
  if (credentialsEndAt === null) return { type: 'success', words: 'No session was ever issued' };
  const at = formatInstant(credentialsEndAt);
  if (Date.parse(credentialsEndAt) <= now)
    return { type: 'success', words: `All sessions have ended, the last ${at}` };
  return {
    type: 'warning',
    words: `Live sessions go on: their credentials work until they end, ${at} at the latest`,
    after: '. If they must stop before that, revoke the active sessions of the role in the AWS console.',
  };
}
