import * as tokens from '@cloudscape-design/design-tokens';

/**
 * The design system's tokens under names that our own style sheets can use: Cloudscape's carry a hash that changes with
 * its version.
 * NB. They are set on the body, because that is where Cloudscape switches its values for dark mode.
 */
const ours = {
  '--page': tokens.colorBackgroundLayoutMain,
  '--surface': tokens.colorBackgroundContainerContent,
  '--shade': tokens.colorBackgroundCellShaded,
  '--line': tokens.colorBorderDividerDefault,
  '--field': tokens.colorBackgroundInputDefault,
  '--control-line': tokens.colorBorderControlDefault,
  '--text': tokens.colorTextBodyDefault,
  '--heading': tokens.colorTextHeadingDefault,
  '--quiet': tokens.colorTextBodySecondary,
  '--link': tokens.colorTextLinkDefault,
  '--focus': tokens.colorBorderItemFocused,
  '--warning': tokens.colorTextStatusWarning,
  '--warning-surface': tokens.colorBackgroundStatusWarning,
  '--warning-line': tokens.colorBorderStatusWarning,
  '--monospace': tokens.fontFamilyMonospace,
} as const;

/** Call once, before anything is shown. */
export function applyTokens(): void {
  for (const [name, value] of Object.entries(ours)) document.body.style.setProperty(name, value);
}
