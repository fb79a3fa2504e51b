/**
 * What CloudWatch and EventBridge do with their patterns, of as much of either language as the stack uses (CloudWatch
 * Logs User Guide, "Filter pattern syntax"; EventBridge User Guide, "Event patterns"). NB. They throw at anything else.
 */

const comparison = /^\s*\(?\s*\$\.([A-Za-z.]+)\s*=\s*"([^"*]*)"\s*\)?\s*$/;

/** Whether the metric filter counts the line of the log. */
export function matchesLine(pattern: string, line: string): boolean {
  const body = /^\{(.*)\}$/.exec(pattern.trim())?.[1];
  if (body === undefined || body.includes('||')) throw new Error(`not of the known patterns: ${pattern}`);
  const read: unknown = JSON.parse(line);
  return body.split('&&').every((part) => {
    const [, path, value] = comparison.exec(part) ?? [];
    if (path === undefined) throw new Error(`not of the known comparisons: ${part}`);
    const found = path.split('.').reduce<unknown>((at, name) => Object(at)[name], read);
    return found === value;
  });
}

/** Whether the rule takes the event. NB. What is not known before it is deployed is compared as the template says it. */
export function matchesEvent(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) {
    const values = Array.isArray(event) ? event : [event];
    return pattern.some((one) => values.some((value) => matchesValue(one, value)));
  }
  return Object.entries(pattern as object).every(([name, inner]) => matchesEvent(inner, Object(event)[name]));
}

function matchesValue(one: unknown, value: unknown): boolean {
  if (typeof one === 'object' && one !== null) {
    const {
      prefix,
      wildcard,
      'anything-but': but,
    } = one as { prefix?: string; wildcard?: string; 'anything-but'?: unknown[] };
    if (prefix !== undefined) return typeof value === 'string' && value.startsWith(prefix);
    // The star, which is any text, and nothing else is special.
    if (wildcard !== undefined) {
      const parts = wildcard.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
      return typeof value === 'string' && new RegExp(`^${parts.join('.*')}$`, 's').test(value);
    }
    if (but !== undefined) return value !== undefined && !but.includes(value);
  }
  return value !== undefined && JSON.stringify(one) === JSON.stringify(value);
}
