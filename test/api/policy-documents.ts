import { compilePolicy, InvalidPolicy } from '../../api/policy.ts';

/** Policy files as documents, for tests of what is right and wrong with them. */

export const production = { id: '111122223333', name: 'Production', ou: '/Workloads/Production' };
export const sandbox = { id: '444455556666', name: 'Sandbox', ou: '/Sandbox', tags: { env: 'sandbox' } };

/** A rule for the group `engineers` and the role Admin in every account, but for what is said. */
export function ruleOf(id: string, fields: object = {}): object {
  return { id, who: { groups: 'engineers' }, what: { accounts: '*', roles: 'Admin' }, ...fields };
}

/** A file with two accounts and these rules. */
export function fileOf(...rules: object[]): object {
  return { accounts: [production, sandbox], rules };
}

/** What is wrong with the document: `where: what`; nothing where it compiles. */
export function problemsOf(document: unknown): string[] {
  try {
    compilePolicy(document);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    return error.problems.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  }
}
