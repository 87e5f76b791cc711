import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openIdProvider } from '@payment-manager/management-api/test-portal';
import { forgingProvider } from '@payment-manager/management-api/test-provider';
import { createHttpClient, type PooledHttpClient, Secret } from '@payment-manager/runtime';
import { noBrowser } from './chromium.ts';
import { enterAs, type OperationsWorld, operationsWorld, picture } from './operations-world.ts';
import { openPage } from './portal-world.ts';
import { someAlerts } from './some-alerts.ts';
import { assertFits, flawsOf, inScheme } from './visit.ts';

const SECRET = 'a-secret-of-the-client-of-32-characters';

describe('portal in a browser: alerts and single sign-on', { skip: noBrowser() ?? false }, () => {
  let world: OperationsWorld;
  let provider: Awaited<ReturnType<typeof forgingProvider>>;
  let http: PooledHttpClient;
  before(async () => {
    provider = await forgingProvider('payment-manager', SECRET);
    http = createHttpClient({});
    const settings = {
      ...{ issuer: provider.issuer, clientId: 'payment-manager', clientSecret: new Secret(SECRET), scopes: [], rolesClaim: 'groups' },
      ...{ roles: { operator: 'pm-operations' }, acr: [], amr: [], insecure: true, label: 'Greenbank account' },
    };
    const singleSignOn = { settings, provider: openIdProvider(settings, http) };
    world = await operationsWorld({ around: { alerts: someAlerts(Date.now()) }, singleSignOn });
  });
  after(async () => {
    await world?.end();
    await http?.close();
    await provider?.close();
  });

  test('what is wrong, who was told, and what to do; it is acknowledged for a reason, and a test says what each answered', async () => {
    const { page, wrong, open, close } = await enterAs(world, 'zawadi', 'engineer');
    await open('/alerts?incident=hub-1', /Alerts/);
    await page.getByText('Call the hub’s operator.', { exact: false }).waitFor();
    assert.deepEqual(await flawsOf(page), []);
    for (const colorScheme of ['dark', 'light'] as const) {
      await inScheme(page, colorScheme);
      await picture(page, `alerts-${colorScheme}`);
    }
    await page.getByText('not taken, tried 4 times; it is tried again').waitFor();
    await page.getByRole('link', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Acknowledge: The hub cannot be reached' }).click();
    await page.getByLabel('Reason').fill('called the hub');
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('cell', { name: 'zawadi' }).waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByLabel('Reason').fill('new address');
    await page.getByRole('dialog').getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('it answers with status 503').waitFor();
    await picture(page, 'alerts-test');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: /^Details: Payments need a person/ }).click();
    await page.getByRole('link', { name: 'Exceptions' }).last().click();
    await page.waitForURL(/\/exceptions$/);
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a viewer looks on a phone, in French, and changes nothing', async () => {
    const { page, wrong, open, close } = await enterAs(world, 'joseph', 'viewer', { phone: true, locale: 'fr-FR' });
    await open('/alerts?incident=latency-1', /Alertes/);
    await page.getByText('commencé et terminé pendant les heures calmes ; non envoyé').waitFor();
    assert.equal(await page.getByRole('button', { name: /Prendre en charge|essai/ }).count(), 0);
    await assertFits(page, '/alerts');
    await picture(page, 'alerts-phone-fr');
    assert.deepEqual(wrong, []);
    await close();
  });

  test('who comes by the provider is told what to give an administrator, is linked, gets in where they wanted, and out', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    const byProvider = page.getByRole('button', { name: 'Sign in with Greenbank account' });
    await page.goto(`${world.url}/alerts`);
    await byProvider.waitFor();
    assert.deepEqual(await flawsOf(page), []);
    await picture(page, 'sign-in-provider');
    await byProvider.click();
    await page.getByText('Nobody here is linked to your account').waitFor();
    await page.getByText('sub-amara').waitFor();
    assert.equal(new URL(page.url()).search, '', 'nothing of the provider stays in the address');
    assert.deepEqual(await flawsOf(page), []);
    await picture(page, 'sign-in-not-linked');

    const root = await enterAs(world, 'root', 'administrator');
    await root.open('/administration?part=users', /Administration/);
    await world.session('amara', 'Amara Diallo', 'operator');
    await root.page.reload();
    await root.page.getByRole('button', { name: 'Link an account: amara' }).click();
    await root.page.getByLabel('Account at the provider').fill('sub-amara');
    await root.page.getByLabel('Reason').fill('joined');
    await picture(root.page, 'administration-link-account');
    await root.page.getByRole('dialog').getByRole('button', { name: 'Link an account' }).click();
    await root.page.getByRole('button', { name: 'Remove the link: amara' }).waitFor();
    await root.close();

    await page.goto(`${world.url}/alerts`);
    await byProvider.click();
    await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor();
    await page.getByRole('button', { name: /^Menu of the user/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await byProvider.waitFor();
    provider.says({ claims: { groups: [] } });
    await byProvider.click();
    await page.getByText('gives your account no role').waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });
});
