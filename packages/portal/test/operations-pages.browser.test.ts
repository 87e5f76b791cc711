import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { violationsOn } from './axe.ts';
import { launchChromium, noBrowser } from './chromium.ts';
import { enterAs, type OperationsWorld, operationsWorld, picture } from './operations-world.ts';

const skip = noBrowser() ?? false;
const LONG = process.env['PM_TEST_LONG'] !== undefined;
/** Every page and part, with the heading by which it is known to be there. */
const PLACES: readonly (readonly [path: string, english: RegExp, french: RegExp])[] = [
  ['/health', /Health/, /Santé/],
  ...['steps', 'endpoints', 'certificates', 'keys', 'test', 'promotion'].map(
    (part) => [`/connection?part=${part}`, /Connection/, /Connexion/] as const,
  ),
  ...['approvals', 'users', 'api-keys', 'audit', 'settings'].map(
    (part) => [`/administration?part=${part}`, /Administration/, /Administration/] as const,
  ),
];

let browser: Browser;
before(async () => {
  if (skip === false) browser = await launchChromium();
});
after(() => browser?.close());

describe('the pages Connection, Health and Administration', { skip }, () => {
  let world: OperationsWorld;
  beforeEach(async () => {
    world = await operationsWorld(browser, { needed: ['change-endpoints'] });
  });
  afterEach(() => world.close());

  const SOME = /health|certificates|users|approvals/;
  const looks = [
    { name: 'light', scheme: 'light' as const, which: /./ },
    { name: 'dark', scheme: 'dark' as const, which: LONG ? /./ : SOME },
    ...(LONG
      ? [
          { name: 'phone', phone: true, which: /./ },
          { name: 'phone-dark', phone: true, scheme: 'dark' as const, which: /./ },
        ]
      : []),
  ];
  for (const { name, which, ...look } of looks)
    test(`have no flaw that axe finds: ${name}`, async () => {
      const { page, wrong, open, close } = await enterAs(world, 'amara', 'administrator', look);
      for (const [path, heading] of PLACES.filter(([place]) => which.test(place))) {
        await open(path, heading);
        await page.waitForLoadState('networkidle');
        assert.deepEqual(await violationsOn(page), [], path);
        await picture(page, `${path.slice(1).replace('?part=', '-')}-${name}`);
      }
      assert.deepEqual(wrong, []);
      await close();
    });

  test('fit a phone, and speak French', async () => {
    const { page, wrong, open, close } = await enterAs(world, 'fatou', 'administrator', { phone: true, locale: 'fr-FR' });
    for (const [path, , heading] of PLACES) {
      await open(path, heading);
      await page.waitForLoadState('networkidle');
      const { wide, shown } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        shown: document.documentElement.clientWidth,
      }));
      assert.ok(wide <= shown, `${path} is ${wide} pixels wide on a screen of ${shown}`);
      await picture(page, `${path.slice(1).replace('?part=', '-')}-phone-fr`);
    }
    assert.deepEqual(wrong, []);
    await close();
  });

  test('an alarm is acknowledged for a reason, and muted; others see by whom', async () => {
    const { page, open, close } = await enterAs(world, 'otieno', 'operator');
    await open('/health', /Health/);
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
    await one.open('/connection?part=endpoints', /Connection/);
    await one.page.getByRole('button', { name: 'Change' }).click();
    await one.page.getByLabel('The hub reaches us at').fill('https://other.greenbank.example');
    await one.page.getByLabel('Reason').fill('we move to another site');
    await one.page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await one.page.getByText(/a second person must agree/).waitFor();
    await one.open('/administration', /Administration/);
    await one.page.getByText('somebody else must agree').waitFor();
    assert.equal(await one.page.getByRole('button', { name: 'Agree' }).count(), 0);
    const two = await enterAs(world, 'kwame', 'engineer');
    await two.open('/administration', /Administration/);
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

  test('the life of a key is shown, a key is rotated and one distrusted, and a readiness test is made', async () => {
    const { page, open, close } = await enterAs(world, 'zawadi', 'engineer');
    await open('/connection?part=keys', /Connection/);
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
    await open('/connection?part=test', /Connection/);
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
    const { page, open, close } = await enterAs(world, 'amara', 'administrator');
    await open('/administration?part=users', /Administration/);
    await page.getByRole('button', { name: 'New user' }).click();
    await page.getByLabel('User name').fill('lindiwe');
    await page.getByLabel('Name as others see it').fill('Lindiwe Khumalo');
    await page.getByLabel('Reason').fill('new in operations');
    await page.getByRole('dialog').getByRole('button', { name: 'New user' }).click();
    await page.getByText(/\/welcome#[A-Za-z0-9_-]{43}/).waitFor();
    await picture(page, 'administration-link');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('Lindiwe Khumalo').waitFor();
    await open('/administration?part=api-keys', /Administration/);
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
    await open('/administration?part=audit', /Administration/);
    await page.getByLabel('What was done').fill('user.created');
    await page.getByText('user:lindiwe').waitFor();
    await page.getByRole('button', { name: 'Prove the audit log' }).click();
    await page.getByText(/entries, each as it was written/).waitFor();
    await open('/administration?part=settings', /Administration/);
    await page.getByText('[secret]').waitFor();
    assert.equal(await page.getByText('timeouts.callbackMs').count(), 0, 'what nobody set is not shown at first');
    await close();
  });

  test('a viewer looks and changes nothing; what is not for a role says so', async () => {
    const { page, open, close } = await enterAs(world, 'joseph', 'viewer');
    await open('/connection?part=keys', /Connection/);
    await page.getByText('bluewallet', { exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: /New signing key|Distrust/ }).count(), 0);
    await open('/health', /Health/);
    await page.getByText(/12 payments wait/).waitFor();
    assert.equal(await page.getByRole('button', { name: /Acknowledge|Mute/ }).count(), 0);
    await page.goto(`${world.url}/administration`);
    await page.getByText('Not for your role').waitFor();
    await picture(page, 'administration-forbidden');
    await close();
  });
});

describe('the same pages on another day', { skip }, () => {
  let world: OperationsWorld;
  let broken = false;
  before(async () => {
    world = await operationsWorld(browser, {
      around: {
        connection: () => 'none',
        alarms: async () => {
          if (broken) throw new Error('the store is away');
          return [];
        },
      },
    });
  });
  after(() => world.close());

  test('without a vault, without alarms, with an error, and without the server each says what to do', async () => {
    const { page, open, close } = await enterAs(world, 'amara', 'administrator');
    await open('/health', /Health/);
    await page.getByText('Nothing is broken').waitFor();
    await page.getByText('Keys are files here').waitFor();
    await picture(page, 'health-nothing');
    await open('/connection', /Connection/);
    await page.getByText('Keys are files here').waitFor();
    await open('/administration', /Administration/);
    await page.getByText('Nothing waits for anybody').waitFor();
    broken = true;
    await open('/health', /Health/);
    await page.getByText('This could not be shown').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await picture(page, 'health-error');
    broken = false;
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
