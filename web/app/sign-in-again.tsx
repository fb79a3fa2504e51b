import Button from '@cloudscape-design/components/button';
import { signInAgain, signOut } from '../lib/auth.ts';
import type { Problem } from '../lib/problem.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';

/** Over whatever page is open, which stays as it is: what was typed is there afterwards. */
export function SignInAgain({ problem }: { problem: Problem | null }) {
  return (
    <Dialog
      title="Your sign-in has expired"
      footer={
        <>
          <Button variant="link" onClick={() => void signOut()}>
            Sign out
          </Button>
          <Button variant="primary" onClick={() => void signInAgain()}>
            Sign in again
          </Button>
        </>
      }
    >
      <div className="stack-close">
        <div>
          Sign in again to go on. It happens in a small window of its own; nothing on this page is lost.
        </div>
        {problem && <ProblemAlert problem={problem} />}
      </div>
    </Dialog>
  );
}
