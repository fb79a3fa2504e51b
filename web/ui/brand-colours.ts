import { generateThemeStylesheet } from '@cloudscape-design/components/theming';

/**
 * Shows links and buttons in these colours. NB. By a stylesheet made in script, which is no inline style: the content
 * security policy of the page refuses those. On a primary button stands the colour of the page behind it, so what is
 * readable as a link is readable there.
 * @param light on a light page, `#rrggbb` @param dark on a dark one
 */
export function applyBrandColours(light: string, dark: string): void {
  const colour = { light, dark };
  const onIt = { light: '#ffffff', dark: '#161d26' };
  const own = [
    'colorTextLinkDefault',
    'colorTextLinkHover',
    'colorTextAccent',
    'colorTextButtonNormalDefault',
    'colorTextButtonNormalHover',
    'colorTextButtonNormalActive',
    'colorBorderButtonNormalDefault',
    'colorBorderButtonNormalHover',
    'colorBorderButtonNormalActive',
    'colorBackgroundButtonPrimaryDefault',
    'colorBackgroundButtonPrimaryHover',
    'colorBackgroundButtonPrimaryActive',
    'colorBackgroundControlChecked',
    'colorBorderItemFocused',
  ];
  const above = ['Default', 'Hover', 'Active'].map((state) => `colorTextButtonPrimary${state}`);
  const tokens = Object.fromEntries([
    ...own.map((name) => [name, colour]),
    ...above.map((name) => [name, onIt]),
  ]);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    [
      generateThemeStylesheet({ theme: { tokens } }),
      `body { --link: ${light}; --focus: ${light}; }`,
      `body.awsui-dark-mode { --link: ${dark}; --focus: ${dark}; }`,
    ].join('\n'),
  );
  document.adoptedStyleSheets.push(sheet);
}
