/** `./pm portal screenshots`: each page in daylight and in the dark, on a desk and on a phone, into docs/portal. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { compareDays } from '../test/compared-days.ts';
import { enter, openPage, type PortalWorld, portalWorld } from '../test/portal-world.ts';
import { ROOM } from './sources.ts';

const TARGET = process.argv[2] ?? join(ROOM, '../../docs/portal');
/** Only those whose name begins with it; default: all. */
const WANTED = process.argv[3] ?? '';

const DAY_MS = 86_400_000;

/** A page, and how one comes there. What is shown must be there before it returns. */
interface Shot {
  readonly name: string;
  go(page: Page, world: PortalWorld): Promise<unknown>;
}

const rowWhere = (world: PortalWorld, wanted: (row: PortalWorld['rows'][number]) => boolean): string =>
  `${world.url}/payments/${world.rows.findLast(wanted)?.id}`;

/** In the order in which somebody meets them. */
const SHOTS: readonly Shot[] = [
  { name: 'payments', go: (page, world) => page.goto(`${world.url}/payments`) },
  { name: 'payments-failed', go: (page, world) => page.goto(`${world.url}/payments?state=failed&direction=out`) },
  {
    name: 'payment-completed',
    go: (page, world) => page.goto(rowWhere(world, ({ facets }) => facets.state === 'completed' && facets.direction === 'in')),
  },
  {
    name: 'payment-failed',
    go: (page, world) => page.goto(rowWhere(world, ({ facets, error }) => facets.direction === 'out' && error?.code === '5105')),
  },
  {
    name: 'payment-unknown',
    go: (page, world) => page.goto(rowWhere(world, ({ facets, attention }) => facets.direction === 'out' && attention.length > 0)),
  },
  {
    name: 'palette',
    async go(page, world) {
      await page.goto(`${world.url}/payments`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press('Control+k');
      await page.locator('dialog input').fill('diallo');
      await page.locator('dialog [role=option]').nth(2).waitFor();
    },
  },
  { name: 'exceptions', go: (page, world) => page.goto(`${world.url}/exceptions`) },
  {
    name: 'exception',
    async go(page, world) {
      await page.goto(`${world.url}/exceptions`);
      await page
        .getByRole('link', { name: /^The hub has not said how it ended/ })
        .first()
        .click();
      await page.getByRole('button', { name: 'Resolve' }).waitFor();
    },
  },
  {
    name: 'exceptions-bulk',
    async go(page, world) {
      await page.goto(`${world.url}/exceptions?code=CORE_NOT_TOLD`);
      await page.getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Act on all of them' }).click();
      await page.getByLabel('Action').selectOption('resend-outcome');
      await page.getByText('It would be done to all 3.').waitFor();
    },
  },
  {
    name: 'menu',
    async go(page, world) {
      await page.goto(`${world.url}/payments`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Menu of the user' }).click();
    },
  },
  {
    name: 'export',
    async go(page, world) {
      await page.goto(`${world.url}/payments`);
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByText('Finished').waitFor();
    },
  },
  {
    name: 'reconciliation',
    async go(page, world) {
      await compareDays(page, world);
      await page.goto(`${world.url}/reconciliation`);
      await page.getByRole('heading', { level: 2 }).first().waitFor();
    },
  },
  {
    name: 'reconciliation-new',
    go: (page, world) => page.goto(`${world.url}/reconciliation?day=${new Date(Date.now() - 9 * DAY_MS).toISOString().slice(0, 10)}`),
  },
  { name: 'account', go: (page, world) => page.goto(`${world.url}/account`) },
];

const world = await portalWorld({ payments: 4_000, troubles: true, approvals: ['resolve-exception'] });
await mkdir(TARGET, { recursive: true });
for (const scheme of ['light', 'dark'] as const)
  for (const phone of [false, true]) {
    const looks = `${scheme}-${phone ? 'phone' : 'desktop'}`;
    const { page, wrong, close } = await openPage(world.browser, { scheme, phone });
    // whoever wants a few has them quickly: more sign-ins a minute are refused
    if (WANTED === '') await signInShots(page, looks);
    await enter(page, world);
    for (const { name, go } of SHOTS.filter(({ name }) => name.startsWith(WANTED))) {
      await go(page, world);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForFunction(() => document.querySelector('main [role=status][aria-label]') === null);
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(TARGET, `${name}-${looks}.png`) });
    }
    if (wrong.length > 0) process.stdout.write(`${looks}: ${wrong.join('\n')}\n`);
    await close();
  }
await world.end();
process.stdout.write(`The pictures are in ${TARGET}.\n`);

/** What somebody sees who is not signed in yet. */
async function signInShots(page: Page, looks: string): Promise<void> {
  await page.goto(`${world.url}/sign-in`);
  await page.getByRole('button').first().waitFor();
  await page.screenshot({ path: join(TARGET, `sign-in-${looks}.png`) });
  await page.goto(await world.link(`new-${looks}`, 'Neo Mwangi', 'welcome', 'operator'));
  await page.getByLabel('New password').fill('seven blue herons walk');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
  await page.screenshot({ path: join(TARGET, `welcome-${looks}.png`) });
}
