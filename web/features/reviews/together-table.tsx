import Button from '@cloudscape-design/components/button';
import { useId } from 'react';
import type { RequestView } from '../../../api/contract.ts';
import { formatAccount } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { approvalsOf } from '../../ui/reviews-list.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';
import './together-table.css';

interface TogetherTableProps {
  /** the others of the same form */
  requests: readonly RequestView[];
  /** the ids that are to be decided with this one */
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}

/** Whether the viewer may decide on it now. */
export function mayReview({ allowedActions }: RequestView): boolean {
  return allowedActions.includes('review');
}

/** What was asked for in the same form, to be decided with one decision. Nothing is selected unasked. */
export function TogetherTable({ requests, chosen, onChange }: TogetherTableProps) {
  const headingId = useId();
  const open = requests.filter(mayReview).map(({ id }) => id);
  const all = open.every((id) => chosen.has(id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  return (
    <section className="stack-close" aria-labelledby={headingId}>
      <div className="row-apart">
        <h3 id={headingId} className="together-heading">
          Asked together with this
        </h3>
        {open.length > 0 && (
          <Button variant="inline-link" onClick={() => onChange(new Set(all ? [] : open))}>
            {all ? 'Select none' : 'Select all'}
          </Button>
        )}
      </div>
      <div className="quiet">
        The same person asked for these in the same form, with the same justification. What you select gets
        the same decision and comment as this one; each stays a request of its own.
      </div>
      <DataTable
        caption="Requests of the same form"
        rows={requests}
        columns={columnsFor(chosen, toggle)}
        rowKey={({ id }) => id}
        empty={null}
      />
    </section>
  );
}

function columnsFor(
  chosen: ReadonlySet<string>,
  toggle: (id: string) => void,
): readonly Column<RequestView>[] {
  return [
    {
      id: 'select',
      header: 'Decide too',
      cell: (request) =>
        mayReview(request) ? (
          <label className="together-check">
            <input type="checkbox" checked={chosen.has(request.id)} onChange={() => toggle(request.id)} />
            <span className="visually-hidden">
              {request.target.role} in {formatAccount(request.target)}
            </span>
          </label>
        ) : (
          <span className="quiet">No</span>
        ),
    },
    {
      id: 'target',
      header: 'Role and account',
      names: true,
      cell: ({ id, target }) => (
        <>
          <AppLink to={paths.request(id)}>{target.role}</AppLink>
          <div className="quiet wraps">{formatAccount(target)}</div>
        </>
      ),
    },
    { id: 'rule', header: 'Rule', cell: ({ rule }) => <span className="code">{rule.id}</span> },
    {
      id: 'approvals',
      header: 'Approvals',
      cell: (request) => <Unbroken>{approvalsOf(request)}</Unbroken>,
    },
    { id: 'status', header: 'Status', cell: (request) => <StatusBadge request={request} /> },
  ];
}
