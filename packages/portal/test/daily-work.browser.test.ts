import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Asked, Surroundings } from '@payment-manager/management-api/test-portal';
import { formatsIn } from '../src/text/formats-in.ts';
import { violationsOn } from './axe.ts';
import { noBrowser } from './chromium.ts';
import { compareDays, statementOf } from './compared-days.ts';
import { picture } from './operations-world.ts';
import { enter, openPage, type PortalWorld, portalWorld } from './portal-world.ts';
import { flawsOf, visit } from './visit.ts';

const skip = noBrowser() ?? false;

/** What the core answers when its statement is pulled. */
let coreGives: Asked = { kind: 'not-there' };
const statements: Surroundings['statements'] = { sources: { core: async () => coreGives }, daily: false, afterDayMs: 0 };

let world: PortalWorld;
before(async () => {
  // some 35 seconds apart: these reach back into yesterday at every hour of the business day
  if (skip === false)
    // at any hour fewer differences in a day than a page shows at once, which are 100
    world = await portalWorld({ payments: 2_000, troubles: true, approvals: ['resolve-exception'], around: { statements } });
});
after(() => world?.end());
const audit = async (): Promise<string> => JSON.stringify(await world.deps.signIn.store.entries({ limit: 40 }));

describe('portal in a browser: exceptions', { skip }, () => {
  test('why, since when, with whom; filters and the open one are in the address; the keyboard goes from row to row', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    await enter(page, world);
    await page.getByRole('link', { name: 'Exceptions' }).click();
    const rows = page.getByRole('list', { name: 'What needs a person, the oldest first' }).getByRole('listitem');
    await rows.first().getByText('Two final words contradict each other').waitFor();
    await page.getByLabel('All reasons').selectOption('CORE_NOT_TOLD');
    await page.waitForFunction(() => document.querySelectorAll('main li a').length === 3);
    await page.getByLabel('Search exceptions').fill('bluewallet');
    await page.waitForURL(/\?code=CORE_NOT_TOLD&q=bluewallet|\?q=bluewallet&code=CORE_NOT_TOLD/);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await rows.first().getByRole('link').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/open=/);
    const detail = page.getByRole('complementary', { name: 'The payment' });
    await detail.getByText('it has not said how the transfer ended').first().waitFor();
    assert.doesNotMatch((await detail.textContent()) ?? '', /Completed|has moved between/);
    await page.reload();
    await detail.getByRole('button', { name: 'I look after it' }).click();
    await detail.getByText('Looked after by: ann').waitFor();
    await detail.getByLabel('New note').fill('called the hub');
    await detail.getByRole('button', { name: 'Add the note' }).click();
    await detail.getByRole('listitem').filter({ hasText: 'called the hub' }).waitFor();
    await visit(page, '/exceptions?owner=mine');
    await page.waitForFunction(() => document.querySelectorAll('main li a').length === 1);
    assert.match(await audit(), /exception\.owned.*exception\.noted|exception\.noted.*exception\.owned/);
    await visit(page, '/exceptions?q=nothing-like-it');
    await page.getByText('No exception matches').waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });

  test('one is resolved when a second person agrees; it says what it does for money before', async () => {
    const [ann, bob] = [await openPage(world.browser), await openPage(world.browser)];
    await enter(ann.page, world, 'ann', 'Ann Mwangi', 'operator', '/exceptions');
    await ann.page
      .getByRole('link', { name: /^The hub has not said how it ended/ })
      .first()
      .click();
    await ann.page.getByRole('button', { name: 'Resolve' }).click();
    const dialog = ann.page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('ticket 4711');
    assert.ok(await dialog.getByRole('button', { name: 'Ask a second person' }).isDisabled(), 'nobody chose how it ended');
    await dialog.getByLabel('How it ended').selectOption('ABORTED');
    await dialog.getByText('gives the customer the money back').waitFor();
    await dialog.getByRole('button', { name: 'Ask a second person' }).click();
    await dialog.getByText('It is done as soon as a second person agrees').waitFor();
    await ann.page.keyboard.press('Escape');
    await ann.page.getByText('You asked for it: somebody else must agree.').waitFor();
    const { pathname, search } = new URL(ann.page.url());
    await enter(bob.page, world, 'bob', 'Bob Otieno', 'operator', pathname + search);
    await bob.page.getByText('ticket 4711').waitFor();
    await bob.page.getByLabel('Your reason').fill('seen the ticket');
    await bob.page.getByRole('button', { name: 'Agree, and do it' }).click();
    await bob.page.getByText('It no longer needs a person').waitFor();
    await bob.page.getByText(/Aborted: no money has moved, by ann, approved by/).waitFor();
    await ann.page.getByText('It no longer needs a person').waitFor();
    assert.match(await audit(), /resolve-exception\.done.*resolve-exception\.approved.*resolve-exception\.asked/s);
    assert.deepEqual([...ann.wrong, ...bob.wrong], []);
    await Promise.all([ann.close(), bob.close()]);
  });

  test('many at once: the preview says with which it is allowed and how much money it is; then each is asked for', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    await enter(page, world, 'ann', 'Ann Mwangi', 'operator', '/exceptions?direction=in');
    await page.getByRole('checkbox', { name: /^Choose all/ }).check();
    await page.getByRole('button', { name: 'Act on all of them' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It would be done to all 5.').waitFor();
    await dialog.getByLabel('Action').selectOption('resend-outcome');
    await dialog.getByText('It would be done to 3 of 5').waitFor();
    await dialog
      .getByText(/payments?, for our customers/)
      .first()
      .waitFor();
    await dialog.getByLabel('Reason').fill('the core is repaired');
    const act = dialog.getByRole('button', { name: 'Ask a second person for 3' });
    assert.ok(await act.isDisabled(), 'somebody must have looked in the books');
    await dialog.getByLabel(/I have looked in the core’s books/).check();
    assert.deepEqual(await violationsOn(page), []);
    await act.click();
    await dialog.getByText('Done: 0. Waiting for a second person: 3. Not done: 0.').waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });

  test('no row moves under the hand: what was resolved stays marked, what is new waits', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    await enter(page, world, 'ann', 'Ann Mwangi', 'operator', '/exceptions');
    await page.getByText('Live', { exact: true }).waitFor();
    const rows = page.getByRole('list', { name: 'What needs a person, the oldest first' }).getByRole('listitem');
    await rows.first().hover();
    const second = await rows.nth(1).textContent();
    const [oldest] = await world.deps.around.exceptions({ limit: 1 });
    await world.deps.around.desk.resolve({ id: oldest?.id ?? '', act: { action: 'settle', as: 'ABORTED' }, reason: 'x', by: 'user:bob' });
    world.addTrouble();
    await rows.first().getByText('no longer an exception').waitFor();
    await page.getByRole('button', { name: '1 new: show them' }).waitFor();
    assert.equal(await rows.nth(1).textContent(), second);
    await page.mouse.move(5, 5);
    await page.getByText('no longer an exception').waitFor({ state: 'detached' });
    assert.equal(await page.getByText(/new: show them/).count(), 0);
    assert.deepEqual(wrong, []);
    await close();
  });

  test('who may only look is not offered to act; without the server what was loaded stays, and says so; nothing at all is said, too', async () => {
    const { page, close } = await openPage(world.browser);
    await enter(page, world, 'vic', 'Vic Banda', 'viewer', '/exceptions');
    await page
      .getByRole('link', { name: /^Our core does not take the outcome/ })
      .first()
      .click();
    await page.getByText('Your role may look, and not act.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Resolve' }).isDisabled());
    assert.equal(await page.getByRole('button', { name: 'I look after it' }).count(), 0);
    await page.route('**/api/exceptions**', (route) => route.abort());
    world.tell();
    await page
      .getByText(/^As of .* The newest cannot be loaded now/)
      .first()
      .waitFor({ timeout: 15_000 });
    await page.unroute('**/api/exceptions**');
    const answer = (body: object) => page.route('**/api/exceptions?*', (route) => route.fulfill({ json: body }));
    await answer({ exceptions: [], more: false, fourEyes: false });
    await page.goto(`${world.url}/exceptions`);
    await page.getByText('Nothing needs a person').waitFor();
    await page.route('**/api/me', async (route) => {
      const me = await (await route.fetch()).json();
      await route.fulfill({ json: { ...me, permissions: me.permissions.filter((one: string) => one !== 'exceptions:read') } });
    });
    await page.reload();
    await page.getByText('Not for your role').waitFor();
    await close();
  });

  test('axe finds nothing and nothing is wider than the screen: the list, one of it, what is done to it; in French', async () => {
    const { page, wrong, close } = await openPage(world.browser, { locale: 'fr-FR' });
    await enter(page, world, 'ann', 'Ann Mwangi', 'operator', '/exceptions');
    const unknown = page.getByRole('link', { name: /^Le hub n’a pas dit/ }).first();
    await unknown.waitFor();
    assert.deepEqual(await flawsOf(page), []);
    await unknown.click();
    await page.getByRole('button', { name: 'Résoudre' }).click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await violationsOn(page), []);
    await page.keyboard.press('Escape');
    assert.deepEqual(await flawsOf(page), []);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Retour à la liste' }).click();
    await page.getByRole('list', { name: 'Ce qui demande une personne' }).waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });
});

