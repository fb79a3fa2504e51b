import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef } from 'react';
import type { FindingView, PreflightView } from '../../../api/contract.ts';
import { formatAccount } from '../../lib/format.ts';
import { Instant } from '../../ui/instant.tsx';
import { inOrder, stateWords, summaryOf, titles } from './finding-words.ts';
import './findings.css';

const looks: Record<FindingView['state'], StatusIndicatorProps.Type> = {
  pass: 'success',
  fail: 'error',
  unknown: 'warning',
};

/** What was found, first what is wrong. The heading takes the focus, so that it is read from there. */
export function Findings({ preflight: { target, at, findings } }: { preflight: PreflightView }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="panel stack" aria-labelledby="findings">
      <div className="stack-close">
        <h2 id="findings" ref={heading} tabIndex={-1} className="wraps">
          {target.role} in {formatAccount(target)}: {summaryOf(findings)}
        </h2>
        <div className="quiet small">
          Checked on <Instant at={at} />
        </div>
      </div>
      <ul className="findings">
        {inOrder(findings).map((finding) => (
          <li key={finding.check}>
            <StatusIndicator type={looks[finding.state]}>{stateWords[finding.state]}</StatusIndicator>
            <div className="stack-close wraps">
              <strong>{titles[finding.check]}</strong>
              <div>{finding.sentence}</div>
              {finding.fix.length > 0 && <Fix steps={finding.fix} />}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Fix({ steps }: { steps: readonly string[] }) {
  if (steps.length === 1) {
    return (
      <div>
        <span className="quiet">What to do:</span> {steps[0]}
      </div>
    );
  }
  return (
    <div className="stack-close">
      <span className="quiet">What to do, in this order:</span>
      <ol className="lines">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}
