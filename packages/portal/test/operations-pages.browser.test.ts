import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBrowser } from './chromium.ts';
import { enterAs, type OperationsWorld, operationsWorld, picture } from './operations-world.ts';
import { someConnector } from './some-connector.ts';
import { assertFits, flawsOf, untilShown } from './visit.ts';

const skip = noBrowser() ?? false;
/** Every page and part, with the heading by which it is known to be there. */
const PLACES: readonly (readonly [path: string, english: RegExp, french: RegExp])[] = [
  ['/health', /Health/, /Santé/],
  ...['steps', 'endpoints', 'certificates', 'keys', 'test', 'promotion'].map(
    (part) => [`/connection?part=${part}`, /Connection/, /Connexion/] as const,
  ),
  ...['overview', 'operations', 'changes', 'try', 'replay'].map(
    (part) => [`/connector?part=${part}`, /Core connector/, /Connecteur du système bancaire/] as const,
  ),
  ...['approvals', 'users', 'api-keys', 'audit', 'settings'].map(
    (part) => [`/administration?part=${part}`, /Administration/, /Administration/] as const,
  ),
];

let world: OperationsWorld;
before(async () => {
  if (skip === false) world = await operationsWorld({ needed: ['change-endpoints', 'reload-connector'] });
});
after(() => world?.end());

