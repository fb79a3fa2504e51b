import Button from '@cloudscape-design/components/button';
import { Outlet, ScrollRestoration } from 'react-router-dom';
import { useMe } from '../lib/me.ts';
import { asProblem } from '../lib/problem.ts';
import { ActiveBanner } from './active-banner.tsx';
import { InvitationNotice } from './invitation-notice.tsx';
import { SiteBanner } from './site-banner.tsx';
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
      <SiteBanner />
      <TopBar me={me.data} />
      <ActiveBanner requests={me.data?.active ?? []} />
      <InvitationNotice requests={me.data?.invitations ?? []} />
      <main id="main" className="page stack" tabIndex={-1}>
        {me.error && (
          <div role="alert" className="row">
            <span>What you may do here could not be read. {asProblem(me.error).detail}</span>
            <Button variant="inline-link" onClick={() => void me.refetch()}>
              Read it again
            </Button>
          </div>
        )}
        <Outlet />
      </main>
      <ScrollRestoration />
    </>
  );
}
