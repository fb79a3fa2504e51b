import { expect, test } from 'vitest';
import { growth, mean, percentile, type Row, rowsTable } from './report.ts';

const oneToTen = [7, 3, 10, 1, 5, 9, 2, 8, 6, 4];

test.each([
  [oneToTen, 50, 5],
  [oneToTen, 95, 10],
  [oneToTen, 90, 9],
  [oneToTen, 91, 10],
  [oneToTen, 0, 1],
  [oneToTen, 100, 10],
  [[42], 50, 42],
  [[42], 95, 42],
  [[1, 2], 50, 1],
  [[1, 2], 51, 2],
  [[2, 10, 1], 50, 2],
])('of %j, the %i-th percentile is %d', (values, percent, expected) => {
  expect(percentile(values, percent)).toBe(expected);
});

test('nothing has neither percentile nor mean', () => {
  expect(() => percentile([], 50)).toThrow(new RangeError('there is no percentile of nothing'));
  expect(() => mean([])).toThrow(new RangeError('there is no mean of nothing'));
});

test('the mean of values is their sum, shared', () => {
  expect(mean([1, 2, 6])).toBe(3);
});

const row: Row = { route: 'getMe', what: '', site: 'small', p50: 4, p95: 6, calls: 2, read: 1, write: 0 };
const larger = (changes: Partial<Row>): Row => ({ ...row, site: 'large', ...changes });
const flat = ["No route's p50, calls or units grew by more than 1.5 times from small to large."];

test.each<[string, Row[], string[]]>([
  ['nothing changed', [row, larger({})], flat],
  ['one and a half times is not more', [row, larger({ p50: 6, calls: 3, read: 1.5 })], flat],
  ['p95 is shown but not judged', [row, larger({ p95: 60 })], flat],
  ['it shrank', [row, larger({ p50: 1, calls: 1 })], flat],
  ['what is between does not count', [row, { ...row, site: 'middle', p50: 40 }, larger({})], flat],
  ['p50', [row, larger({ p50: 6.02 })], ['getMe grew: p50 from 4 to 6.02.']],
  ['calls', [row, larger({ calls: 4 })], ['getMe grew: calls from 2 to 4.']],
  ['from nothing', [row, larger({ write: 0.5 })], ['getMe grew: write units from 0 to 0.5.']],
  [
    'several at once, of one probe of a route',
    [
      { ...row, what: 'search' },
      { ...row, what: 'all' },
      larger({ what: 'search', p50: 8, read: 12.345 }),
      larger({ what: 'all' }),
    ],
    ['getMe (search) grew: p50 from 4 to 8, read units from 1 to 12.35.'],
  ],
])('says what grew: %s', (_, rows, expected) => {
  expect(growth(rows, 'small', 'large')).toEqual(expected);
});

test('puts texts to the left and numbers to the right', () => {
  expect(rowsTable([row, larger({ route: 'listRequests', what: 'search', p50: 123.456 })])).toEqual([
    'route         what    size   p50 ms  p95 ms  calls  read units  write units',
    '------------  ------  -----  ------  ------  -----  ----------  -----------',
    'getMe                 small       4       6      2           1            0',
    'listRequests  search  large  123.46       6      2           1            0',
  ]);
});
