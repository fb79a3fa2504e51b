import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { EntryView, SessionKind } from '../../../api/contract.ts';
import { useNow } from '../../lib/clock.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Instant } from '../../ui/instant.tsx';
import { type Ending, endingOf, type Lives, livesOf } from './live-sessions.ts';

interface SessionLivesProps {
  entries: readonly EntryView[];
  /** RFC 3339 */
  windowEnd: string;
  /** issues a new one of that kind */
  renew: Record<SessionKind, () => void>;
  running: SessionKind | null;
}

/**
 * Which sessions are alive and until when, and which of them to renew. NB. Renewing is a click: nothing is issued while
 * nobody is there.
 */
export function SessionLives({ entries, windowEnd, renew, running }: SessionLivesProps) {
  const now = useNow(1000);
  return (
    <>
      {endingOf(entries, windowEnd, now).map((ending) => (
        <EndingSession
          key={ending.kind}
          ending={ending}
          windowEnd={windowEnd}
          onRenew={renew[ending.kind]}
          running={running === ending.kind}
          disabled={running !== null}
        />
      ))}
      <Living lives={livesOf(entries, now)} />
    </>
  );
}

interface EndingSessionProps {
  ending: Ending;
  windowEnd: string;
  onRenew: () => void;
  running: boolean;
  disabled: boolean;
}

const words: Record<SessionKind, { ending: string; over: string; renew: string }> = {
  cli: {
    ending: 'Your CLI credentials end in',
    over: 'Your CLI credentials have ended',
    renew: 'Renew CLI credentials',
  },
  console: {
    ending: 'Your console session ends in',
    over: 'Your console session has ended',
    renew: 'Renew console session',
  },
};

function EndingSession({ ending: { kind, endsAt, over }, ...props }: EndingSessionProps) {
  const { windowEnd, onRenew, running, disabled } = props;
  const { ending, over: ended, renew } = words[kind];
  return (
    // A screen reader hears of it once, and not every second: a timer is not read out by itself.
    <div role="status">
      <Alert
        type={over ? 'info' : 'warning'}
        header={
          over ? (
            ended
          ) : (
            <>
              {ending} <Countdown until={endsAt} />
            </>
          )
        }
        action={
          <Button
            loading={running}
            loadingText={renew}
            disabled={disabled && !running}
            onClick={() => onRenew()}
          >
            {renew}
          </Button>
        }
        i18nStrings={{ infoIconAriaLabel: 'Information', warningIconAriaLabel: 'Warning' }}
      >
        Your access lasts until <Instant at={windowEnd} />: renew to go on.
      </Alert>
    </div>
  );
}

function Living({ lives: { console, cli, until } }: { lives: Lives }) {
  if (until === null) return <p className="session-text quiet">No session is alive.</p>;
  const kinds = [...counted(console, 'console'), ...counted(cli, 'CLI')];
  return (
    <p className="session-text">
      <strong>{console + cli === 1 ? '1 session is alive' : `${console + cli} sessions are alive`}</strong> (
      {kinds.join(', ')}), {console + cli === 1 ? 'until' : 'the last until'} <Instant at={until} />.
    </p>
  );
}

function counted(number: number, what: string): string[] {
  return number === 0 ? [] : [`${number} ${what}`];
}
