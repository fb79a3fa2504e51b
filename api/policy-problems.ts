import type { z } from 'zod';
import type { LintProblem } from './domain/policy-lint.ts';

/** What zod finds wrong with a policy file, as problems that say what to write instead. */

type Issue = z.core.$ZodIssue;
type Path = LintProblem['path'];

/** Words for what zod says in its own terms. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return issue.expected === 'string' ? 'write a text, in quotes' : `write ${nameOf(issue.expected)}`;
    case 'invalid_value':
      return `write ${issue.values.map((value) => String(value)).join(' or ')}`;
    case 'too_small':
      if (issue.origin === 'array') return 'name at least one';
      return issue.origin === 'string' ? 'may not be empty' : `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' ? `at most ${issue.maximum} characters` : `at most ${issue.maximum}`;
    default:
      return undefined;
  }
};

function nameOf(type: string): string {
  const names: Record<string, string> = {
    array: 'a list',
    boolean: 'true or false',
    int: 'a whole number',
    object: 'a part with fields',
    record: 'a part with fields',
  };
  return names[type] ?? `a ${type}`;
}

/** A problem for every issue. Of a choice, what is wrong with the alternative that was meant. */
export function problemsOf(issues: readonly Issue[], above: Path = []): LintProblem[] {
  return issues.flatMap((issue): LintProblem[] => {
    const path = [...above, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], message: 'there is no such field' }));
    }
    if (issue.code === 'invalid_key') return problemsOf(issue.issues, path);
    if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
    const meant = alternative(issue.errors);
    return meant === undefined ? [{ path, message: issue.message }] : problemsOf(meant, path);
  });
}

/** The one that was meant: the only one of that type, or else the one whose fields are all known that lacks least. */
function alternative(errors: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const sameType = errors.filter((issues) => !issues.some(isOtherType));
  if (sameType.length < 2) return sameType[0];
  const known = sameType.filter((issues) => !issues.some(({ code }) => code === 'unrecognized_keys'));
  return known.sort((a, b) => a.length - b.length)[0];
}

function isOtherType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((issues) => issues.some(isOtherType));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

/** NB. zod passes over `__proto__` without a word, and a claim that is asked for would not be. */
export function prototypeKeys(value: unknown, path: Path = []): LintProblem[] {
  if (typeof value !== 'object' || value === null || path.length > 20) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => prototypeKeys(item, [...path, index]));
  return Object.entries(value).flatMap(([key, item]) =>
    key === '__proto__'
      ? [{ path: [...path, key], message: 'no name here can be __proto__' }]
      : prototypeKeys(item, [...path, key]),
  );
}
