import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { Problem } from '../lib/problem.ts';
import { evidenceName, evidenceValue } from './evidence.ts';

interface ProblemAlertProps {
  problem: Problem;
  /** Shown as a button where doing the same again can help. */
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
}

/** A problem in full: what happened, what it was based on, what to do, and the id to quote when asking for help. */
export function ProblemAlert({ problem, onRetry, retryLabel = 'Try again' }: ProblemAlertProps) {
  const evidence = Object.entries(problem.evidence);
  return (
    <div role="alert">
      <Alert
        type={problem.status >= 500 || problem.code === 'offline' ? 'warning' : 'error'}
        header={problem.title}
        action={onRetry ? <Button onClick={() => onRetry()}>{retryLabel}</Button> : undefined}
        i18nStrings={{ errorIconAriaLabel: 'Error', warningIconAriaLabel: 'Warning' }}
      >
        <div className="stack-close wraps">
          <div>{problem.detail}</div>
          {evidence.length > 0 && (
            <ul>
              {evidence.map(([key, value]) => (
                <li key={key}>
                  {evidenceName(key)}: {evidenceValue(key, value)}
                </li>
              ))}
            </ul>
          )}
          {problem.correlationId !== '' && (
            <div className="small">
              Reference for support: <span className="code">{problem.correlationId}</span>
            </div>
          )}
        </div>
      </Alert>
    </div>
  );
}
