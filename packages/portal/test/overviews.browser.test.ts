import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { LANGUAGES } from '@payment-manager/runtime/languages';
import type { Page } from 'playwright-core';
import { violationsOn } from './axe.ts';
import { noBrowser } from './chromium.ts';
import { goOn, leftsOf, runsLeft, seenAt } from './mirrored.ts';
import { enterAs, type OperationsWorld, operationsWorld, picture } from './operations-world.ts';
import { someHistory } from './some-history.ts';
import { assertFits, flawsOf, inScheme, untilShown } from './visit.ts';

const skip = noBrowser() ?? false;
/** Each page, with the heading by which it is known to be there. */
const PLACES: readonly (readonly [path: string, english: RegExp, french: RegExp])[] = [
  ['/overview?period=week', /Overview/, /Vue d’ensemble/],
  ['/positions', /Positions/, /Positions/],
  ['/technical', /Technical overview/, /Vue technique/],
];

let world: OperationsWorld;
before(async () => {
  if (skip === false) world = await operationsWorld({ around: { history: async () => someHistory(Date.now()) } });
});
after(() => world?.end());

describe('the pages Overview, Positions and Technical', { skip }, () => {
  test('have no flaw that axe finds, in light and in dark', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'amara', 'administrator');
    for (const [path, heading] of PLACES) {
      await goTo(path, heading);
      await untilShown(page);
      assert.deepEqual(await flawsOf(page), [], path);
      for (const scheme of ['light', 'dark'] as const) {
        await inScheme(page, scheme);
        await picture(page, `${path.slice(1).replace(/\?.*/, '')}-${scheme}`);
      }
    }
    assert.deepEqual(wrong, []);
    await close();
  });

  test('fit a phone, and speak French', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'fatou', 'administrator', { phone: true, locale: 'fr-FR' });
    for (const [path, , heading] of PLACES) {
      await goTo(path, heading);
      await untilShown(page);
      await assertFits(page, path);
      await picture(page, `${path.slice(1).replace(/\?.*/, '')}-phone-fr`);
    }
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a cap is entered for a reason by who may; the position near it is marked', async () => {
    const { page, goTo, close } = await enterAs(world, 'otieno', 'operator');
    await goTo('/positions', /Positions/);
    await page.getByText('Computed from our own payments').waitFor();
    await page.getByRole('button', { name: 'Enter the cap: USD' }).click();
    await page.getByLabel('Net debit cap, as the hub has it').fill('20000');
    await page.getByLabel('Reason').fill('as the hub’s operator says');
    await page.getByRole('dialog').getByRole('button', { name: 'Enter the cap' }).click();
    const usd = page.getByRole('row', { name: /^USD/ });
    await usd.getByText(/used/).waitFor();
    await usd.getByText('entered by otieno').waitFor();
    await picture(page, 'positions-cap');
    const viewer = await enterAs(world, 'joseph', 'viewer');
    await viewer.goTo('/positions', /Positions/);
    await viewer.page.getByText('entered by otieno').waitFor();
    assert.equal(await viewer.page.getByRole('button', { name: /cap/ }).count(), 0);
    await viewer.close();
    await close();
  });

  test('what failed when is seen; a stretch is looked at more closely by drawing over it, and each chart is a table and three files, too', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'naledi', 'engineer');
    await goTo('/technical', /Technical overview/);
    const health = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Health of every part' }) });
    await health.getByRole('button', { name: 'Table' }).click();
    for (const part of ['Hub', 'Core', 'Database and disk'])
      await health.getByRole('row').filter({ hasText: part }).filter({ hasText: 'does not work' }).first().waitFor();
    await health.getByRole('button', { name: 'Chart' }).click();
    const chart = page.getByRole('img', { name: 'Messages to the hub: p95 in milliseconds' });
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+&to=\d+/);
    const { searchParams } = new URL(page.url());
    const length = (Number(searchParams.get('to')) - Number(searchParams.get('from'))) / 60_000;
    assert.ok(length > 90 && length < 150, `${length} minutes of 360`);
    await page.getByRole('button', { name: 'p99' }).click();
    const title = 'Messages to the hub: p99 in milliseconds';
    for (const [kind, begins] of [
      ['SVG', '<svg'],
      ['PNG', '\u0089PNG'],
      ['CSV', 'time,"look-up","quote","transfer","notification"'],
    ] as const) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Download as ${kind}: ${title}` }).click(),
      ]);
      assert.equal(file.suggestedFilename(), `to-hub-p99.${kind.toLowerCase()}`);
      const text = readFileSync(await file.path()).toString('latin1');
      assert.ok(text.startsWith(begins) && text.length > 1_000, `${kind}: ${text.length} bytes, ${text.slice(0, 40)}`);
      assert.ok(kind !== 'SVG' || !/class=|var\(/.test(text), 'it stands by itself');
    }
    await page.getByRole('button', { name: `Table: ${title}` }).click();
    await page.getByRole('region', { name: title }).getByRole('row').nth(3).waitFor();
    await page.getByRole('button', { name: '24 h' }).click();
    await page.waitForURL(/range=24h/);
    world.another({ history: async () => ({ write: async () => {}, read: async () => [], close: async () => {} }) });
    await goTo('/technical?range=7d', /Technical overview/);
    await page.getByText('Nothing was kept of this time').waitFor();
    world.another({ history: undefined });
    await goTo('/technical?range=30d', /Technical overview/);
    await page.getByText('This could not be shown').waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a figure of the overview leads to the list with the same filter, whose totals say the same; so does the printed report', async () => {
    const { page, goTo, close } = await enterAs(world, 'otieno', 'operator');
    await goTo('/overview?period=week', /Overview/);
    const cell = page.getByRole('region', { name: 'Values by currency' }).getByRole('row', { name: /^USD/ }).getByRole('link').first();
    const paidOut = await cell.textContent();
    await page.emulateMedia({ media: 'print' });
    await page.getByText('Report of payments').waitFor();
    assert.equal(await page.getByRole('navigation').count(), 0, 'the frame of the page is not printed');
    assert.equal(await cell.textContent(), paidOut);
    await picture(page, 'overview-print');
    await page.emulateMedia({ media: 'screen' });
    await cell.click();
    await page.waitForURL(/\/payments\?/);
    assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), {
      period: 'week',
      state: 'completed',
      direction: 'out',
      currency: 'USD',
    });
    const totals = page.getByRole('region', { name: 'Totals by currency' });
    await totals.waitFor();
    assert.ok((await totals.textContent())?.includes(`${paidOut}`), `${await totals.textContent()} says ${paidOut}`);
    await goTo('/overview?period=week', /Overview/);
    const cause = page.getByText('5105, we paid').locator('xpath=ancestor::li[1]').getByRole('link');
    const count = await cause.textContent();
    await cause.click();
    await page.waitForURL(/error=5105/);
    await page.getByRole('button', { name: new RegExp(`^Failed ${count}`) }).waitFor();
    await close();
  });
});

/** Every page, and one payment. */
const PAGES = [
  '/payments',
  '/exceptions',
  '/reconciliation',
  '/positions',
  '/connection',
  '/connector',
  '/health',
  '/technical',
  '/alerts',
  '/administration',
  '/account',
];

describe('the pages in other languages', { skip }, () => {
  test('in Arabic each is mirrored, fits desk and phone, and has no flaw that axe finds', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'salma', 'administrator', { locale: 'ar-EG' });
    await goTo('/overview?period=week', /[\u0621-\u064a]/);
    await untilShown(page);
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).direction]), ['ar', 'rtl']);
    await assertMirrored(page);
    const hours = await leftsOf(page.locator('svg[role=img] g > text[text-anchor=middle]'));
    assert.ok(hours.length >= 6 && runsLeft(hours), `hours run as the page is read: ${hours}`);
    await assertNoFlaw(page, 0);
    for (const [at, path] of PAGES.entries()) {
      await goOn(page, path);
      await assertNoFlaw(page, at + 1);
      if (path === '/payments') await assertPayments(page);
    }
    assert.deepEqual(wrong, []);
    await close();
  });

  test('each other language has its own words on a phone, in its own direction, and says where nobody has read them', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'salma', 'administrator', { phone: true, locale: 'my-MM' });
    await goTo('/overview?period=week', /[\u1000-\u1021]/);
    for (const language of ['my', 'pt', 'sw', 'fr', 'ar', 'en'] as const) {
      await page.locator('button[popovertarget=user-menu]').click();
      const choice = page.locator('#user-menu select');
      assert.equal(await choice.locator('option[value=sw]').textContent(), `${LANGUAGES.sw.name} (${LANGUAGES.sw.unreviewed})`);
      await choice.selectOption(language);
      await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
      await page.keyboard.press('Escape');
      assert.equal(await page.evaluate(() => document.documentElement.dir), LANGUAGES[language].direction);
      await untilShown(page);
      await assertFits(page, `/overview in ${language}`);
      await picture(page, `overview-phone-${language}`);
    }
    // four ways, and the others behind one more
    const ways = page.locator('nav a[aria-current], nav li > a').locator('visible=true');
    await ways.nth(3).waitFor();
    assert.equal(await ways.count(), 4);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('link', { name: 'Technical' }).click();
    await page.getByRole('heading', { level: 1, name: /Technical/ }).waitFor();
    await page.getByRole('link', { name: 'Administration' }).waitFor({ state: 'hidden' });
    assert.deepEqual(wrong, []);
    await close();
  });
});

/** Axe in one look: each other page on a desk in daylight, the others on a phone in the dark. Neither is wider than its screen. */
async function assertNoFlaw(page: Page, nth: number): Promise<void> {
  const path = new URL(page.url()).pathname;
  for (const [at, [scheme, width]] of (
    [
      ['light', 1360],
      ['dark', 390],
    ] as const
  ).entries()) {
    await page.setViewportSize({ width, height: 850 });
    await inScheme(page, scheme);
    await assertFits(page, `${path} in Arabic, ${scheme}`);
    if (at === nth % 2 || process.env['PM_TEST_LONG'] !== undefined) assert.deepEqual(await violationsOn(page), [], path);
    await picture(page, `ar${path.replaceAll('/', '-')}-${scheme}`);
  }
  await page.setViewportSize({ width: 1360, height: 850 });
}

/** The navigation stands at the right, and what follows to the left of it. */
async function assertMirrored(page: Page): Promise<void> {
  const [side, main] = [await page.locator('nav').first().boundingBox(), await page.locator('main').boundingBox()];
  assert.ok(side && main && side.x > main.x + main.width / 2, 'the navigation is at the right');
  const [search, menu] = [
    await page.locator('header button').first().boundingBox(),
    await page.locator('button[popovertarget]').first().boundingBox(),
  ];
  assert.ok(search && menu && search.x > menu.x, 'what comes first stands at the right');
}

/** Columns from right to left, amounts and ids in themselves from left to right; the same of one payment. */
async function assertPayments(page: Page): Promise<void> {
  // a screen that has become wider has its columns a moment later
  await page.getByRole('columnheader').nth(5).waitFor();
  const columns = await leftsOf(page.getByRole('columnheader'));
  assert.ok(columns.length >= 6 && runsLeft(columns), `columns begin at the right: ${columns}`);
  const amount = page
    .getByRole('cell')
    .filter({ hasText: /\d\.\d\d\sUSD/ })
    .first();
  const [point = 0, currency = 0] = await seenAt(amount, '.', 'USD');
  assert.ok(point < currency, 'an amount is read from left to right, its currency behind it');
  await page.getByRole('row').nth(2).getByRole('link').first().click();
  await page.waitForURL(/payments\/\d+/);
  await page.locator('main code').first().waitFor();
  assert.equal(
    await page
      .locator('main code')
      .first()
      .evaluate((code) => getComputedStyle(code).direction),
    'ltr',
  );
  await assertNoFlaw(page, 1);
}
