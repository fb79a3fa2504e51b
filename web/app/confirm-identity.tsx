import Button from '@cloudscape-design/components/button';
import { type Challenge, giveUpChallenge, signInForChallenge } from '../lib/step-up.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Instant } from '../ui/instant.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';

/** Over whatever page is open, which stays as it is: an action waits until the person has signed in anew. */
export function ConfirmIdentity({ challenge: { problem, failure, underway } }: { challenge: Challenge }) {
  const { authenticatedAt } = problem.evidence;
  return (
    <Dialog
      title="Confirm that it is you"
      onDismiss={giveUpChallenge}
      footer={
        <>
          <Button variant="link" onClick={() => giveUpChallenge()}>
            Not now
          </Button>
          <Button variant="primary" onClick={() => void signInForChallenge()}>
            Sign in again
          </Button>
        </>
      }
    >
      <div className="stack-close wraps">
        <div>
          <strong>{problem.detail}</strong>
          {typeof authenticatedAt === 'string' && (
            <>
              {' '}
              You signed in at <Instant at={authenticatedAt} />.
            </>
          )}
        </div>
        <div>
          It happens in a small window of its own. Then what you were doing goes on by itself; nothing on this
          page is lost.
        </div>
        {underway && (
          <div role="status">Sign in in the window that has opened. If you closed it, open it again.</div>
        )}
        {failure && <ProblemAlert problem={failure} />}
      </div>
    </Dialog>
  );
}
