import type { IssuedSession } from './sts.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Whether a boundary denies this session everything. It knows the condition operators and keys of the boundaries that
 * Stepladder writes (IAM User Guide, "IAM JSON policy elements: Condition operators").
 * @throws Error where it meets another
 */
export function isDeniedAll(document: string, session: Pick<IssuedSession, 'userId' | 'issuedAt'>): boolean {
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

function holds(
  operator: string,
  name: string,
  value: string,
  { userId, issuedAt }: Pick<IssuedSession, 'userId' | 'issuedAt'>,
): boolean {
  if (operator === 'StringLike' && name === 'aws:userid') {
    // NB. Only a leading star is known: whatever is behind it is compared whole.
    if (!/^\*[^*?$]+$/.test(value)) throw new Error(`${value} is no pattern that is known here`);
    return userId.endsWith(value.slice(1));
  }
  if (operator === 'DateLessThanEquals' && name === 'aws:TokenIssueTime')
    return issuedAt <= Date.parse(value);
  throw new Error(`${operator} of ${name} is not known here`);
}
