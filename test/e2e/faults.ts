import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What keeps people from using a page: serious findings of axe, and what scrolls sideways. */

const looks = [
  { width: 1440, height: 900, colorScheme: 'light', axe: (page: Page) => new AxeBuilder({ page }) },
  {
    width: 1440,
    height: 900,
    colorScheme: 'dark',
    axe: (page: Page) => new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']),
  },
  {
    width: 390,
    height: 800,
    colorScheme: 'dark',
    axe: (page: Page) => new AxeBuilder({ page }).disableRules(['color-contrast', 'link-in-text-block']),
  },
] as const;

/** What is wrong with the page, or the dialog over it, in every look. */
export async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, axe, ...size } of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const look = `${new URL(page.url()).pathname}, ${size.width} wide, ${colorScheme}`;
    const { violations } = await axe(page).analyze();
    for (const { id, impact, nodes } of violations) {
      if (impact === 'serious' || impact === 'critical') found.push(`${look}: ${id} at ${nodes[0]?.html}`);
    }
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (tooWide > 0) found.push(`${look}: ${tooWide} pixels too wide`);
  }
  return found;
}

/** Text that is hard to lay out. */
export const longText = `${'Averylongwordwithoutanyspace'.repeat(8)}\n\nWhy?`;
