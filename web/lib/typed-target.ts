/** A role that is typed, not chosen from a list. */
export interface TypedTarget {
  readonly account: string;
  readonly role: string;
}

export type TargetErrors = Partial<Record<keyof TypedTarget, string>>;

/** The target that the two fields name, or what is wrong with them. */
export function readTarget(
  account: string,
  role: string,
): { target: TypedTarget | null; errors: TargetErrors } {
  // AWS's own pages show an account id as 1111-2222-3333, and that is what people copy.
  const digits = account.replace(/[\s-]/g, '');
  const name = role.trim();
  const errors: TargetErrors = {};
  if (!/^\d{12}$/.test(digits)) errors.account = 'Give the 12 digits of the account id.';
  if (!/^[A-Za-z0-9_+=,.@-]{1,64}$/.test(name)) {
    errors.role = 'Give the name of the role, without path or ARN: letters, digits and _+=,.@- only.';
  }
  return { target: Object.keys(errors).length === 0 ? { account: digits, role: name } : null, errors };
}
