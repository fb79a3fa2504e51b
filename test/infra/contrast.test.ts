import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { contrast } from '../../infra/contrast.ts';
import { grounds } from '../../infra/deployment-checks.ts';
import { problems, removeFolder } from './deployment-text.ts';

afterAll(removeFolder);

test.each([
  ['#000000', '#ffffff', 21],
  ['#ffffff', '#ffffff', 1],
  ['#777777', '#ffffff', 4.48],
  ['#767676', '#ffffff', 4.54],
  ['#ff0000', '#ffffff', 4],
])('%s on %s', (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 2);
  expect(contrast(other, one)).toBeCloseTo(ratio, 2);
});

test('the grounds are those of the pages', () => {
  const css = readFileSync(new URL('../../web/ui/theme.css', import.meta.url), 'utf8');
  const [light = '', dark = ''] = css.split('body.awsui-dark-mode {');
  for (const [mode, text] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    expect(['page', 'shade'].map((name) => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(text)?.[1])).toEqual(
      grounds[mode],
    );
  }
});

describe('colours of a deployment', () => {
  const colours = (light: string, dark: string) =>
    problems({ branding: `{ colours: { light: "${light}", dark: "${dark}" } }` });
  test('that can be read', () => {
    expect(colours('#006ce0', '#42b4ff')).toEqual([]);
  });
  test('that cannot, in either mode', () => {
    expect(colours('#42b4ff', '#006ce0')).toEqual([
      expect.stringMatching(
        /^branding\.colours\.light: hard to read on a light page \(contrast 2\.1, needed 4\.5\): take a darker one$/,
      ),
      expect.stringMatching(
        /^branding\.colours\.dark: hard to read on a dark page \(contrast 3\.\d, needed 4\.5\): take a lighter one$/,
      ),
    ]);
  });
});
