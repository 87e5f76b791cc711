import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { violationsOn } from './axe.ts';
import { noBrowser } from './chromium.ts';
import { compareDays, statementOf } from './compared-days.ts';
import { enter, openPage, type PortalWorld, portalWorld } from './portal-world.ts';

describe('portal in a browser: reconciliation', { skip: noBrowser() }, () => {
  let world: PortalWorld;
  before(async () => {
    // one in each 47 seconds: these reach back over a day
    world = await portalWorld({ payments: 2_000, troubles: true });
  });
  after(() => world?.end());
  const audit = async (): Promise<string> => JSON.stringify(await world.deps.signIn.store.entries({ limit: 40 }));

  test('a day is compared with the core’s statement, its differences are put right for a reason, and it is closed', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    await enter(page, world);
    await page.getByRole('link', { name: 'Reconciliation' }).click();
    await page.getByText('This day is not compared yet').waitFor();
    const { date, statement } = statementOf(world, 1);
    const file = (text: string) => ({ name: 'core.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByLabel('Statement of our core').setInputFiles(file('a,b\n1,2\n'));
    await page.getByLabel(/^Ask the hub now/).uncheck();
    await page.getByRole('button', { name: 'Compare the day' }).click();
    await page.getByRole('alert').getByText('The statement cannot be read').waitFor();
    await page.getByLabel('Statement of our core').setInputFiles(file(statement));
    await page.getByRole('button', { name: 'Compare the day' }).click();
    await page.getByRole('heading', { level: 2, name: date }).waitFor();
    await page.getByText('Another amount in the core').waitFor();
    await page.getByText('In the core, and unknown to us').waitFor();
    await page.getByRole('table').getByText('differs').first().waitFor();
    await page.getByRole('button', { name: /^Amount differs/ }).click();
    await page.waitForURL(/kind=amount/);
    assert.equal(await page.getByText('In the core, and unknown to us').count(), 0);
    await page.getByRole('button', { name: /^All differences/ }).click();
    await page.getByLabel(/^Choose all/).check();
    await page.getByRole('button', { name: /are put right$/ }).click();
    await page.getByLabel('How it was put right').fill('voucher 4711');
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByText('put right by ann').first().waitFor();
    await page.getByText('Nothing is left. Closing says').waitFor();
    await page.getByLabel('Reason').fill('looked at all of it');
    await page.getByRole('button', { name: 'Close the day' }).click();
    await page.getByText(/^Closed by ann/).waitFor();
    await page.reload();
    await page.getByText(/^Closed by ann/).waitFor();
    await page.getByText('ann: differences put right, 0 left').waitFor();
    assert.match(await audit(), /day\.closed.*day\.resolved.*day\.compared/s);
    assert.deepEqual(wrong, []);
    await close();
  });

  test('who may only look compares nothing; offline and empty days say so; no future is compared', async () => {
    const { page, close } = await openPage(world.browser);
    await enter(page, world, 'vic', 'Vic Banda', 'viewer');
    await page.goto(`${world.url}/reconciliation?day=2020-01-01`);
    await page.getByText('An operator compares it.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Compare the day' }).count(), 0);
    await page.goto(`${world.url}/reconciliation?day=2999-01-01`);
    await page.getByText('This day has not begun yet.').waitFor();
    await page.route('**/api/reconciliation/**', (route) => route.abort());
    await page.goto(`${world.url}/reconciliation?day=2020-01-02`);
    await page.getByText('The server is not reached').first().waitFor({ timeout: 15_000 });
    await close();
  });

  for (const scheme of ['light', 'dark'] as const)
    test(`axe finds nothing, on a desk and on a phone, in French, ${scheme}`, async () => {
      for (const phone of [false, true]) {
        const { page, wrong, close } = await openPage(world.browser, { scheme, phone, locale: 'fr-FR' });
        await enter(page, world);
        await compareDays(page, world);
        await page.goto(`${world.url}/reconciliation?day=${statementOf(world, 2).date}`);
        await page.getByText('Dans le système, et inconnu de nous').waitFor();
        assert.deepEqual(await violationsOn(page), []);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'it is wider than the page');
        assert.deepEqual(wrong, []);
        await close();
      }
    });
});
