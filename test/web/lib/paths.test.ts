import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paths, safeReturnTo } from '../../../web/lib/paths.ts';

const origin = 'https://stepladder.example.com';

describe('the addresses of one request', () => {
  it.each([
    [paths.request('a/b?c'), '/requests/a%2Fb%3Fc'],
    [paths.extend('a&b=c'), '/requests/new?extend=a%26b%3Dc'],
    [paths.repeat('a#b'), '/requests/new?repeat=a%23b'],
  ])('%s has the id as one part', (path, want) => {
    expect(path).toBe(want);
    expect(safeReturnTo(path, origin)).toBe(want);
  });
});

describe('safeReturnTo', () => {
  it.each(['/', '/requests/new', '/reviews?state=decided', '/audit?email=erin%40example.com#top'])(
    'keeps %s',
    (text) => expect(safeReturnTo(text, origin)).toBe(text),
  );

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    ' /requests/new',
    '',
    '/callback?code=x&state=y',
    '/popup-callback',
    '/signed-out',
    '/requests/../callback',
    undefined,
    null,
    7,
    { pathname: '/' },
  ])('sends %j to my requests', (text) => expect(safeReturnTo(text, origin)).toBe('/'));

  it('never leads to another origin, whatever it is given', () => {
    const parts = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '\t',
      '\n',
      '@',
      ':',
      'evil.example',
      '?',
      '#',
      '%2f',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(parts).map((list) => `/${list.join('')}`),
    );
    fc.assert(
      fc.property(text, (value) => {
        const result = safeReturnTo(value, origin);
        expect(result).toMatch(/^\/(?![/\\])/);
        expect(new URL(result, origin).origin).toBe(origin);
      }),
    );
  });
});
