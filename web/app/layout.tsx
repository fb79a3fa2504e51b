import { Outlet, ScrollRestoration } from 'react-router-dom';
import { useMe } from '../lib/me.ts';
import { asProblem } from '../lib/problem.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { ActiveBanner } from './active-banner.tsx';
import { TopBar } from './top-bar.tsx';
import './layout.css';

/** What surrounds every page. */
export function Layout() {
  const me = useMe();
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <TopBar me={me.data} />
      <ActiveBanner requests={me.data?.active ?? []} />
      <main id="main" className="page stack" tabIndex={-1}>
        {me.error && <ProblemAlert problem={asProblem(me.error)} onRetry={() => void me.refetch()} />}
        <Outlet />
      </main>
      <ScrollRestoration />
    </>
  );
}
