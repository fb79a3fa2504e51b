import Button from '@cloudscape-design/components/button';
import { lazy, Suspense, useCallback, useId, useState } from 'react';
import type { RequestView } from '../../../api/contract.ts';
import { formatAccount } from '../../lib/format.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import type { CliSession } from './cli-dialog.tsx';
import { ConsoleLink } from './console-link.tsx';
import { useCli } from './use-cli.ts';
import { useConsole } from './use-console.ts';
import './sessions.css';

const loadDialog = () => import('./cli-dialog.tsx');
const CliDialog = lazy(async () => ({ default: (await loadDialog()).CliDialog }));

/** Where an approved request is used while its window lasts. */
export function SessionPanel({ request }: { request: RequestView }) {
  const headingId = useId();
  const [session, setSession] = useState<CliSession | null>(null);
  const toConsole = useConsole(request.id);
  const toCli = useCli(request.id, loadDialog, setSession);
  const forgetCredentials = useCallback(() => setSession((ended) => ended && withoutSecrets(ended)), []);
  const { window: access } = request;
  const busy = toConsole.running || toCli.running;
  const problem = toConsole.problem ?? toCli.problem;
  if (access === null) return null;
  // What was refused stays to be read, and the dialog to say that the session is over, when nothing more may be issued.
  if (!request.allowedActions.includes('issue') && session === null) {
    return problem && <ProblemAlert problem={problem} />;
  }

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
          onClick={() => {
            toConsole.forget();
            toCli.issue();
          }}
        >
          CLI
        </Button>
      </div>
      {toConsole.url && <ConsoleLink url={toConsole.url} onUsed={toConsole.forget} />}
      {problem && <ProblemAlert problem={problem} />}
      <p className="session-text quiet">
        Use both as often as you need. The console and the credentials issued here stop working exactly when
        the access ends: <Instant at={access.until} />. Signing out of Stepladder does not stop them earlier.
      </p>
      {session && (
        <Suspense fallback={<Loading what="credentials" />}>
          <CliDialog
            session={session}
            windowEnd={access.until}
            onOver={forgetCredentials}
            onClose={() => setSession(null)}
          />
        </Suspense>
      )}
    </section>
  );
}

/** What the dialog needs to say that they have ended. */
function withoutSecrets({ credentials: { endsAt }, target }: CliSession): CliSession {
  return { target, credentials: { accessKeyId: '', secretAccessKey: '', sessionToken: '', endsAt } };
}