describe('the pages Connection, Core connector, Health and Administration', { skip }, () => {
  test('have no flaw that axe finds, and are not wider than the screen', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'amara', 'administrator');
    for (const [path, heading] of PLACES) {
      await goTo(path, heading);
      await untilShown(page);
      if (path.endsWith('approvals')) await page.getByText('Nothing waits for anybody').waitFor();
      assert.deepEqual(await flawsOf(page), [], path);
      await picture(page, path.slice(1).replace('?part=', '-'));
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
      await picture(page, `${path.slice(1).replace('?part=', '-')}-phone-fr`);
    }
    assert.deepEqual(wrong, []);
    await close();
  });

  test('an alarm is acknowledged for a reason, and muted; others see by whom', async () => {
    const { page, goTo, close } = await enterAs(world, 'otieno', 'operator');
    await goTo('/health', /Health/);
    await page.getByRole('button', { name: 'Acknowledge: HUB_NOT_ANSWERING' }).click();
    await page.getByLabel('Reason').fill('called the hub');
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('seen by otieno').waitFor();
    await page.getByRole('button', { name: 'Mute: CERTIFICATE_EXPIRING' }).click();
    await page.getByLabel('Reason').fill('renewal is asked for');
    await picture(page, 'health-dialog');
    await page.getByRole('dialog').getByRole('button', { name: 'Mute' }).click();
    await page.getByText(/muted until/).waitFor();
    await close();
  });

  test('endpoints are changed when a second person agrees; who asked cannot', async () => {
    const one = await enterAs(world, 'naledi', 'engineer');
    await one.goTo('/connection?part=endpoints', /Connection/);
    await one.page.getByRole('button', { name: 'Change' }).click();
    await one.page.getByLabel('The hub reaches us at').fill('https://other.greenbank.example');
    await one.page.getByLabel('Reason').fill('we move to another site');
    await one.page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await one.page.getByText(/a second person must agree/).waitFor();
    await one.goTo('/administration', /Administration/);
    await one.page.getByText('somebody else must agree').waitFor();
    assert.equal(await one.page.getByRole('button', { name: 'Agree' }).count(), 0);
    const two = await enterAs(world, 'kwame', 'engineer');
    await two.goTo('/administration', /Administration/);
    await two.page.getByText('https://other.greenbank.example').waitFor();
    await picture(two.page, 'administration-approval');
    await two.page.getByRole('button', { name: 'Agree' }).click();
    await two.page.getByLabel('Reason').fill('as planned');
    await two.page.getByRole('dialog').getByRole('button', { name: 'Agree' }).click();
    await two.page.getByText('done', { exact: true }).waitFor();
    const change = world.told.find(([what]) => what === 'change');
    assert.deepEqual(change?.[2], { by: 'user:naledi, approved by user:kwame', reason: 'we move to another site' });
    await one.close();
    await two.close();
  });

  test('where roles are split the connector’s page says which processes run it, how each finds the back ends, and that none runs', async () => {
    const { page, wrong, goTo, close } = await enterAs(world, 'amina', 'engineer');
    const here = await someConnector(Date.now()).connector.shown();
    const [version, other] = [here.version, 'c'.repeat(32)];
    const told = [
      { process: 'payments-bank-1-4711', ready: true, version, backEnds: here.backEnds },
      { process: 'payments-bank-2-4712', ready: false, version: other, backEnds: here.backEnds.slice(0, 1) },
      { process: 'payments-bank-3-4713', ready: true },
    ];
    const split = (elsewhere: typeof told) => ({
      connector: { ...someConnector(Date.now()).connector, shown: async () => ({ ...here, backEnds: [], elsewhere }) },
    });
    world.another(split(told));
    await goTo('/connector', /Core connector/);
    const processes = page.getByRole('region', { name: 'Where it runs' });
    await processes.getByRole('row', { name: /bank-1.*takes payments.*the same version as here/ }).waitFor();
    await processes.getByRole('row', { name: /bank-2.*takes no payments now.*another version than here/ }).waitFor();
    await processes.getByRole('row', { name: /bank-3.*tells nothing of its connector/ }).waitFor();
    const ledger = page.getByRole('region', { name: 'Back ends, as payments-bank-1-4711 finds them' });
    await ledger.getByRole('row', { name: /ledger.*Does not answer/ }).waitFor();
    await page.getByText('Calls of that process since its start').first().waitFor();
    assert.equal(await page.getByText('Calls of this process').count(), 0);
    assert.deepEqual(await flawsOf(page), []);
    await picture(page, 'connector-elsewhere');
    world.another(split([]));
    await page.reload();
    await page.getByText('No process that takes payments is running').waitFor();
    assert.deepEqual(await flawsOf(page), []);
    world.another({});
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a connector: its calls, a fixture, a payment gone over again; a reload waits for a second person, who sees what it would change', async () => {
    const { page, goTo, close } = await enterAs(world, 'amina', 'engineer');
    await goTo('/connector', /Core connector/);
    await page.getByText('Does not answer').waitFor();
    await page.getByText('Last calls of core').click();
    await page.getByText('no answer: unknown', { exact: true }).waitFor();
    await goTo('/connector?part=try', /Core connector/);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('a payment that is committed').waitFor();
    await page.getByText('> POST /holds').waitFor();
    await picture(page, 'connector-tried');
    await goTo('/connector?part=replay', /Core connector/);
    await page.getByLabel('transferId').fill('52e5107a-3759-5b47-a522-ab5e4e2fa8f9');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('payee-hold: the amount would be otherwise').waitFor();
    await picture(page, 'connector-replayed');
    await goTo('/connector?part=changes', /Core connector/);
    await page.getByText('payeeFspFeeAmount: =fees.body.fee').waitFor();
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByLabel('Reason').fill('fees of the new year');
    await page.getByRole('dialog').getByRole('button', { name: 'Reload' }).click();
    await page.getByText(/a second person must agree/).waitFor();
    await close();
    const second = await enterAs(world, 'baraka', 'engineer');
    await second.goTo('/administration', /Administration/);
    await second.page.getByText('The core connector loaded anew').first().waitFor();
    await second.page.getByRole('button', { name: 'Agree' }).click();
    await second.page.getByLabel('Reason').fill('looked at the changes');
    await second.page.getByRole('dialog').getByRole('button', { name: 'Agree' }).click();
    // beside the endpoints that were changed before
    await second.page.getByText('done', { exact: true }).nth(1).waitFor();
    await second.close();
  });

  test('the life of a key is shown, a key is rotated and one distrusted, and a readiness test is made', async () => {
    const { page, goTo, close } = await enterAs(world, 'zawadi', 'engineer');
    await goTo('/connection?part=keys', /Connection/);
    await page.getByRole('button', { name: /^History: bluewallet/ }).click();
    await page.getByText('every peer has it').waitFor();
    await picture(page, 'connection-history');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'New signing key' }).click();
    await page.getByLabel('Reason').fill('yearly');
    await page.getByRole('dialog').getByRole('button', { name: 'New signing key' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Distrust: sunrise-mfi/ }).click();
    await page.getByLabel('Reason').fill('their laptop was stolen');
    await page.getByRole('dialog').getByRole('button', { name: 'Distrust' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await goTo('/connection?part=test', /Connection/);
    await page.getByRole('button', { name: 'Test now' }).click();
    await page.getByLabel('Reason').fill('after the rotation');
    await page.getByRole('dialog').getByRole('button', { name: 'Test now' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('Ask the hub’s operator whether it can reach our endpoint.').waitFor();
    const names = world.told.map(([what]) => what);
    for (const what of ['renew', 'distrust', 'test']) assert.ok(names.includes(what), what);
    await close();
  });

  test('a user is made with a link that is shown once, a machine’s key is made and revoked, the audit log has all of it and is proven', async () => {
    const { page, goTo, close } = await enterAs(world, 'amara', 'administrator');
    await goTo('/administration?part=users', /Administration/);
    await page.getByRole('button', { name: 'New user' }).click();
    await page.getByLabel('User name').fill('lindiwe');
    await page.getByLabel('Name as others see it').fill('Lindiwe Khumalo');
    await page.getByLabel('Reason').fill('new in operations');
    await page.getByRole('dialog').getByRole('button', { name: 'New user' }).click();
    await page.getByText(/\/welcome#[A-Za-z0-9_-]{43}/).waitFor();
    await picture(page, 'administration-link');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('Lindiwe Khumalo').waitFor();
    await goTo('/administration?part=api-keys', /Administration/);
    await page.getByText('No machine has a key').waitFor();
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('till export');
    await page.getByLabel('Reason').fill('night job');
    await page.getByRole('dialog').getByRole('button', { name: 'New key' }).click();
    await page.getByText(/^pm_/).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Revoke: till export' }).click();
    await page.getByLabel('Reason').fill('not needed');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No machine has a key').waitFor();
    await goTo('/administration?part=audit', /Administration/);
    await page.getByLabel('What was done').fill('user.created');
    await page.getByText('user:lindiwe').waitFor();
    await page.getByRole('button', { name: 'Prove the audit log' }).click();
    await page.getByText(/entries, each as it was written/).waitFor();
    await goTo('/administration?part=settings', /Administration/);
    await page.getByText('[secret]').waitFor();
    assert.equal(await page.getByText('timeouts.callbackMs').count(), 0, 'what nobody set is not shown at first');
    await close();
  });

  test('an administrator tests with a payment, whose every part is given by hand', async () => {
    const { page, wrong, open, close } = await enterAs(world, 'amara', 'administrator');
    await open('/connection?part=test', /Connection/);
    await page.getByRole('button', { name: 'Test with a payment' }).click();
    const dialog = page.getByRole('dialog');
    for (const [label, text] of [
      ['Paid from', 'MSISDN:27713803911'],
      ['Paid to', 'MSISDN:27713803912'],
      ['Amount', '1.50'],
      ['Reason', 'before we go live'],
    ] as const)
      await dialog.getByLabel(label).fill(text);
    assert.ok(await dialog.getByRole('button', { name: 'Test, and pay' }).isDisabled(), 'in which currency?');
    await dialog.getByLabel('Currency').fill('USD');
    await dialog.getByRole('button', { name: 'Test, and pay' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.match(JSON.stringify(await world.deps.signIn.store.entries({ limit: 5 })), /connection\.tested.*1\.50/);
    // a way to the portals of other environments stands on every page
    await page.locator('summary', { hasText: 'Sandbox' }).click();
    assert.equal(await page.getByRole('link', { name: 'production' }).getAttribute('href'), 'https://payments.greenbank.example');
    assert.deepEqual(await flawsOf(page), []);
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a journal that was put back: what is missing is accounted for, and its mark lifted; then nothing stands there', async () => {
    world.putBack();
    const { page, wrong, open, close } = await enterAs(world, 'amara', 'administrator');
    await open('/health', /Health/);
    await page.getByText('No new payment is taken').waitFor();
    assert.deepEqual(await flawsOf(page), []);
    await picture(page, 'health-restored');
    assert.ok(await page.getByRole('button', { name: 'Take payments again' }).isDisabled(), 'nobody said what is missing');
    for (const name of ['Nothing is missing', 'Take payments again']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').getByLabel('Reason').fill('compared with the hub');
      await page.getByRole('dialog').getByRole('button', { name }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByText('No new payment is taken').waitFor({ state: 'detached' });
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a viewer looks and changes nothing; what is not for a role says so', async () => {
    const { page, goTo, close } = await enterAs(world, 'joseph', 'viewer');
    await goTo('/connection?part=keys', /Connection/);
    await page.getByText('bluewallet', { exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: /New signing key|Distrust/ }).count(), 0);
    await goTo('/health', /Health/);
    await page.getByText(/12 payments wait/).waitFor();
    assert.equal(await page.getByRole('button', { name: /Acknowledge|Mute/ }).count(), 0);
    await page.goto(`${world.url}/administration`);
    await page.getByText('Not for your role').waitFor();
    await picture(page, 'administration-forbidden');
    await page.goto(`${world.url}/connector`);
    await page.getByText('Not for your role').waitFor();
    await close();
  });

  test('without a vault, without alarms, with an error, and without the server each says what to do', async () => {
    world.another({ connection: () => 'none', alarms: async () => [] });
    const { page, open, close } = await enterAs(world, 'zuri', 'administrator');
    await open('/health', /Health/);
    await page.getByText('Nothing is broken').waitFor();
    await page.getByText('Keys are files here').waitFor();
    await picture(page, 'health-nothing');
    await open('/connection', /Connection/);
    await page.getByText('Keys are files here').waitFor();
    world.another({
      alarms: async () => {
        throw new Error('the store is away');
      },
    });
    await open('/health', /Health/);
    await page.getByText('This could not be shown').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await picture(page, 'health-error');
    world.another({});
    await page.route('**/api/alarms*', (route) => route.abort());
    await open('/health', /Health/);
    await page.getByText('The server is not reached').waitFor();
    await page.unroute('**/api/alarms*');
    await page.route('**/api/users', () => {});
    await page.goto(`${world.url}/administration?part=users`);
    await page.getByRole('status', { name: 'Loading …' }).first().waitFor();
    await close();
  });
});
