import Button from '@cloudscape-design/components/button';
import { formatInstant } from '../lib/format.ts';

interface LoadMoreProps {
  /** null: everything is loaded */
  cursor: string | null | undefined;
  loading: boolean;
  onMore: () => void;
  /** From the last page: a page can be short, or empty, and still not be the end. */
  searchedBackTo?: string | null | undefined;
  label?: string;
}

/** The button for the next page, while there is one. */
export function LoadMore({ cursor, loading, onMore, searchedBackTo, label = 'Load older' }: LoadMoreProps) {
  if (!cursor) return null;
  return (
    <div className="row">
      <Button onClick={() => onMore()} loading={loading} loadingText="Loading">
        {label}
      </Button>
      {searchedBackTo && <span className="quiet">Searched back to {formatInstant(searchedBackTo)}</span>}
    </div>
  );
}
