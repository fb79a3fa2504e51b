import { allow, deny, type Outcome } from './denial.ts';
import type { User } from './user.ts';

/** An IAM role in an AWS account. */
export interface Target {
  /** 12 digits */
  readonly account: string;
  readonly role: string;
}

type Meaning = { kind: 'target'; target: Target } | { kind: 'reviewer' } | { kind: 'auditor' };

const prefix = 'aws-temp';
const accountPattern = /^\d{12}$/;
// IAM API Reference, CreateRole, RoleName. NB. '#' is no character of a role name, so it can part the fields.
const rolePattern = /^[A-Za-z0-9_+=,.@-]{1,64}$/;

/**
 * What a group name means: `aws-temp#<role>#<account>` makes eligible, `aws-temp#Reviewer` and `aws-temp#Auditor`
 * give a part; every other name means nothing. NB. Fields are compared whole and with their case: a group called
 * `my-aws-temp#Reviewer` or `aws-temp#reviewers` is somebody else's group.
 */
export function meaningOf(group: string): Meaning | undefined {
  const fields = group.split('#');
  const [first, second = '', third = ''] = fields;
  if (first !== prefix) return undefined;
  if (fields.length === 2 && second === 'Reviewer') return { kind: 'reviewer' };
  if (fields.length === 2 && second === 'Auditor') return { kind: 'auditor' };
  if (fields.length !== 3 || !rolePattern.test(second) || !accountPattern.test(third)) return undefined;
  return { kind: 'target', target: { account: third, role: second } };
}

/** What the user may ask for, each target once, by account then role. Eligibility is necessary, never sufficient. */
export function eligibleTargets(user: User): Target[] {
  const byKey = new Map<string, Target>();
  for (const group of user.groups) {
    const meaning = meaningOf(group);
    if (meaning?.kind === 'target') byKey.set(targetKey(meaning.target), meaning.target);
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

/** Whether the user may ask for, or use, this target at all. */
export function checkEligible(user: User, target: Target): Outcome<Target> {
  if (eligibleTargets(user).some((eligible) => sameTarget(eligible, target))) return allow(target);
  return deny(
    'not-eligible',
    'You are not eligible for this role in this account. Ask whoever manages your groups to add you to the group named here.',
    { account: target.account, role: target.role, group: `${prefix}#${target.role}#${target.account}` },
  );
}

export function isReviewer(user: User): boolean {
  return user.groups.some((group) => meaningOf(group)?.kind === 'reviewer');
}

export function isAuditor(user: User): boolean {
  return user.groups.some((group) => meaningOf(group)?.kind === 'auditor');
}

export function sameTarget(a: Target, b: Target): boolean {
  return a.account === b.account && a.role === b.role;
}

/** `111122223333#Admin`: one text per target, used in keys. */
export function targetKey(target: Target): string {
  return `${target.account}#${target.role}`;
}
