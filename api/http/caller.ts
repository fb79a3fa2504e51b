import { z } from 'zod';
import { auditorGroup, isAuditor, isOperator, operatorGroup } from '../domain/eligibility.ts';
import { parseInstant } from '../domain/instant.ts';
import type { User } from '../domain/user.ts';
import type { Caller } from '../routes.ts';
import { Refused } from './respond.ts';

const instant = z.string().transform((text, context) => {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  context.addIssue({ code: 'custom', message: 'no instant' });
  return z.NEVER;
});

const user = z.strictObject({
  id: z.string().min(1),
  name: z.string(),
  email: z.string(),
  groups: z.array(z.string()),
  claims: z.record(z.string(), z.array(z.string())),
  // An authorizer of before step-up says nothing of it. Of what is unknown nothing is enough.
  authentication: z
    .strictObject({ at: instant.nullable(), acr: z.string().nullable(), amr: z.array(z.string()) })
    .default({ at: null, acr: null, amr: [] }),
});

/**
 * The user as the authorizer wrote it, from the event's context and nowhere else. NB. Without it nothing runs: a
 * handler that is reached past the authorizer knows nobody.
 * @throws Refused 401
 */
export function callerOf(authorizer: Record<string, unknown> | null | undefined): User {
  const written = authorizer?.user;
  const parsed = typeof written === 'string' ? user.safeParse(parseJson(written)) : undefined;
  if (parsed?.success) return parsed.data;
  throw new Refused({
    status: 401,
    code: 'unauthenticated',
    detail: 'Sign in again: who you are is not known.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param mayReview by the policy that is in force @throws Refused 403 */
export function requireCaller(caller: Caller, person: User, mayReview: (person: User) => boolean): void {
  if (caller === 'reviewer' && !mayReview(person)) {
    throw new Refused({
      status: 403,
      code: 'not-reviewer',
      detail: 'This is for reviewers. Ask whoever manages your groups if you should be one.',
    });
  }
  if (caller === 'auditor' && !isAuditor(person)) {
    throw new Refused({
      status: 403,
      code: 'not-auditor',
      detail: 'This is for auditors. Ask whoever manages your groups if you should be one.',
      evidence: { group: auditorGroup },
    });
  }
  if (caller === 'operator' && !isOperator(person)) {
    throw new Refused({
      status: 403,
      code: 'not-operator',
      detail: 'This is for operators. Ask whoever manages your groups if you should be one.',
      evidence: { group: operatorGroup },
    });
  }
}
