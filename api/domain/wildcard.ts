/** Patterns of the policy file: `*` stands for any characters, also none; everything else for itself, with its case. */

/** Stands for whatever a `*` may stand for. NB. No name holds it: control characters are refused everywhere. */
export const anything = '\u0000';

export function hasWildcard(pattern: string): boolean {
  return pattern.includes('*');
}

/** Whether the whole text is what the pattern says. NB. In linear time, however many stars there are. */
export function matchesPattern(pattern: string, text: string): boolean {
  const first = pattern.indexOf('*');
  if (first < 0) return pattern === text;
  const last = pattern.lastIndexOf('*');
  const end = text.length - (pattern.length - last - 1);
  if (!text.startsWith(pattern.slice(0, first)) || !text.endsWith(pattern.slice(last + 1))) {
    return false;
  }
  // Between two stars the first place that fits is as good as any later one. One star alone has an empty part between.
  let at = first;
  for (const part of pattern.slice(first + 1, last).split('*')) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * One text for all that the pattern matches: a pattern that matches it matches all of them, because only a `*` can
 * have taken what no pattern names, and a `*` takes anything else as well.
 */
export function exampleOf(pattern: string): string {
  return pattern.replaceAll('*', anything);
}

/** Whether everything that `narrow` matches is matched by `wide` too. */
export function covers(wide: string, narrow: string): boolean {
  return matchesPattern(wide, exampleOf(narrow));
}
