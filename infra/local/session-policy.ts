/** What an inline session policy lets its session do: enough of IAM's evaluation for the policies that Stepladder sends. */

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
}

/**
 * Whether the policy allows the action on the resource: an Allow that means both, and no Deny that does (IAM User Guide,
 * "Policy evaluation logic"). NB. Conditions are not looked at, so a conditional Deny counts, and no Allow is lost by it.
 * @param policy JSON, as AssumeRole was given it; '' for none, which narrows nothing
 */
export function sessionAllows(policy: string, action: string, resource: string): boolean {
  if (policy === '') return true;
  const { Statement: statements } = JSON.parse(policy) as { Statement: Statement | Statement[] };
  const effects = [statements]
    .flat()
    .filter(
      (one) => means(one.Action, one.NotAction, action) && means(one.Resource, one.NotResource, resource),
    )
    .map((one) => one.Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function means(these: Statement['Action'], allBut: Statement['NotAction'], one: string): boolean {
  const named = (list: string | string[]) => [list].flat().some((name) => name === '*' || name === one);
  if (these !== undefined) return named(these);
  return allBut !== undefined && !named(allBut);
}
