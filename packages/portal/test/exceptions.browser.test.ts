import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { violationsOn } from './axe.ts';
import { noBrowser } from './chromium.ts';
import { enter, openPage, type PortalWorld, portalWorld } from './portal-world.ts';

describe('portal in a browser: exceptions', { skip: noBrowser() }, () => {
  let world: PortalWorld;
  before(async () => {
    world = await portalWorld({ payments: 200, troubles: true, approvals: ['resolve-exception'] });
  });
  after(() => world?.end());
  const audit = async (): Promise<string> => JSON.stringify(await world.deps.signIn.store.entries({ limit: 40 }));

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
    await page.goto(`${world.url}/exceptions?owner=mine`);
    await page.waitForFunction(() => document.querySelectorAll('main li a').length === 1);
    assert.match(await audit(), /exception\.owned.*exception\.noted|exception\.noted.*exception\.owned/);
    await page.goto(`${world.url}/exceptions?q=nothing-like-it`);
    await page.getByText('No exception matches').waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });

  test('one is resolved when a second person agrees; it says what it does for money before', async () => {
    const [ann, bob] = [await openPage(world.browser), await openPage(world.browser)];
    await enter(ann.page, world);
    await enter(bob.page, world, 'bob', 'Bob Otieno');
    await ann.page.goto(`${world.url}/exceptions`);
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
    await bob.page.goto(ann.page.url());
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
    await enter(page, world);
    await page.goto(`${world.url}/exceptions?direction=in`);
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
    await enter(page, world);
    await page.goto(`${world.url}/exceptions`);
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
    await enter(page, world, 'vic', 'Vic Banda', 'viewer');
    await page.goto(`${world.url}/exceptions`);
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

  for (const scheme of ['light', 'dark'] as const)
    test(`axe finds nothing, on a desk and on a phone, in French, ${scheme}`, async () => {
      for (const phone of [false, true]) {
        const { page, wrong, close } = await openPage(world.browser, { scheme, phone, locale: 'fr-FR' });
        await enter(page, world);
        await page.goto(`${world.url}/exceptions`);
        await page
          .getByRole('listitem')
          .getByRole('link', { name: /^Le hub n’a pas dit/ })
          .first()
          .waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await page
          .getByRole('link', { name: /^Le hub n’a pas dit/ })
          .first()
          .click();
        await page.getByRole('button', { name: 'Résoudre' }).waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await page.getByRole('button', { name: 'Résoudre' }).click();
        await page.getByRole('dialog').waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await page.keyboard.press('Escape');
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'it is wider than the page');
        if (phone) {
          await page.getByRole('button', { name: 'Retour à la liste' }).click();
          await page.getByRole('list', { name: 'Ce qui demande une personne' }).waitFor();
        }
        assert.deepEqual(wrong, []);
        await close();
      }
    });
});
