import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { violationsOn } from './axe.ts';

const DESK = { width: 1360, height: 850 };
const PHONE = { width: 390, height: 844 };

/** Waits until a page has its heading, and nothing on it is still being loaded. */
export async function untilShown(page: Page): Promise<void> {
  await page.locator('#content h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('main [role=status][aria-label]') === null);
}

/** Goes to an address as a link of the portal does: nothing is loaded anew but what that page asks for. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
  }, path);
}

/**
 * What is wrong with a page as it stands, on a desk in daylight and on a phone in the dark: what axe finds, and whether it is wider than the screen. With
 * `everyLook` the two other looks, too. It is loaded once: the looks are changed under it.
 */
export async function flawsOf(page: Page, everyLook = process.env['PM_TEST_LONG'] !== undefined): Promise<readonly string[]> {
  const looks = [
    ['light', DESK],
    ['dark', PHONE],
    ...(everyLook ? ([['dark', DESK], ['light', PHONE]] as const) : []), // biome-ignore format: one line
  ] as const;
  const found: string[] = [];
  for (const [colorScheme, size] of looks) {
    await page.setViewportSize(size);
    await inScheme(page, colorScheme);
    const place = `${new URL(page.url()).pathname}, ${colorScheme}, ${size.width} pixels`;
    found.push(...(await violationsOn(page)).map((flaw) => `${place}: ${flaw}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) found.push(`${place}: ${wide} pixels wider than the screen`);
  }
  await page.setViewportSize(DESK);
  await inScheme(page, 'light');
  return found;
}

/** What is shown at this address is not wider than the screen. */
export async function assertFits(page: Page, path: string): Promise<void> {
  const { wide, shown } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    shown: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= shown, `${path} is ${wide} pixels wide on a screen of ${shown}`);
}

/**
 * A light or a dark screen, without motion: returns when all of the page has the colours of it. A script of the page follows the screen's word some time
 * after it; whoever looks before then sees the ground of one scheme and the letters of the other. Two more frames: what follows from another size is drawn.
 */
export async function inScheme(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await page.waitForFunction((wanted) => document.documentElement.getAttribute('data-mantine-color-scheme') === wanted, scheme);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
