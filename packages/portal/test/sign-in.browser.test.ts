import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { totpCode } from '@payment-manager/management-api/test-portal';
import type { Page } from 'playwright-core';
import { violationsOn } from './axe.ts';
import { LONG_FORM, noBrowser } from './chromium.ts';
import { enter, openPage, type PortalWorld, portalWorld } from './portal-world.ts';
import { inScheme } from './visit.ts';

const PASSWORD = 'seven blue herons walk';

/** A new user through the whole welcome; answers the recovery codes. */
async function enrol(page: Page, world: PortalWorld, name: string): Promise<readonly string[]> {
  await page.goto(await world.link(name, 'Neo Operator', 'welcome', 'operator'));
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
  const secret = (await page.locator('form p span').first().textContent()) ?? '';
  await page.getByRole('textbox', { name: 'Code' }).fill(totpCode(secret, Date.now()));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
  return page.locator('main li').allTextContents();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Menu of the user' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

async function withPassword(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Next' }).click();
}

describe('portal in a browser: sign-in', { skip: noBrowser() }, () => {
  let world: PortalWorld;
  before(async () => {
    world = await portalWorld({ payments: 20 });
  });
  after(() => world?.end());

  test('where motion is reduced, a page has the colours of the other scheme at once', async () => {
    const { page, close } = await openPage(world.browser);
    await page.goto(world.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await inScheme(page, 'light');
    const underWay = await page.evaluate(() => {
      document.documentElement.setAttribute('data-mantine-color-scheme', 'dark');
      // the new colours are worked out here
      getComputedStyle(document.body).getPropertyValue('color');
      return document.getAnimations().length;
    });
    assert.equal(underWay, 0);
    await close();
  });

  test('a link of the sandbox leads in once, and its token leaves the address', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    const link = await world.link('once', 'Once', 'sandbox', 'viewer');
    await page.goto(link);
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await page.goBack().catch(() => undefined);
    assert.doesNotMatch(page.url(), /#./);
    const other = await openPage(world.browser);
    await other.page.goto(link);
    await other.page.getByText('This link was used already').waitFor();
    // a fresh link in the same tab
    await other.page.goto(await world.link('twice', 'Twice', 'sandbox', 'viewer'));
    await other.page.getByRole('heading', { name: 'Payments' }).waitFor();
    assert.deepEqual([...wrong, ...other.wrong], []);
    await Promise.all([close(), other.close()]);
  });

  test('a welcome sets password and authenticator; then both are needed, and a wrong one is refused in words', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    const codes = await enrol(page, world, 'neo');
    assert.equal(codes.length, 10);
    assert.deepEqual(await violationsOn(page), []);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await signOut(page);
    for (const colorScheme of ['dark', 'light'] as const) {
      await inScheme(page, colorScheme);
      assert.deepEqual(await violationsOn(page), []);
    }
    await withPassword(page, 'neo', 'not the password');
    await page.getByRole('alert').filter({ hasText: 'That is not right' }).waitFor();
    await withPassword(page, 'neo', PASSWORD);
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    await page.getByRole('textbox', { name: 'Code' }).fill('000000');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'That is not right' }).waitFor();
    await page.getByRole('textbox', { name: 'Code' }).fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a passkey is added with a code, and signs in by itself', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const codes = await enrol(page, world, 'keys');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await page.goto(`${world.url}/account`);
    await page.getByLabel('What to call it').fill('Work laptop');
    await page.getByLabel('Code of your authenticator').fill(codes[1] ?? '');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Work laptop').waitFor();
    await signOut(page);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });

  test('guessing leads to a pause that is counted down, with nothing to press', LONG_FORM, async () => {
    const { page, close } = await openPage(world.browser);
    await page.goto(`${world.url}/sign-in`);
    for (let tries = 0; tries < 6; tries++) {
      await withPassword(page, 'nobody', `guess number ${tries}`);
      await page.getByRole('alert').waitFor();
      if (await page.getByRole('alert').filter({ hasText: 'Too many' }).isVisible()) break;
    }
    await page
      .getByRole('alert')
      .filter({ hasText: /Too many sign-ins failed.*sec/ })
      .waitFor();
    assert.equal(await page.getByRole('button', { name: 'Next' }).isDisabled(), true);
    await close();
  });

  test('who is not signed in is led back to the page that was wanted, and only to one of ours', async () => {
    const { page, wrong, close } = await openPage(world.browser);
    await page.goto(`${world.url}/payments?state=failed`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('next'), '/payments?state=failed');
    await enter(page, world, 'sess', 'Sess', 'administrator');
    await page.goto(`${world.url}/account`);
    await page.getByText('this browser').waitFor();
    assert.deepEqual(await violationsOn(page), []);
    // somebody ends the session from elsewhere
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Payments' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });
});
