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
        {requests.map(({ id, target, status }) => (
          <li key={id}>
            <AppLink to={paths.request(id)}>{target.role}</AppLink>{' '}
            <span className="quiet">in {formatAccount(target)}</span> <StatusBadge status={status} />
          </li>
        ))}
      </ul>
    </section>
  );
}
