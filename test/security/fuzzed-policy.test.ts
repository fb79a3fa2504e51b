import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compilePolicy, InvalidPolicy } from '../../api/policy.ts';
import { readPolicyText } from '../../infra/policy/read-policy.ts';

/** The policy file, as a slip or an ill will may leave it: it is a policy or a list of problems, and never an error. */

const file = new URL('../../infra/local/policy.yaml', import.meta.url);
const text = readFileSync(file, 'utf8');
const { organization: _export, ...document } = parse(text);

function expectReading(changed: string): boolean {
  const reading = readPolicyText(changed, 'made-up/policy.yaml');
  if (reading.ok) return true;
  expect(reading.problems.length).toBeGreaterThan(0);
  for (const { line, column, message } of reading.problems) {
    expect(message).not.toBe('');
    expect([line >= 1, column >= 1]).toEqual([true, true]);
  }
  return false;
}

test('a file of anything at all is read, or refused with its problems', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom(
      '&a [*a]',
      '<<: *x',
      '!!js/function x',
      '? [a]\n: b',
      '- ',
      '\t',
      '%YAML 9',
      '--- \n--- ',
      '"\\ud800"',
    ),
    fc.constantFrom(
      '['.repeat(500),
      '{a: '.repeat(500),
      `a: &a [x]\nb: &b [${'*a,'.repeat(50)}]\n`,
      '__proto__: {}',
    ),
  );
  fc.assert(
    fc.property(odd, (changed) => void expectReading(changed)),
    { numRuns: 300 },
  );
});

test('a good file with a slip in it is read, or refused with its problems', () => {
  const slip = fc.record({
    at: fc.nat(text.length),
    cut: fc.integer({ min: 0, max: 6 }),
    put: fc.oneof(
      fc.constantFrom('', ' ', '\n', '\t', ':', '- ', '*', '#', '"', '{', '[', '!', '&', '\0'),
      fc.string({ maxLength: 3 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(slip, { minLength: 1, maxLength: 2 }), (slips) => {
      const changed = slips.reduce(
        (so, { at, cut, put }) => so.slice(0, at) + put + so.slice(at + cut),
        text,
      );
      expectReading(changed);
    }),
    { numRuns: 150 },
  );
});

/** Every place in a document, as the names that lead there. */
function places(value: unknown, above: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([name, part]) => places(part, [...above, name]))];
}

function put(value: unknown, [name, ...rest]: readonly string[], part: unknown): unknown {
  if (name === undefined) return part;
  if (Array.isArray(value))
    return value.map((item, at) => (String(at) === name ? put(item, rest, part) : item));
  const record = value as Record<string, unknown>;
  return { ...record, [name]: put(record[name], rest, part) };
}

test('a good file with a part that is something else is compiled, or refused with its problems', () => {
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(
      1e300,
      -0,
      '',
      ' ',
      '*',
      '1h',
      '999d',
      '.*',
      '(a+)+$',
      '\ud800',
      'aws-temp#Reviewer',
      '../x',
      true,
    ),
    fc.constantFrom(JSON.parse('{"__proto__":["x"]}'), JSON.parse('{"constructor":["x"]}'), {
      claims: { '': ['x'] },
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places(document)), odd, (place, part) => {
      try {
        const policy = compilePolicy(put(document, place, part));
        expect(policy.rules.every(({ rule }) => rule.approval.approvals >= 1)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidPolicy);
        expect((error as InvalidPolicy).problems.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});