describe('portal in a browser: reconciliation', { skip }, () => {
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
    await page.getByLabel('Statement of our core').setInputFiles([]);
    await page.getByRole('button', { name: 'Pull from the core' }).click();
    await page.getByRole('alert').getByText('There is no statement of this day yet').waitFor();
    await page.getByText(/^Failed .*: it is not there yet\.$/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Pull from the hub' }).count(), 0, 'nothing is configured for it');
    coreGives = { kind: 'came', bytes: Buffer.from(statement) };
    await page.getByRole('button', { name: 'Pull from the core' }).click();
    await page.getByRole('heading', { level: 2, name: formatsIn('en', 'UTC').date(date) }).waitFor();
    await page.getByText(/^Pulled .* rows\.$/).waitFor();
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
    await enter(page, world, 'vic', 'Vic Banda', 'viewer', '/reconciliation?day=2020-01-01');
    await page.getByText('An operator compares it.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Compare the day' }).count(), 0);
    await visit(page, '/reconciliation?day=2999-01-01');
    await page.getByText('This day has not begun yet.').waitFor();
    await page.route('**/api/reconciliation/**', (route) => route.abort());
    await visit(page, '/reconciliation?day=2020-01-02');
    await page.getByText('The server is not reached').first().waitFor({ timeout: 15_000 });
    await close();
  });

  test('axe finds nothing and nothing is wider than the screen: a day with differences, in French', async () => {
    const { page, wrong, close } = await openPage(world.browser, { locale: 'fr-FR' });
    await enter(page, world, 'ann', 'Ann Mwangi', 'operator', '/reconciliation?day=2020-01-01');
    await compareDays(page, world);
    await visit(page, `/reconciliation?day=${statementOf(world, 2).date}`);
    await page.getByText('Dans le système, et inconnu de nous').waitFor();
    assert.deepEqual(await flawsOf(page), []);
    assert.deepEqual(wrong, []);
    await close();
  });

  test('what was compared with a statement that is there no more is compared without it only when somebody says so', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    const { date, statement } = statementOf(world, 2);
    const compare = page.getByRole('button', { name: 'Compare the day' });
    const without = page.getByLabel(/^Compare without it/);
    await enter(page, world);
    await compareDays(page, world);
    await visit(page, `/reconciliation?day=${date}`);
    await page.getByText('compared with a statement of the core that is kept nowhere: choose its file again').waitFor();
    assert.deepEqual([await compare.isDisabled(), await without.isChecked()], [true, false]);
    await without.scrollIntoViewIfNeeded();
    await picture(page, 'compare-without');
    assert.deepEqual(await flawsOf(page), []);
    await page.getByLabel('Statement of our core').setInputFiles({ name: 'c.csv', mimeType: 'text/csv', buffer: Buffer.from(statement) });
    assert.deepEqual([await compare.isDisabled(), await without.count()], [false, 0], 'the file is there again');
    await page.getByLabel('Statement of our core').setInputFiles([]);
    await page.getByLabel(/^Ask the hub now/).uncheck();
    await without.check();
    await compare.click();
    await page.getByText('core: no statement, by our records').waitFor();
    await page.getByText('In the core, and unknown to us').waitFor({ state: 'detached' });
    assert.equal(await without.count(), 0, 'nothing is lost any more');
    // one that was pulled, and did not come when it was asked for last
    const last = { at: Date.now(), by: 'user:ann', code: 'STATEMENT_NOT_THERE' };
    await page.route('**/api/reconciliation/days/*/pulls', (route) => route.fulfill({ json: { pulls: [{ side: 'core', last }] } }));
    await visit(page, `/reconciliation?day=${statementOf(world, 1).date}`);
    await page.getByText('that is kept nowhere').waitFor();
    // it is asked for again, as long as nobody says otherwise; what was pulled is known a moment after the day
    await compare.click({ trial: true });
    await without.check();
    await compare.click();
    await page.getByText('core: no statement, by our records').waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });
});
