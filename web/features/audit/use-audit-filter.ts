import { useSearchParams } from 'react-router-dom';
import { paths } from '../../lib/paths.ts';
import { type AuditFilter, type FilterName, filterIn } from './audit-filter.ts';

const shared: readonly FilterName[] = ['from', 'until', 'email', 'account', 'role'];

/** What each audit page is filtered by. */
export const requestFilterNames: readonly FilterName[] = [...shared, 'status', 'breakGlass'];
export const sessionFilterNames: readonly FilterName[] = [...shared, 'kind'];

/** The filter in the page's address, and the way to change it. */
export function useAuditFilter(names: readonly FilterName[]) {
  const [address, setAddress] = useSearchParams();
  const filter = filterIn(address, names);
  const key = new URLSearchParams(filter).toString();
  return {
    filter,
    /** tells one filter from another */
    key,
    /** @returns false where the filter is the one that applies already */
    apply: (next: AuditFilter): boolean => {
      const wanted = new URLSearchParams(filterIn(new URLSearchParams(next), names));
      if (wanted.toString() === key) return false;
      setAddress(wanted);
      return true;
    },
  };
}

/** The other audit page, filtered by what both pages can be filtered by. */
export function withShared(
  path: typeof paths.audit | typeof paths.auditSessions,
  filter: AuditFilter,
): string {
  return withQuery(path, filterIn(new URLSearchParams(filter), shared));
}

/** The requests' page with this filter, showing one request in full. */
export function withDetails(filter: AuditFilter, request: string): string {
  return withQuery(paths.audit, { ...filter, request });
}

function withQuery(path: string, values: Record<string, string>): string {
  const query = new URLSearchParams(values).toString();
  return query === '' ? path : `${path}?${query}`;
}
