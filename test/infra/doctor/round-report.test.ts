import { expect, test } from 'vitest';
import type { FindingView } from '../../../api/contract.ts';
import type { Visit } from '../../../infra/doctor/round.ts';
import { progressLine, roundInWords } from '../../../infra/doctor/round-report.ts';

const finding = (state: FindingView['state'], sentence: string, ...fix: string[]): FindingView => ({
  check: 'assume',
  state,
  sentence,
  fix,
});
const visit = (role: string, ...findings: FindingView[]): Visit => ({
  id: 'p',
  at: '2026-01-01T00:00:00.000Z',
  target: { account: '111122223333', accountName: 'Production', role },
  findings,
});
const textOf = (visits: Visit[], of = visits.length) => roundInWords({ visits, stoppedBy: null }, of);
const ok = finding('pass', 'It does.');
const open = finding('fail', 'Anybody gets in.', 'Close it.');

test('what is wrong with several roles in the same way is said once, what is right not at all', () => {
  const dark = finding('unknown', 'Nobody knows.');
  expect(textOf([visit('B', ok, dark), visit('A', open), visit('Well', ok), visit('C', ok, open)])).toEqual([
    'A in Production (111122223333)',
    'C in Production (111122223333)',
    '',
    '  FAIL  Anybody gets in.',
    '        -> Close it.',
    '',
    'B in Production (111122223333)',
    '',
    '  ?     Nobody knows.',
    '',
    'Roles: 1 of 4 as they should be, 2 failed, 1 could not be answered.',
  ]);
});

test('a role that fails and is not known in another thing is counted once, as failed', () => {
  const mixed = visit('A', finding('unknown', 'Nobody knows.'), open);
  expect(textOf([mixed], 3).at(-1)).toBe('Roles: 0 of 3 as they should be, 1 failed, 2 not asked.');
  expect(progressLine(mixed, 7, 120)).toBe('  7/120 FAIL  A in Production (111122223333)');
});

test('thousands of roles, in the same way or each in its own, fit a terminal', () => {
  const roles = Array.from({ length: 2000 }, (_, index) => `Role${index}`);
  const same = textOf(roles.map((role) => visit(role, open)));
  expect(same).toContain('and 1990 more: --json names them');
  expect(same.length).toBeLessThan(20);
  const own = textOf(roles.map((role) => visit(role, finding('fail', `${role} is open.`))));
  expect(own.slice(-3)).toEqual([
    'Other things are wrong with 1980 more: --json tells of each role.',
    '',
    'Roles: 0 of 2000 as they should be, 2000 failed.',
  ]);
  expect(own.length).toBeLessThan(100);
});
