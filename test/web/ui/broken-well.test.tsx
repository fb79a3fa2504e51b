import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { BrokenWell } from '../../../web/ui/broken-well.tsx';

const piecesOf = (text: string) =>
  renderToStaticMarkup(<BrokenWell text={text} />)
    .replace(/^<span class="broken-well">|<\/span>$/g, '')
    .split('<wbr/>');

test.each([
  ['AdministratorAccess', ['Administrator', 'Access']],
  ['ReadOnlyAccess', ['Read', 'Only', 'Access']],
  ['EC2Admin', ['EC2Admin']],
  ['erin@example.com', ['erin@', 'example.', 'com']],
  ['data-platform_on.call', ['data-', 'platform_', 'on.', 'call']],
  ['192.0.2.17', ['192.0.2.17']],
  ['2001:db8::7', ['2001:', 'db', '8::', '7']],
  ['Ünïcode', ['Ünïcode']],
  ['', ['']],
])('%s is broken where its words meet', (text, pieces) => {
  expect(piecesOf(text)).toEqual(pieces);
});

test('no piece is longer than a column, and nothing is lost', () => {
  const long = `${'x'.repeat(50)}Y${'😀'.repeat(30)}`;
  expect(piecesOf(long).join('')).toBe(long);
  expect(Math.max(...piecesOf(long).map((piece) => [...piece].length))).toBe(20);
});
