import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { signInAnew, useSignIn } from '../lib/auth.ts';
import { branding } from '../lib/config.ts';
import { queryClient } from '../lib/query-client.ts';
import { useChallenge } from '../lib/step-up.ts';
import { ConfirmIdentity } from './confirm-identity.tsx';
import { SignInAgain } from './sign-in-again.tsx';
import { SignedOutPage, SignInFailedPage, StartingPage } from './sign-in-pages.tsx';

/**
 * NB. Loaded only when somebody is signed in: the router reads the address, which until then is the provider's answer.
 */
const Pages = lazy(async () => {
  const { colours } = branding();
  if (colours !== null) {
    const { applyBrandColours } = await import('../ui/brand-colours.ts');
    applyBrandColours(colours.light, colours.dark);
  }
  return { default: (await import('./router.tsx')).Pages };
});

/** The page that fits where signing in stands; nothing of the app is shown before it is done. */
export function App() {
  const signIn = useSignIn();
  const challenge = useChallenge();
  switch (signIn.state) {
    case 'starting':
      return <StartingPage />;
    case 'failed':
      return <SignInFailedPage problem={signIn.problem} onRetry={() => void signInAnew()} />;
    case 'signed-out':
      return <SignedOutPage onSignIn={() => void signInAnew()} />;
    default:
      return (
        <QueryClientProvider client={queryClient}>
          <Suspense fallback={<StartingPage />}>
            <Pages />
          </Suspense>
          {challenge && <ConfirmIdentity challenge={challenge} />}
          {signIn.state === 'expired' && <SignInAgain problem={signIn.problem} />}
        </QueryClientProvider>
      );
  }
}
