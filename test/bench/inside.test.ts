import { expect, test } from 'vitest';
import { inside } from './inside.ts';

test('a bundle is told by package, wherever the package stands, and by folder of the product', () => {
  const sources = new Map([
    ['api/http/a.ts', 100],
    ['api/http/b.ts', 50],
    ['node_modules/@a/b/c/d.js', 500],
    ['node_modules/e/node_modules/@a/b/c/f.js', 250],
    ['node_modules/e/f.js', 100],
  ]);
  expect(inside({ sources })).toEqual([
    { name: '@a/b', bytes: 750, share: 0.75 },
    { name: 'api/http', bytes: 150, share: 0.15 },
    { name: 'e', bytes: 100, share: 0.1 },
  ]);
});
