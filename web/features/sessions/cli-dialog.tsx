import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useEffect } from 'react';
import { useNow } from '../../lib/clock.ts';
import { formatAccount } from '../../lib/format.ts';
import type { Problem } from '../../lib/problem.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Fact } from '../../ui/fact.tsx';
import { Instant } from '../../ui/instant.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { CredentialFormats } from './credential-formats.tsx';
import { outlasts } from './live-sessions.ts';
import type { CliSession } from './use-cli.ts';
import type { Gone } from './use-wiped.ts';

interface CliDialogProps {
  session: CliSession;
  /** why the credentials are no longer here; null while they are */
  gone: Gone | null;
  /** RFC 3339; until then new credentials can be had */
  windowEnd: string;
  /** new credentials in place of these: null where none may be issued any more */
  onRenew: (() => void) | null;
  renewing: boolean;
  problem: Problem | null;
  onClose: () => void;
}

/** Shows CLI credentials for a short while, as long as they are good; then says why they are gone, and gets new ones. */
export function CliDialog(props: CliDialogProps) {
  const { session, gone, windowEnd, onRenew, renewing, problem, onClose } = props;
  const over = useNow(1000) >= Date.parse(session.endsAt);
  useEffect(() => {
    if (over) session.secret.wipe();
  }, [over, session]);
  const lastsLonger = outlasts(windowEnd, session.endsAt);
  const renewable = onRenew !== null && (over ? lastsLonger : gone !== null);

  return (
    <Dialog
      title="CLI credentials"
      wide
      onDismiss={onClose}
      footer={
        <>
          <Button variant={renewable ? 'link' : 'primary'} onClick={() => onClose()}>
            Close
          </Button>
          {renewable && (
            <Button
              variant="primary"
              loading={renewing}
              loadingText="Getting credentials"
              onClick={() => onRenew()}
            >
              Get new credentials
            </Button>
          )}
        </>
      }
    >
      <div className="stack">
        {over && <Ended lastsLonger={lastsLonger && onRenew !== null} />}
        {!over && gone !== null && <Cleared why={gone} endsAt={session.endsAt} />}
        {!over && gone === null && <Shown session={session} lastsLonger={lastsLonger} />}
        {problem && <ProblemAlert problem={problem} />}
      </div>
    </Dialog>
  );
}

const info = { infoIconAriaLabel: 'Information' };

function Ended({ lastsLonger }: { lastsLonger: boolean }) {
  return (
    <Alert type="info" header="These credentials have ended" i18nStrings={info}>
      They no longer work and are gone from this page.
      {lastsLonger && ' Your access lasts longer: get new ones.'}
    </Alert>
  );
}

const whyGone: Record<Gone, string> = {
  left: 'You left this page for a moment, and they do not stay where nobody looks at them.',
  time: 'They are shown for two minutes, so that nobody finds them who comes later.',
};

function Cleared({ why, endsAt }: { why: Gone; endsAt: string }) {
  return (
    <Alert type="info" header="These credentials are gone from this page" i18nStrings={info}>
      {whyGone[why]} If you copied them before, paste them: they work until <Instant at={endsAt} />. If not,
      get new ones.
    </Alert>
  );
}

function Shown({ session, lastsLonger }: { session: CliSession; lastsLonger: boolean }) {
  const { target, endsAt, shownUntil } = session;
  return (
    <>
      <dl className="facts">
        <Fact name="Role">{target.role}</Fact>
        <Fact name="Account">{formatAccount(target)}</Fact>
        <Fact name="Time left">
          <strong>
            <Countdown until={endsAt} />
          </strong>
        </Fact>
        <Fact name="They stop working">
          <Instant at={endsAt} />
        </Fact>
        <Fact name="Shown here for">
          <Countdown until={shownUntil} />
        </Fact>
      </dl>
      <CredentialFormats session={session} />
      <p className="session-text quiet">
        Copy them before you go to another window: they are stored nowhere, and gone from this page when you
        leave it, close this, or after two minutes. Keep them to yourself: what is done with them is on record
        under your name. {lastsLonger && 'Your access lasts longer than they do: get new ones the same way.'}
      </p>
    </>
  );
}
