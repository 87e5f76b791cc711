import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openBrand } from '@payment-manager/management-api/test-portal';
import { recordedLog } from '@payment-manager/runtime';
import type { Locator, Page } from 'playwright-core';
import { noBrowser } from './chromium.ts';
import { enterAs, type OperationsWorld, operationsWorld, picture } from './operations-world.ts';
import { flawsOf, inScheme, untilShown } from './visit.ts';

const skip = noBrowser() ?? false;
const NAME = 'Kilima Payments';
/** Wider than it is high, as logos are. */
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M4 36 40 6l36 30z" fill="#7a1f5c"/><circle cx="98" cy="16" r="10" fill="#d07cae"/></svg>';
const ACCENT = { light: '#7a1f5c', dark: '#f0a3d4' } as const;
const RGB = { light: 'rgb(122, 31, 92)', dark: 'rgb(240, 163, 212)' } as const;
const TEAL = { light: 'rgb(11, 96, 104)', dark: 'rgb(92, 196, 200)' } as const;

const folder = mkdtempSync(join(tmpdir(), 'pm-brand-'));
let world: OperationsWorld;
before(async () => {
  if (skip !== false) return;
  const logoFile = join(folder, 'logo.svg');
  writeFileSync(logoFile, LOGO);
  const log = recordedLog();
  const brand = await openBrand({ name: NAME, logoFile, accent: ACCENT, sandbox: {}, test: {}, production: {} }, log);
  assert.deepEqual(log.lines, []);
  world = await operationsWorld({ brand });
});
after(async () => {
  await world?.end();
  rmSync(folder, { recursive: true });
});

const css = (where: Locator, property: string): Promise<string> =>
  where.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

/** The logo is there, drawn, so high, and in its own shape: in the navigation it may have less room than it wants. */
async function logoIn(where: Locator, height: number): Promise<void> {
  const logo = where.locator('img').first();
  await logo.waitFor();
  const shown = await logo.evaluate((image: HTMLImageElement) => ({
    ...{ drawn: image.complete && image.naturalWidth > 0, height: image.clientHeight, width: image.clientWidth },
    whole: getComputedStyle(image).objectFit === 'contain',
    path: new URL(image.src).pathname,
  }));
  assert.deepEqual([shown.drawn, shown.path, shown.height], [true, '/brand/logo', height]);
  assert.ok(shown.whole || Math.abs(shown.width - shown.height * 3) <= 1, `${shown.width} pixels wide, ${shown.height} high`);
}

/** No colour of the product as it comes is left anywhere on the page. */
async function tealOn(page: Page, scheme: 'light' | 'dark'): Promise<readonly string[]> {
  return page.evaluate((colour) => {
    const all = [...document.querySelectorAll('body *')].filter((one) => (one as HTMLElement).checkVisibility());
    return all
      .filter((one) =>
        ['color', 'background-color', 'border-top-color', 'fill'].some((name) => getComputedStyle(one).getPropertyValue(name) === colour),
      )
      .map((one) => one.outerHTML.slice(0, 120));
  }, TEAL[scheme]);
}

describe('a bank’s own name, logo and accent', { skip }, () => {
  test('are seen before somebody signs in, in light and in dark, and axe finds nothing', async () => {
    const { page, wrong, close } = await enterAs(world, 'nobody', 'viewer');
    await page.goto(`${world.url}/sign-in`);
    const enter = page.getByRole('button', { name: /^Sign in|^Continue|^Next/ }).first();
    await enter.waitFor();
    assert.match(await page.locator('main').innerText(), new RegExp(NAME));
    await logoIn(page.locator('main'), 40);
    assert.deepEqual(await flawsOf(page, true), []);
    for (const scheme of ['light', 'dark'] as const) {
      await inScheme(page, scheme);
      assert.equal(await css(enter, 'background-color'), RGB[scheme], scheme);
      assert.deepEqual(await tealOn(page, scheme), [], scheme);
      await picture(page, `brand-sign-in-${scheme}`);
    }
    assert.deepEqual(wrong, []);
    await close();
  });

  test('are seen on every page, in light and in dark, and axe finds nothing', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'amara', 'administrator');
    await goTo('/overview?period=week', /Overview/);
    await untilShown(page);
    const side = page.getByRole('navigation').first();
    assert.match(await page.locator('body').innerText(), new RegExp(NAME));
    await logoIn(page.locator('body'), 28);
    assert.deepEqual(await flawsOf(page, true), []);
    for (const scheme of ['light', 'dark'] as const) {
      await inScheme(page, scheme);
      assert.equal(await css(side.locator('[aria-current=page]').first(), 'color'), RGB[scheme], scheme);
      assert.deepEqual(await tealOn(page, scheme), [], scheme);
      await picture(page, `brand-overview-${scheme}`);
    }
    assert.deepEqual(wrong, []);
    await close();
  });

  test('stand on the printed report, in the colours of paper', async () => {
    const { page, goTo, close } = await enterAs(world, 'otieno', 'operator', { scheme: 'dark' });
    await goTo('/overview?period=week', /Overview/);
    await untilShown(page);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.getByText('Report of payments').waitFor();
    const paper = page.locator('main').getByText(NAME).last();
    await paper.waitFor();
    await logoIn(paper, 40);
    await page.setViewportSize({ width: 718, height: 1_047 });
    const places = await page.evaluate(() =>
      ['Payments begun', 'Not settled yet'].map((words) => {
        const [found] = [...document.querySelectorAll('main span')].filter((one) => one.textContent === words);
        return Math.round(found?.getBoundingClientRect().top ?? -1);
      }),
    );
    assert.ok(places[0] === places[1] && places[0] !== -1, `the figures stand in one line: ${places}`);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('main') as Element).colorScheme), 'light');
    await picture(page, 'brand-report');
    const sheet = await page.pdf({ format: 'A4' });
    assert.ok(sheet.length > 10_000);
    if (process.env['PM_TEST_PICTURES']) writeFileSync(join(process.env['PM_TEST_PICTURES'], 'brand-report.pdf'), sheet);
    await close();
  });
});
