import type { ReactNode } from 'react';
import type { AuditExportQuery } from '../../../api/contract.ts';
import { paths } from '../../lib/paths.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { ViewSwitch } from '../../ui/view-switch.tsx';
import { type AuditFilter, type FieldErrors, queryOf } from './audit-filter.ts';
import { AuditFilterForm, type Choice } from './audit-filter-form.tsx';
import { ExportPanel } from './export-panel.tsx';
import { withShared } from './use-audit-filter.ts';

interface AuditFrameProps {
  of: AuditExportQuery['of'];
  filter: AuditFilter;
  /** tells one filter from another: form and export begin anew with each */
  filterKey: string;
  choices: readonly Choice[];
  refused: FieldErrors;
  onApply: (filter: AuditFilter) => void;
  children: ReactNode;
}

/** What both audit pages have around their list. */
export function AuditFrame({ of, filter, filterKey, choices, refused, onApply, children }: AuditFrameProps) {
  return (
    <div className="stack">
      <PageHeader
        title="Audit"
        description={
          of === 'requests'
            ? 'Every request ever made, newest first.'
            : 'Every session ever issued or tried, newest first.'
        }
      />
      <ViewSwitch
        label="What to audit"
        views={[
          { to: withShared(paths.audit, filter), text: 'Requests', current: of === 'requests' },
          { to: withShared(paths.auditSessions, filter), text: 'Sessions', current: of === 'sessions' },
        ]}
      />
      <AuditFilterForm key={`form ${filterKey}`} {...{ filter, choices, refused, onApply }} />
      <ExportPanel key={`export ${filterKey}`} of={of} filter={queryOf(filter)} />
      {children}
    </div>
  );
}
