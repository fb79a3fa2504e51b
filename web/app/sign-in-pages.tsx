import Button from '@cloudscape-design/components/button';
import { type ReactNode, useEffect, useState } from 'react';
import { asProblem, type Problem } from '../lib/problem.ts';
import { Loading } from '../ui/loading.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import './layout.css';

/** The pages that are shown while nobody is signed in. */

function BarePage({ children }: { children: ReactNode }) {
  return (
    <main className="bare-page">
      <div className="panel stack">{children}</div>
    </main>
  );
}

export function StartingPage() {
  return (
    <BarePage>
      <Loading what="Stepladder" />
    </BarePage>
  );
}

export function SignedOutPage({ onSignIn }: { onSignIn: () => void }) {
  return (
    <BarePage>
      <PageHeader
        title="You are signed out"
        description="In every tab of this browser. On a shared computer, close the browser too."
      />
      <div>
        <Button variant="primary" onClick={() => onSignIn()}>
          Sign in
        </Button>
      </div>
    </BarePage>
  );
}

export function SignInFailedPage({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  return (
    <BarePage>
      <PageHeader title="Stepladder" />
      <ProblemAlert problem={problem} onRetry={onRetry} retryLabel="Try to sign in again" />
      <div className="quiet">
        If it goes on, tell whoever runs Stepladder for you that signing in does not work, and quote the words
        above.
      </div>
    </BarePage>
  );
}

/** In the small window that signs in again; it closes itself when the page behind it has taken over. */
export function PopupPage({ finished }: { finished: Promise<void> }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    finished.catch((error: unknown) => setProblem(asProblem(error)));
  }, [finished]);
  return (
    <BarePage>
      <PageHeader title="Signing in again" />
      {problem ? <ProblemAlert problem={problem} /> : <div>You can close this window.</div>}
    </BarePage>
  );
}
