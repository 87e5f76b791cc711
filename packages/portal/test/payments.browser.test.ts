import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { violationsOn } from './axe.ts';
import { LONG_FORM, noBrowser } from './chromium.ts';
import { enter, openPage, type PortalWorld, portalWorld } from './portal-world.ts';

describe('portal in a browser: payments', { skip: noBrowser() }, () => {
  let world: PortalWorld;
  let page: Page;
  let wrong: string[];
  before(async () => {
    world = await portalWorld({ payments: 600 });
    ({ page, wrong } = await openPage(world.browser));
    await enter(page, world);
  });
  after(() => world?.end());
  afterEach(() => assert.deepEqual(wrong, [], 'faults in the page'));

  test('the list is chosen by facets and by search, all of it in the address, and more comes as one scrolls', async () => {
    const rows = page.getByRole('row');
    await page.goto(`${world.url}/payments`);
    await page.getByRole('button', { name: /^Failed/ }).click();
    await page.waitForURL(/\?state=failed$/);
    await rows.filter({ hasText: 'Failed' }).first().waitFor();
    assert.equal(await rows.filter({ hasText: 'Completed' }).count(), 0);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByLabel('Search payments').fill('GB-100123');
    await page.getByText('found as an id').waitFor();
    await page.waitForURL(/\?q=GB-100123$/);
    // one row below that of the heads
    await page.waitForFunction(() => document.querySelectorAll('[role=row]').length === 2);
    await page.reload();
    await page.getByText('found as an id').waitFor();
    await page.goto(`${world.url}/payments`);
    await rows.nth(5).waitFor();
    for (let step = 0; step < 4; step++) {
      await page.getByRole('region', { name: 'Payments, the newest first' }).evaluate((list) => list.scrollTo({ top: list.scrollHeight }));
      await page.waitForTimeout(150);
    }
    const [drawn, height] = await page
      .getByRole('region', { name: 'Payments, the newest first' })
      .evaluate((list) => [list.querySelectorAll('[role=row]').length, list.scrollHeight]);
    assert.ok((drawn ?? 0) < 60, `${drawn} rows are drawn`);
    assert.ok((height ?? 0) > 150 * 40, `it is ${height} pixels high`);
  });

  test('a new payment comes by itself, and waits while somebody points at the list', async () => {
    await page.goto(`${world.url}/payments`);
    await page.getByText('Live', { exact: true }).waitFor();
    const first = page.getByRole('row').nth(1);
    const list = page.getByRole('region', { name: 'Payments, the newest first' });
    await page.mouse.move(5, 5);
    const one = world.add();
    await first.getByRole('link', { name: one.transferId ?? '' }).waitFor();
    await list.hover();
    const before = await first.textContent();
    const two = world.add();
    const waiting = page.getByRole('button', { name: '1 new: show them' });
    await waiting.waitFor();
    assert.equal(await first.textContent(), before);
    await waiting.click();
    await first.getByRole('link', { name: two.transferId ?? '' }).waitFor();
  });

  test('a payment that failed at the other side says so, step by step; names are shown for a reason, which is kept', async () => {
    const failed = world.rows.find(({ facets, error }) => facets.direction === 'out' && error?.code === '5105');
    await page.goto(`${world.url}/payments/${failed?.id}`);
    await page.getByText('The receiver’s institution refused it.').first().waitFor();
    const way = page.getByRole('region', { name: 'The way of this payment' });
    await way
      .getByRole('listitem')
      .filter({ hasText: 'it ended here' })
      .filter({ hasText: failed?.facets.peer ?? '' })
      .waitFor();
    await page.getByText('The transfer ended without money: error 5105').waitFor();
    await page.getByRole('button', { name: 'Show the messages' }).click();
    await page.getByText('POST').first().click();
    await page.getByText('Signature: verified').first().waitFor();
    assert.equal(await page.getByText(failed?.payee?.name ?? '', { exact: true }).count(), 0);
    await page.getByRole('button', { name: 'Unmask' }).click();
    await page.getByLabel('Reason').fill('complaint 4711');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page
      .getByText(failed?.payee?.name ?? '', { exact: true })
      .first()
      .waitFor();
    const entries = await world.deps.signIn.store.entries({ limit: 5 });
    assert.match(JSON.stringify(entries), /payment\.revealed.*complaint 4711/);
  });

  test('a payment whose outcome nobody knows is not said to be paid, and what may be done says what it does', async () => {
    const open = world.rows.find(({ facets, attention }) => facets.direction === 'out' && attention.length > 0);
    await page.goto(`${world.url}/payments/${open?.id}`);
    await page.getByText('The money may or may not have moved').waitFor();
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /Completed|paid|did its part.*did its part.*did its part/);
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('dialog').getByText('Neither hub nor core is told').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Do it' }).isDisabled(), true);
  });

  test('everything is reached by the keyboard: palette, search, page', async () => {
    await page.goto(`${world.url}/payments`);
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.press('Control+k');
    await page.locator('dialog input').waitFor();
    await page.keyboard.type('mokoena');
    await page.locator('dialog [role=option]').nth(1).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/payments\/\d+$/);
    await page.keyboard.press('Control+k');
    await page.locator('dialog input').waitFor();
    await page.keyboard.type('langue');
    await page.locator('dialog').getByText('Nothing found.').or(page.locator('dialog [role=option]').first()).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.locator('dialog input').waitFor();
    await page.keyboard.type('Français');
    await page.locator('dialog [role=option]').filter({ hasText: 'Français' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Ce qui s’est passé').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
    await page.evaluate(() => localStorage.removeItem('pm.language'));
  });

  test('without the network what was loaded stays and is said to be old; with it, it goes on', async () => {
    await page.goto(`${world.url}/payments`);
    await page.getByRole('row').nth(3).waitFor();
    await page.context().setOffline(true);
    await page.getByText('Not live: what you see may be old').waitFor();
    await page.getByRole('button', { name: /^Declined/ }).click();
    await page.getByText('The server is not reached').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('row').filter({ hasText: 'Declined' }).first().waitFor();
  });

  test('an export says how far it is, and is offered as a file', LONG_FORM, async () => {
    await page.goto(`${world.url}/payments`);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/^Finished: \d+ payments\.$/).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the file' }).click()]);
    assert.equal(download.suggestedFilename(), 'payments.csv');
  });

  /** Colours, and as on a phone or on a desk. */
  const LOOKS = [
    { colorScheme: 'light', width: 1360 },
    { colorScheme: 'dark', width: 390 },
  ] as const;
  for (const { colorScheme, width } of LOOKS)
    test(`axe finds nothing, ${colorScheme}, and nothing is wider than ${width} pixels`, async () => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 850 });
      const found: string[] = [];
      const look = async (path: string, there: string): Promise<void> => {
        await page.goto(`${world.url}${path}`);
        await page.locator(there).first().waitFor();
        found.push(...(await violationsOn(page)));
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, path);
      };
      const idOf = (state: string) => world.rows.findLast(({ facets }) => facets.state === state)?.id;
      await look('/payments?state=failed', '[role=cell]');
      for (const state of process.env['PM_TEST_LONG'] === undefined
        ? ['pending']
        : ['pending', 'completed', 'failed', 'acknowledged', 'quoted', 'declined'])
        await look(`/payments/${idOf(state)}`, 'main ol li time');
      await page.keyboard.press('Control+k');
      await page.locator('dialog [role=option]').first().waitFor();
      found.push(...(await violationsOn(page)));
      await page.keyboard.press('Escape');
      assert.deepEqual([...new Set(found)], []);
    });

  test('a viewer sees neither export nor unmasking, and may act on nothing', async () => {
    await enter(page, world, 'vic', 'Vic Viewer', 'viewer');
    assert.equal(await page.getByRole('button', { name: 'Export' }).count(), 0);
    const open = world.rows.find(({ attention }) => attention.length > 0);
    await page.goto(`${world.url}/payments/${open?.id}`);
    await page.getByText('Your role may look, and not act.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Unmask' }).count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Resolve' }).isDisabled(), true);
  });
});
