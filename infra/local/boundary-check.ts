import type { IssuedSession } from './sts.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

type Known = Pick<IssuedSession, 'userId' | 'sourceIdentity' | 'issuedAt'>;

/**
 * Whether a boundary denies this session everything. It knows the condition operators and keys of the boundaries that
 * Stepladder writes (IAM User Guide, "IAM JSON policy elements: Condition operators").
 * @throws Error where it meets another
 */
export function isDeniedAll(document: string, session: Known): boolean {
  const { Statement } = JSON.parse(document) as { Statement: Statement[] };
  return Statement.some(
    ({ Effect, Action, Condition = {} }) =>
      Effect === 'Deny' &&
      Action === '*' &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([name, values]) =>
          [values].flat().some((value) => holds(operator, name, String(value), session)),
        ),
      ),
  );
}

function holds(operator: string, name: string, value: string, session: Known): boolean {
  if (operator === 'StringLike' && name === 'aws:userid') return endsLike(session.userId, value);
  if (operator === 'StringLike' && name === 'aws:SourceIdentity')
    return endsLike(session.sourceIdentity, value);
  if (operator === 'DateLessThanEquals' && name === 'aws:TokenIssueTime')
    return session.issuedAt <= Date.parse(value);
  throw new Error(`${operator} of ${name} is not known here`);
}

/** NB. Only a leading star is known: whatever is behind it is compared whole. */
function endsLike(text: string, pattern: string): boolean {
  if (!/^\*[^*?$]+$/.test(pattern)) throw new Error(`${pattern} is no pattern that is known here`);
  return text.endsWith(pattern.slice(1));
}
