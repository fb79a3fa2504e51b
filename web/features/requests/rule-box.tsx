import type { RuleView, TargetView } from '../../../api/contract.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import { asProblem } from '../../lib/problem.ts';
import { Loading } from '../../ui/loading.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { OpenAlready } from './open-already.tsx';
import { useExplanation } from './use-explanation.ts';

interface RuleBoxProps {
  target: TargetView;
  rule: RuleView;
  /** shown in full from the beginning */
  open: boolean;
  /** the request that is to be extended */
  extensionOf?: string | null;
}

/** What is in the way of a chosen role already, and the rule that applies to it, in the server's words. */
export function RuleBox({ target, rule, open, extensionOf = null }: RuleBoxProps) {
  const explanation = useExplanation(target, extensionOf);
  return (
    <div>
      <OpenAlready open={explanation.data?.open} />
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
          <WhyThisRule explanation={explanation} />
        </div>
      </details>
    </div>
  );
}

function WhyThisRule({ explanation }: { explanation: ReturnType<typeof useExplanation> }) {
  return (
    <details>
      <summary>Why this rule</summary>
      <div className="rule-box-terms">
        {explanation.isPending && <Loading what="the explanation" />}
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
