import { paths } from '../../lib/paths.ts';
import type { Problem } from '../../lib/problem.ts';
import { AppLink } from '../../ui/app-link.tsx';

/** The requests that stand in the way, where a refusal names some: there is what to do about it. */
export function RequestLinks({ problem }: { problem: Problem | null }) {
  const ids = problem ? requestsIn(problem) : [];
  if (ids.length === 0) return null;
  return (
    <div className="row">
      {ids.map((id) => (
        <AppLink key={id} to={paths.request(id)}>
          {ids.length === 1 ? 'Open that request' : `Open request ${id}`}
        </AppLink>
      ))}
    </div>
  );
}

const requestId = /^[0-9a-hjkmnp-tv-z]{26}$/;

function requestsIn({ evidence: { request, requests } }: Problem): string[] {
  const named = [request, ...(Array.isArray(requests) ? requests : [])];
  return named.filter((id) => typeof id === 'string').filter((id) => requestId.test(id));
}
