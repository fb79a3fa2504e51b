import { useEffect, useId, useState } from 'react';
import type { RequestStatus } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { statuses, statusOf, statusWord } from '../../ui/status-badge.tsx';
import './request-filter.css';

interface RequestFilterProps {
  search: string;
  status: RequestStatus | undefined;
  onChange: (next: { search: string; status: RequestStatus | undefined }) => void;
}

/** How long nothing must be typed before the server is asked, in ms. */
const pauseMs = 300;

/**
 * Search and status, both applied by the server.
 * NB. The browser's own fields: Cloudscape's select would be the largest part of the first screen.
 */
export function RequestFilter({ search, status, onChange }: RequestFilterProps) {
  const [typed, setTyped] = useState(search);
  const [shown, setShown] = useState(search);
  const searchId = useId();
  const statusId = useId();
  // Changed from outside: by the address, or by "Clear".
  if (shown !== search) {
    setShown(search);
    setTyped(search);
  }
  useEffect(() => {
    if (typed === search) return;
    const timer = setTimeout(() => onChange({ search: typed, status }), pauseMs);
    return () => clearTimeout(timer);
  }, [typed, search, status, onChange]);

  return (
    <search className="request-filter">
      <label htmlFor={searchId}>
        Search by account, role or justification
        <input
          id={searchId}
          type="search"
          maxLength={limits.search.max}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <label htmlFor={statusId}>
        Status
        <select
          id={statusId}
          value={status ?? ''}
          onChange={(event) => onChange({ search: typed, status: statusOf(event.target.value) })}
        >
          <option value="">Any</option>
          {statuses.map((one) => (
            <option key={one} value={one}>
              {statusWord(one)}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}
