import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { violationsOn } from './axe.ts';
import { LONG_FORM, noBrowser } from './chromium.ts';
import { enter, openPage, type PortalWorld, portalWorld } from './portal-world.ts';
import { queriesOn, someRows } from './rows.ts';
import { inScheme, visit } from './visit.ts';

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

  test('a view is saved for oneself, and is there in another browser', async () => {
    await page.goto(`${world.url}/payments?state=failed`);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Name of the view').fill('what failed');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('link', { name: 'what failed' }).waitFor();
    const other = await openPage(world.browser);
    await enter(other.page, world);
    await other.page.getByRole('button', { name: 'Views' }).click();
    await other.page.getByRole('link', { name: 'what failed' }).click();
    await other.page.waitForURL(/\?state=failed$/);
    assert.deepEqual(other.wrong, []);
    await other.close();
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
    await page.getByText('Some may be missing').click();
    await page.getByText('1 stored batch of messages could not be read.').waitFor();
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

  test('a payment that failed says at which hop, whose turn or fault it is, and why, wherever that was', async () => {
    const failed = new Map(
      world.rows.filter(({ error }) => error !== undefined).map((row) => [`${row.facets.direction} ${row.error?.code}`, row] as const),
    );
    const hops = new Set<string>();
    await page.goto(`${world.url}/payments`);
    for (const [what, row] of failed) {
      await visit(page, `/payments/${row.id}`);
      await page.getByText(row.transferId ?? '', { exact: true }).waitFor();
      const way = page.getByRole('region', { name: 'The way of this payment' });
      const ended = way.getByRole('listitem').filter({ hasText: 'it ended here' });
      assert.equal(await ended.count(), 1, what);
      hops.add(
        (await ended.locator('strong').textContent()) === row.facets.peer ? 'peer' : ((await ended.locator('strong').textContent()) ?? ''),
      );
      const text = (await way.textContent()) ?? '';
      assert.match(text, /Whose turn or fault: (?:our core system|this Payment Manager|the hub or the network|the other side)/, what);
      assert.match(text, new RegExp(`Error ${row.error?.code}`), what);
    }
    assert.ok(failed.size >= 6);
    assert.deepEqual([...hops].sort(), ['Hub', 'Our core', 'peer']);
  });

  test('a payment whose outcome nobody knows is not said to be paid, and what may be done says what it does', async () => {
    const open = world.rows.find(({ facets, attention }) => facets.direction === 'out' && attention.length > 0);
    await page.goto(`${world.url}/payments/${open?.id}`);
    await page.getByText('The money may or may not have moved').waitFor();
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /Completed|paid|did its part.*did its part.*did its part/);
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page
      .getByRole('dialog')
      .getByText(/Nothing is sent to the hub/)
      .waitFor();
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
    // whoever is quicker than the browser tells of the end of the search before gets the next one all the same
    await page.evaluate(() => {
      document.querySelector('dialog')?.close();
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
    });
    await page.waitForTimeout(200);
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

  test('of 1,000,000 payments those in sight are drawn, however far somebody scrolls', async () => {
    const deep = process.env['PM_TEST_LONG'] === undefined ? 500 : 10_000;
    const queries = queriesOn(world.rows);
    const until = Date.now();
    const around = world.deps.around as { payments: unknown };
    const { payments } = around;
    around.payments = async () => ({
      ...queries,
      list: async ({ limit, after = 1_000_001 }: { limit: number; after?: number }) => {
        const rows = someRows(limit, until, Math.max(1, after - limit)).reverse();
        return { payments: rows, next: after - limit };
      },
      totals: async (query: never) => ({ ...(await queries.totals(query)), count: 1_000_000 }),
    });
    await page.goto(`${world.url}/payments`);
    const list = page.getByRole('region', { name: 'Payments, the newest first' });
    await list.getByRole('row').nth(5).waitFor();
    const begun = performance.now();
    for (let rows = 0; rows < deep; )
      rows = await list.evaluate((box) => {
        box.scrollTo({ top: box.scrollHeight });
        return new Promise<number>((done) => requestAnimationFrame(() => done(box.scrollHeight / 40)));
      });
    assert.ok((await list.getByRole('row').count()) < 60);
    const took = await list.evaluate(async (box) => {
      const from = performance.now();
      box.scrollTo({ top: 0 });
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now() - from;
    });
    await list.getByRole('row').nth(1).getByRole('link').waitFor();
    process.stdout.write(`# ${deep} rows in ${Math.round(performance.now() - begun)} ms; back at the top after ${Math.round(took)} ms\n`);
    around.payments = payments;
  });

  /** Colours, and as on a phone or on a desk. */
  const LOOKS = [
    { colorScheme: 'light', width: 1360 },
    { colorScheme: 'dark', width: 390 },
  ] as const;
  for (const { colorScheme, width } of LOOKS)
    test(`axe finds nothing, ${colorScheme}, and nothing is wider than ${width} pixels`, async () => {
      await inScheme(page, colorScheme);
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
