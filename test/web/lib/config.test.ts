import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../web/lib/config.ts';
import { Problem } from '../../../web/lib/problem.ts';

const good = { issuer: 'https://id.example.com', clientId: 'web', scope: 'openid email' };
const usual = { title: 'Stepladder', logo: '/icon.svg', banner: null, colours: null };
const brandingOf = (more: object) => parseConfig({ ...good, ...more }).branding;

test('what the pages need, and how they look if nothing is said of it', () => {
  expect(parseConfig(good)).toEqual({ ...good, resource: null, branding: usual });
});
test('all that can be said', () => {
  const branding = {
    title: 'Ladder',
    logo: '/logo.svg',
    banner: { text: 'On record', link: 'https://intranet.example.com/' },
    colours: { light: '#7a2e8e', dark: '#D9A3E8' },
  };
  expect(parseConfig({ ...good, resource: 'api', ...branding })).toEqual({
    ...good,
    resource: 'api',
    branding,
  });
});
describe('a configuration that the pages cannot work with is a problem, with what to do', () => {
  test.each([
    null,
    'text',
    [],
    {},
    { ...good, issuer: '' },
    { ...good, issuer: 'id' },
    { ...good, clientId: 3 },
  ])('%j', (value) => {
    expect(() => parseConfig(value)).toThrow(Problem);
    expect(() => parseConfig(value)).toThrow(/has to deploy it again/);
  });
});
describe('what is not as it should be is left out', () => {
  test.each([
    { title: '' },
    { title: { html: '<b>' } },
    { logo: 'https://attacker.example/logo.svg' },
    { logo: '//attacker.example/logo.svg' },
    { logo: '/../logo.svg' },
    { logo: 'data:image/svg+xml,<svg/>' },
    { colours: { light: 'red', dark: '#ffffff' } },
    { colours: { light: '#ffffff;}*{display:none', dark: '#ffffff' } },
    { colours: { light: '#ffffff' } },
    { banner: { link: 'https://intranet.example.com' } },
  ])('%j', (more) => {
    expect(brandingOf(more)).toEqual(usual);
  });
  test.each(['javascript:alert(1)', 'http://intranet.example.com', 'intranet', 'data:text/html,x'])(
    'the link of a banner: %s',
    (link) => {
      expect(brandingOf({ banner: { text: 'On record', link } }).banner).toEqual({
        text: 'On record',
        link: null,
      });
    },
  );
});
