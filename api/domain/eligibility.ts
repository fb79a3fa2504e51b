import { type Policy, reviewerGroup } from './policy-document.ts';
import type { User } from './user.ts';

/** An IAM role in an AWS account. */
export interface Target {
  /** 12 digits */
  readonly account: string;
  readonly role: string;
}

const prefix = 'aws-temp';
export const auditorGroup = 'aws-temp#Auditor';
export const operatorGroup = 'aws-temp#Operator';
const accountPattern = /^\d{12}$/;
// IAM API Reference, CreateRole, RoleName. NB. '#' is no character of a role name, so it can part the fields.
const rolePattern = /^[A-Za-z0-9_+=,.@-]{1,64}$/;

/**
 * The target that a group names by convention, `aws-temp#<role>#<account>`; undefined for every other name. NB. Fields
 * are compared whole and with their case: a group called `my-aws-temp#Admin#111122223333` is somebody else's.
 */
export function targetNamedBy(group: string): Target | undefined {
  const fields = group.split('#');
  const [first, role = '', account = ''] = fields;
  if (first !== prefix || fields.length !== 3) return undefined;
  return rolePattern.test(role) && accountPattern.test(account) ? { account, role } : undefined;
}

/** The group that makes eligible for the target by convention. */
export function conventionGroup(target: Target): string {
  return `${prefix}#${target.role}#${target.account}`;
}

/** Whose members review: the conventional group, and every group that a rule names. */
export function reviewerGroups(policy: Policy): string[] {
  return [...new Set([reviewerGroup, ...policy.rules.flatMap(({ rule }) => rule.approval.groups)])];
}

export function isReviewer(user: User, policy: Policy): boolean {
  const groups = reviewerGroups(policy);
  return user.groups.some((group) => groups.includes(group));
}

export function isAuditor(user: User): boolean {
  return user.groups.includes(auditorGroup);
}

/** Who sees how the target roles are set up. NB. It opens no role and no request. */
export function isOperator(user: User): boolean {
  return user.groups.includes(operatorGroup);
}

export function sameTarget(a: Target, b: Target): boolean {
  return a.account === b.account && a.role === b.role;
}

/** `111122223333#Admin`: one text per target, used in keys. */
export function targetKey(target: Target): string {
  return `${target.account}#${target.role}`;
}
