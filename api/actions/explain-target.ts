import type { Target } from '../domain/eligibility.ts';
import { type Explanation, explain } from '../domain/rule-match.ts';
import type { User } from '../domain/user.ts';
import { alreadyOpen, type CreateTools } from './create-request.ts';

export interface ExplainedTarget {
  readonly explanation: Explanation;
  /** the user's request for which another one would be refused now, and how; null: none is in the way */
  readonly open: { readonly request: string; readonly sentence: string } | null;
}

/**
 * Which rule applies to the user for the target, and whether an open request is in the way, for whoever begins to ask.
 * NB. It decides nothing: a creation looks for itself, in the transaction that takes the lock.
 * @param extensionOf the request that is to be extended, which has to be open
 */
export async function explainTarget(
  { store, world, policy }: CreateTools,
  user: User,
  target: Target,
  extensionOf: string | null,
): Promise<ExplainedTarget> {
  const open = await store.listOpen(user, target, world.now());
  const request = open.find((id) => id !== extensionOf);
  return {
    explanation: explain(policy, user, target),
    open: request === undefined ? null : { request, sentence: alreadyOpen(request).denial.sentence },
  };
}
