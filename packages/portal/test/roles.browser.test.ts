import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { may, type Permission, ROLES } from '@payment-manager/management-api/test-portal';
import { NAVIGATION } from '../src/app/navigation.ts';
import { noBrowser } from './chromium.ts';
import { type OperationsWorld, operationsWorld } from './operations-world.ts';
import { enter, openPage } from './portal-world.ts';
import { visit } from './visit.ts';

const skip = noBrowser() ?? false;

/** A button of each page, and the permission without which nobody sees it. */
const BUTTONS: readonly (readonly [path: string, heading: RegExp, button: RegExp, permission: Permission])[] = [
  ['/payments', /Payments/, /^Export$/, 'payments:export'],
  ['/health', /Health/, /^Acknowledge: /, 'alarms:mute'],
  ['/connection?part=endpoints', /Connection/, /^Change$/, 'endpoints:change'],
  ['/connection?part=keys', /Connection/, /^New signing key$/, 'keys:rotate'],
  ['/connection?part=keys', /Connection/, /^Distrust: /, 'keys:distrust'],
  ['/connection?part=test', /Connection/, /^Test now$/, 'connection:test'],
  ['/connection?part=test', /Connection/, /^Test with a payment$/, 'connection:pay'],
  ['/administration?part=users', /Administration/, /^New user$/, 'users:manage'],
  ['/administration?part=api-keys', /Administration/, /^New key$/, 'api-keys:manage'],
];

describe('portal in a browser: roles', { skip }, () => {
  let world: OperationsWorld;
  let opened: Awaited<ReturnType<typeof openPage>>;
  before(async () => {
    world = await operationsWorld();
    opened = await openPage(world.browser);
  });
  after(() => world?.end());

  for (const role of ROLES)
    test(`${role}: the pages and the buttons are those of the table of permissions, and no others`, async () => {
      const { page, wrong } = opened;
      await enter(page, world, `some-${role}`, role, role, '/health');
      let shown = '';
      for (const [path, heading, button, permission] of BUTTONS) {
        if (path !== shown) {
          await visit(page, path);
          // a page that is not for the role says so, and has no button either
          await page.getByRole('heading', { level: 1, name: heading }).or(page.getByText('Not for your role')).first().waitFor();
          await page.waitForFunction(() => document.querySelector('main [role=status][aria-label]') === null);
          shown = path;
        }
        const found = page.getByRole('button', { name: button }).first();
        if (may([role], permission)) await found.waitFor();
        else assert.equal(await found.count(), 0, `${path}: ${button}`);
      }
      const links = await page.locator('nav a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
      const expected = NAVIGATION.filter(({ permission }) => may([role], permission)).map(({ to }) => to);
      assert.deepEqual(
        links.filter((to) => NAVIGATION.some((entry) => entry.to === to)),
        expected,
      );
      assert.ok(expected.length >= 6);
      assert.deepEqual(wrong, []);
    });
});
