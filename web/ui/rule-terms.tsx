import type { RequestView } from '../../api/contract.ts';

/** The rule that a request was made under; on demand what it says, and why it was this one. */
export function RuleTerms({ rule }: { rule: RequestView['rule'] }) {
  return (
    <div className="stack-close">
      <span className="code">{rule.id}</span>
      <details>
        <summary>What this rule says</summary>
        <ul className="lines">
          {rule.terms.map((term) => (
            <li key={term}>{term}</li>
          ))}
        </ul>
      </details>
      <details>
        <summary>Why this rule</summary>
        <ol className="lines">
          {rule.because.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </details>
    </div>
  );
}

/** NB. Of an invitation that nobody accepted no rule is known: rules are about who asks. */
export function hasRule({ rule }: RequestView): boolean {
  return rule.because.length > 0;
}
