import { useState } from 'react';
import type { RuleView, TargetView } from '../../../api/contract.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import { asProblem } from '../../lib/problem.ts';
import { Loading } from '../../ui/loading.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { useExplanation } from './use-explanation.ts';

interface RuleBoxProps {
  target: TargetView;
  rule: RuleView;
  /** shown in full from the beginning */
  open: boolean;
}

/** The rule that applies to a chosen role, in the server's words, and why it is this one. */
export function RuleBox({ target, rule, open }: RuleBoxProps) {
  return (
    <details className="rule-box" open={open}>
      <summary>
        <strong>What applies</strong> <span className="code">{rule.id}</span>
        <span className="quiet">, at most {formatDuration(rule.maxDurationMinutes)}</span>
        <span className="visually-hidden">
          {' '}
          for {target.role} in {formatAccount(target)}
        </span>
      </summary>
      <div className="rule-box-terms stack-close">
        <ul>
          {rule.terms.map((term) => (
            <li key={term}>{term}</li>
          ))}
        </ul>
        <WhyThisRule target={target} />
      </div>
    </details>
  );
}

/** Asks only when it is opened. */
function WhyThisRule({ target }: { target: TargetView }) {
  const [asked, setAsked] = useState(false);
  const explanation = useExplanation(asked ? target : null);
  return (
    <details onToggle={(event) => setAsked((before) => before || event.currentTarget.open)}>
      <summary>Why this rule</summary>
      <div className="rule-box-terms">
        {asked && explanation.isPending && <Loading what="the explanation" />}
        {explanation.error && (
          <ProblemAlert problem={asProblem(explanation.error)} onRetry={() => void explanation.refetch()} />
        )}
        {explanation.data && <Because lines={explanation.data.because} />}
      </div>
    </details>
  );
}

/** Each rule in its order, and why it applies or does not. The first that applies decides. */
export function Because({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return <div>The policy has no rules, so nobody may ask for anything.</div>;
  return (
    <ol className="rule-because">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ol>
  );
}
