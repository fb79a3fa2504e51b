import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { meaningOf } from '../../api/domain/eligibility.ts';
import { compilePolicy } from '../../api/policy.ts';
import type { ReadyUser } from './ready-users.ts';

/** The checked policy of the local stack, as the document that is shipped with the Lambdas. @throws InvalidPolicy */
export function readLocalPolicy(): { document: unknown } {
  const document: unknown = parse(readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8'));
  compilePolicy(document);
  return { document };
}

/** The target roles that exist locally: those that anybody may ask for. */
export function rolesOf(users: readonly ReadyUser[]): { account: string; role: string }[] {
  return users.flatMap((user) =>
    user.groups.flatMap((group) => {
      const meaning = meaningOf(group);
      return meaning?.kind === 'target' ? [meaning.target] : [];
    }),
  );
}
