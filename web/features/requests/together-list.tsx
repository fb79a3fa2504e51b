import type { RequestView } from '../../../api/contract.ts';
import { formatAccount } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';

/** The other requests of the same form: one justification, and each on its own from then on. */
export function TogetherList({ requests }: { requests: readonly RequestView[] }) {
  if (requests.length === 0) return null;
  return (
    <section className="panel stack-close" aria-labelledby="together">
      <h2 id="together">Asked together</h2>
      <ul className="lines">
        {requests.map((request) => (
          <li key={request.id}>
            <AppLink to={paths.request(request.id)}>{request.target.role}</AppLink>{' '}
            <span className="quiet">in {formatAccount(request.target)}</span>{' '}
            <StatusBadge request={request} />
          </li>
        ))}
      </ul>
    </section>
  );
}
