import { describe, expect, it } from 'vitest';
import { Problem } from '../../../web/lib/problem.ts';
import { evidenceName, evidenceValue, fieldError } from '../../../web/ui/evidence.ts';

describe('evidence in words', () => {
  it.each([
    ['body.justification', 'Justification'],
    ['maxDurationMinutes', 'Max duration'],
    ['status', 'Status'],
  ])('names %s %s', (key, name) => expect(evidenceName(key)).toBe(name));

  it('says values as a person would', () => {
    expect(evidenceValue('maxDurationMinutes', 90)).toBe('1 h 30 min');
    expect(evidenceValue('needed', ['active', 'scheduled'])).toBe('active, scheduled');
    expect(evidenceValue('own', true)).toBe('yes');
    expect(evidenceValue('window', null)).toBe('none');
    expect(evidenceValue('from', '2026-11-24T09:30:00.000Z')).not.toContain('.000Z');
  });

  it('finds what a refusal says about a field of the body', () => {
    const problem = new Problem({
      status: 400,
      code: 'invalid-input',
      title: '',
      detail: '',
      evidence: { 'body.justification': 'at least 10 characters' },
      correlationId: '',
    });
    expect(fieldError(problem, 'justification')).toBe('At least 10 characters');
    expect(fieldError(problem, 'role')).toBeUndefined();
    expect(fieldError(null, 'justification')).toBeUndefined();
  });
});
