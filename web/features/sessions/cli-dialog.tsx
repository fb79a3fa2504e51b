import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useEffect } from 'react';
import type { TargetView } from '../../../api/contract.ts';
import { useNow } from '../../lib/clock.ts';
import { formatAccount } from '../../lib/format.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Instant } from '../../ui/instant.tsx';
import type { CliCredentials } from './cli-formats.ts';
import { CredentialFormats } from './credential-formats.tsx';

/** Credentials and what they are for. */
export interface CliSession {
  credentials: CliCredentials;
  target: TargetView;
}

interface CliDialogProps {
  session: CliSession;
  /** RFC 3339; until then new credentials can be had */
  windowEnd: string;
  /** They have ended: whoever holds them has to let go of them. */
  onOver: () => void;
  onClose: () => void;
}

/** milliseconds */
const worthTelling = 60_000;

/**
 * Shows CLI credentials for as long as they are looked at and good.
 * NB. The state of the component that renders it is the only place in the browser that has them.
 */
export function CliDialog({ session, windowEnd, onOver, onClose }: CliDialogProps) {
  const { role } = session.target;
  const { endsAt } = session.credentials;
  // AWS counts whole seconds, so credentials may end a moment before the window: that is no reason for new ones.
  const lastsLonger = Date.parse(windowEnd) - Date.parse(endsAt) > worthTelling;
  const over = useNow(1000) >= Date.parse(endsAt);
  useEffect(() => {
    if (over) onOver();
  }, [over, onOver]);

  return (
    <Dialog
      title="CLI credentials"
      wide
      onDismiss={onClose}
      footer={
        <Button variant="primary" onClick={() => onClose()}>
          Close
        </Button>
      }
    >
      {over ? (
        <Alert
          type="info"
          header="These credentials have ended"
          i18nStrings={{ infoIconAriaLabel: 'Information' }}
        >
          They no longer work and are gone from this page.
          {lastsLonger && ' Your access lasts longer: close this and choose CLI for new ones.'}
        </Alert>
      ) : (
        <div className="stack">
          <dl className="facts">
            <div>
              <dt>Role</dt>
              <dd>{role}</dd>
            </div>
            <div>
              <dt>Account</dt>
              <dd>{formatAccount(session.target)}</dd>
            </div>
            <div>
              <dt>Time left</dt>
              <dd>
                <strong>
                  <Countdown until={endsAt} />
                </strong>
              </dd>
            </div>
            <div>
              <dt>They stop working</dt>
              <dd>
                <Instant at={endsAt} />
              </dd>
            </div>
          </dl>
          <CredentialFormats credentials={session.credentials} target={session.target} />
          <p className="session-text quiet">
            Keep them to yourself: what is done with them is on record under your name. They are not stored,
            and are gone from this page when you close it.{' '}
            {lastsLonger && 'Your access lasts longer than they do: get new ones the same way.'}
          </p>
        </div>
      )}
    </Dialog>
  );
}
