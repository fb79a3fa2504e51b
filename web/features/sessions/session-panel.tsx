import Button from '@cloudscape-design/components/button';
import { lazy, Suspense, useId } from 'react';
import type { EntryView, RequestView } from '../../../api/contract.ts';
import { formatAccount } from '../../lib/format.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ConsoleLink, ConsoleLinkGone } from './console-link.tsx';
import { SessionLives } from './session-lives.tsx';
import { useCli } from './use-cli.ts';
import { useConsole } from './use-console.ts';
import './sessions.css';

const loadDialog = () => import('./cli-dialog.tsx');
const CliDialog = lazy(async () => ({ default: (await loadDialog()).CliDialog }));

interface SessionPanelProps {
  request: RequestView;
  /** of the request: the latest of them */
  entries: readonly EntryView[];
}

/** Where an approved request is used while its window lasts. */
export function SessionPanel({ request, entries }: SessionPanelProps) {
  const headingId = useId();
  const toConsole = useConsole(request.id);
  const toCli = useCli(request.id, loadDialog);
  const { session } = toCli;
  const { window: access } = request;
  const mayIssue = request.allowedActions.includes('issue');
  const busy = toConsole.running || toCli.running;
  // What was refused in the dialog is said there.
  const problem = toConsole.problem ?? (session === null ? toCli.problem : null);
  if (access === null) return null;
  // What was refused stays to be read, and the dialog to say that the session is over, when nothing more may be issued.
  if (!mayIssue && session === null) {
    return problem && <ProblemAlert problem={problem} />;
  }

  const issueCli = () => {
    toConsole.forget();
    toCli.issue();
  };
  return (
    <section className="panel stack" aria-labelledby={headingId}>
      <div className="row-apart">
        <h2 id={headingId}>Use this access</h2>
        <span>
          Time left:{' '}
          <strong>
            <Countdown until={access.until} />
          </strong>
        </span>
      </div>
      <p className="session-text wraps">
        You may act as <strong>{request.target.role}</strong> in{' '}
        <strong>{formatAccount(request.target)}</strong>. Everything you do is on record under your name.
        {request.breakGlass &&
          ' Nobody approved it: all reviewers were told, and one of them reviews it afterwards.'}
      </p>
      <div className="row">
        <Button
          variant="primary"
          iconName="external"
          iconAlign="right"
          ariaLabel="Access console, opens in a new tab"
          loading={toConsole.running}
          loadingText="Opening the console"
          disabled={busy && !toConsole.running}
          onClick={() => {
            toCli.forget();
            toConsole.open();
          }}
        >
          Access console
        </Button>
        <Button
          loading={toCli.running}
          loadingText="Getting credentials"
          disabled={busy && !toCli.running}
          onClick={issueCli}
        >
          CLI
        </Button>
      </div>
      {toConsole.link &&
        (toConsole.gone === null ? (
          <ConsoleLink secret={toConsole.link} onUsed={toConsole.forget} />
        ) : (
          <ConsoleLinkGone />
        ))}
      {problem && <ProblemAlert problem={problem} />}
      {mayIssue && (
        <SessionLives
          entries={entries}
          windowEnd={access.until}
          renew={{ cli: issueCli, console: toConsole.renew }}
          running={(toCli.running && 'cli') || (toConsole.running && 'console') || null}
        />
      )}
      <p className="session-text quiet">
        Use both as often as you need. The console and the credentials issued here stop working exactly when
        the access ends: <Instant at={access.until} />. Signing out of Stepladder does not stop them earlier.
      </p>
      {session && (
        <Suspense fallback={<Loading what="credentials" />}>
          <CliDialog
            session={session}
            gone={toCli.gone}
            windowEnd={access.until}
            onRenew={mayIssue ? toCli.issue : null}
            renewing={toCli.running}
            problem={toCli.problem}
            onClose={toCli.close}
          />
        </Suspense>
      )}
    </section>
  );
}
