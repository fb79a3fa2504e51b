import { expect, test } from 'vitest';
import { allow, deny, notFound } from '../../../api/domain/denial.ts';

test('an outcome is a value or a denial, never both', () => {
  expect(allow(1)).toEqual({ ok: true, value: 1 });
  expect(deny('conflict', 'Try again.')).toEqual({
    ok: false,
    denial: { code: 'conflict', sentence: 'Try again.', evidence: {} },
  });
  expect(deny('conflict', 'Try again.', { request: 'a' }).denial.evidence).toEqual({ request: 'a' });
});

test('what is absent and what is another person’s are denied in the same words, without evidence', () => {
  expect(notFound()).toEqual(notFound());
  expect(notFound().denial).toMatchObject({ code: 'not-found', evidence: {} });
});
