import Button from '@cloudscape-design/components/button';
import type { AuditExportQuery } from '../../../api/contract.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { useExport } from './use-export.ts';

interface ExportPanelProps {
  of: AuditExportQuery['of'];
  /** the filter of the list on the page */
  filter: Omit<AuditExportQuery, 'of' | 'format'>;
}

const number = new Intl.NumberFormat();

/** Saves everything that the filter finds, however much, as a file. */
export function ExportPanel({ of, filter }: ExportPanelProps) {
  const { progress, running, problem, saved, start, resume, cancel } = useExport();
  return (
    <section className="stack-close" aria-label="Export">
      <div className="row">
        <Button
          iconName="download"
          disabled={running}
          onClick={() => start({ ...filter, of, format: 'csv' })}
        >
          Export CSV
        </Button>
        <Button
          iconName="download"
          disabled={running}
          onClick={() => start({ ...filter, of, format: 'jsonl' })}
        >
          Export JSON Lines
        </Button>
        {running && <Button onClick={() => cancel()}>Cancel export</Button>}
        <span role="status" className="quiet wraps">
          {running && `Exporting: ${number.format(progress?.rows ?? 0)} rows so far`}
          {saved && `Saved ${number.format(progress?.rows ?? 0)} rows as ${saved}`}
        </span>
      </div>
      {problem && (
        <>
          <ProblemAlert problem={problem} onRetry={resume} retryLabel="Go on with the export" />
          {progress !== null && progress.rows > 0 && (
            <span className="quiet">
              It stopped after {number.format(progress.rows)} rows and goes on from there. Nothing has been
              saved yet.
            </span>
          )}
        </>
      )}
    </section>
  );
}
