import { limits } from '../../../api/limits.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import type { AuditPages } from './use-audit-pages.ts';

interface AuditListProps<Row extends { id: string }> {
  pages: AuditPages<Row>;
  /** "requests" */
  what: string;
  columns: readonly Column<Row>[];
  /** The form shows what is wrong with its fields. */
  problemShown: boolean;
}

/** Newest first, as far back as was asked for. */
export function AuditList<Row extends { id: string }>({
  pages,
  what,
  columns,
  problemShown,
}: AuditListProps<Row>) {
  const { rows, last, problem } = pages;
  // A page with a cursor can be short: the server looks back only so far at once.
  const short = last !== null && last.items.length < limits.pageSize;
  return (
    <section className="audit-list" aria-label={`Found ${what}`}>
      {pages.loading && <Loading what={what} />}
      {last && !(problem && problemShown) && (
        <DataTable
          caption={`${what}, newest first`}
          rows={rows}
          columns={columns}
          rowKey={(row) => row.id}
          busy={pages.busy}
          empty={<NothingFound what={what} more={last.cursor !== null} />}
        />
      )}
      {problem && !problemShown && <ProblemAlert problem={problem} onRetry={pages.retry} />}
      {last && (
        <div className="row-apart">
          <LoadMore
            cursor={last.cursor}
            loading={pages.loadingMore}
            onMore={pages.more}
            searchedBackTo={short ? last.searchedBackTo : null}
            label={short ? 'Continue searching' : 'Load older'}
          />
          <span className="quiet" role="status">
            {countOf(rows.length, what)}
            {last.cursor === null ? ', all there are' : ' so far'}
          </span>
        </div>
      )}
    </section>
  );
}

function countOf(rows: number, what: string): string {
  return `${new Intl.NumberFormat().format(rows)} ${rows === 1 ? what.replace(/s$/, '') : what}`;
}

function NothingFound({ what, more }: { what: string; more: boolean }) {
  return more ? (
    <EmptyState title="Nothing found so far">
      Older {what} have not been searched yet: continue below, or choose a shorter period.
    </EmptyState>
  ) : (
    <EmptyState title={`No ${what} found`}>
      Nothing matches this filter. Choose a longer period, or clear the filter to see everything.
    </EmptyState>
  );
}
