import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Target, targetNamedBy } from '../../api/domain/eligibility.ts';
import { compilePolicy } from '../../api/policy.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { problemLine } from '../policy/source-text.ts';
import type { ReadyUser } from './ready-users.ts';
import { asSetUp, type LocalRole } from './target-roles.ts';

const localPolicy = relative('', fileURLToPath(new URL('./policy.yaml', import.meta.url)));

/**
 * The checked policy of the local stack, as the document that is shipped with the Lambdas: with the organisation's
 * export, where it names one. @throws Error that names every problem
 */
export function readLocalPolicy(file = localPolicy): { document: unknown } {
  const reading = readPolicy(file);
  if (reading.ok) return { document: reading.document };
  throw new Error(['The policy is invalid.', ...reading.problems.map(problemLine)].join('\n'));
}

/** The target roles that exist locally: those that the policy knows or that a group of anybody names. */
export function rolesOf(users: readonly ReadyUser[], document: unknown): LocalRole[] {
  const named = users.flatMap((user) => user.groups.map(targetNamedBy));
  const known: Target[] = [
    ...compilePolicy(document).targets,
    ...named.filter((target) => target !== undefined),
  ];
  return known.map(asSetUp).filter((role) => role !== undefined);
}
