import { useRouteError } from 'react-router-dom';
import { paths } from '../lib/paths.ts';
import { asProblem } from '../lib/problem.ts';
import { AppLink } from '../ui/app-link.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="There is nothing at this address" />
      <div>
        Check the link, or go to <AppLink to={paths.myRequests}>my requests</AppLink>.
      </div>
    </>
  );
}

/** A page that broke, or whose code could not be loaded, as happens when a new version was installed meanwhile. */
export function PageFault() {
  const error = useRouteError();
  return (
    <>
      <PageHeader title="This page could not be shown" />
      <ProblemAlert
        problem={asProblem(error)}
        onRetry={() => location.reload()}
        retryLabel="Reload the page"
      />
    </>
  );
}
