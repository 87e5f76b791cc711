/** `./pm portal screenshots`: each page in daylight and in the dark, on a desk and on a phone, into docs/portal. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { compareDays } from '../test/compared-days.ts';
import { type OperationsWorld, operationsWorld } from '../test/operations-world.ts';
import { enter, openPage, type PortalWorld, portalWorld } from '../test/portal-world.ts';
import { someAlerts } from '../test/some-alerts.ts';
import { someHistory } from '../test/some-history.ts';
import { smallPng } from './small-png.ts';
import { ROOM } from './sources.ts';

const TARGET = process.argv[2] ?? join(ROOM, '../../docs/portal');
/** Only those whose name begins with it; default: all. */
const WANTED = process.argv[3] ?? '';

const DAY_MS = 86_400_000;

/** A page, and how one comes there. What is shown must be there before it returns. */
interface Shot<W = PortalWorld> {
  readonly name: string;
  go(page: Page, world: W): Promise<unknown>;
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
    async go(page, world) {
      const stuck = await world.deps.around.exceptions({ limit: 50 });
      const unknown = stuck.find(({ code, flow }) => code === 'OUTCOME_UNKNOWN' && flow === 'payer');
      await page.goto(rowWhere(world, ({ transferId }) => transferId === unknown?.id));
    },
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

/** A page of the technical operators, by its address. */
const at = (name: string, path: string): Shot<OperationsWorld> => ({ name, go: (page, { url }) => page.goto(`${url}${path}`) });

/** What engineers and administrators look at. */
const OPERATIONS: readonly Shot<OperationsWorld>[] = [
  at('health', '/health'),
  ...['steps', 'endpoints', 'certificates', 'keys', 'test', 'promotion'].map((part) =>
    at(`connection-${part}`, `/connection?part=${part}`),
  ),
  {
    name: 'connection-pay',
    async go(page, { url }) {
      await page.goto(`${url}/connection?part=test`);
      await page.getByRole('button', { name: 'Test with a payment' }).click();
      await page.getByLabel('Paid from').fill('MSISDN:27713803911');
    },
  },
  ...['approvals', 'users', 'api-keys', 'audit', 'settings'].map((part) => at(`administration-${part}`, `/administration?part=${part}`)),
  {
    name: 'environments',
    async go(page, { url }) {
      await page.goto(`${url}/health`);
      await page.locator('summary', { hasText: 'Sandbox' }).click();
    },
  },
];

/** What a manager looks at in the morning, and an engineer when something is wrong: an hour in which the hub, then the core, then the disk failed. */
const OVERVIEWS: readonly Shot<OperationsWorld>[] = [
  at('overview', '/overview?period=week'),
  at('positions', '/positions'),
  at('technical', '/technical'),
  at('alerts', '/alerts?incident=hub-1'),
  at('connector', '/connector'),
];

/** The same in other languages, once each. */
const IN_OTHER_WORDS: readonly (readonly [locale: string, pages: readonly Shot<OperationsWorld>[]])[] = [
  ['ar', [at('overview-ar', '/overview?period=week'), at('technical-ar', '/technical'), at('payments-ar', '/payments')]],
  ['my', [at('overview-my', '/overview?period=week'), at('payments-my', '/payments')]],
  ['sw', [at('overview-sw', '/overview?period=week')]],
  ['pt', [at('overview-pt', '/overview?period=week')]],
];

await mkdir(TARGET, { recursive: true });
const world = await portalWorld({ payments: 4_000, troubles: true, approvals: ['resolve-exception'] });
await shoot(world, SHOTS, (page) => enter(page, world));
await world.end();
const technical = await operationsWorld({ needed: ['change-endpoints'] });
const asAdministrator = (page: Page): Promise<unknown> => enter(page, technical, 'amara', 'Amara Diallo', 'administrator', '/health');
const asked = { ingressUrl: 'https://other.greenbank.example', egress: ['192.0.2.10:443'], reason: 'we move to another site' };
let waits = false;
await shoot(technical, OPERATIONS, async (page) => {
  // something waits for a second person
  if (!waits) {
    await enter(page, technical, 'naledi', 'Naledi Khumalo', 'engineer', '/health');
    await page.evaluate((body) => {
      const headers = { 'content-type': 'application/json' };
      return fetch('/api/connection/endpoints', { method: 'PUT', headers, body: JSON.stringify(body) }).then(({ status }) => status);
    }, asked);
  }
  waits = true;
  await asAdministrator(page);
});
technical.another({ history: async () => someHistory(Date.now()), alerts: someAlerts(Date.now()) });
await shoot(technical, OVERVIEWS, asAdministrator);
for (const [locale, pages] of IN_OTHER_WORDS) await shoot(technical, pages, asAdministrator, locale);
technical.another({});
technical.putBack();
await shoot(technical, [at('health-restored', '/health')], asAdministrator);
await technical.end();
process.stdout.write(`The pictures are in ${TARGET}.\n`);

/** Pictures of pages in each look, as whoever is signed in. */
async function shoot<W extends Pick<PortalWorld, 'browser'>>(
  shown: W,
  shots: readonly Shot<W>[],
  signIn: (page: Page) => Promise<unknown>,
  locale?: string,
): Promise<void> {
  const wanted = shots.filter(({ name }) => name.startsWith(WANTED));
  if (wanted.length === 0) return;
  for (const scheme of ['light', 'dark'] as const)
    for (const phone of [false, true]) {
      // in other languages one look of each kind is enough
      if (locale !== undefined && (scheme === 'dark') !== phone) continue;
      const looks = `${scheme}-${phone ? 'phone' : 'desktop'}`;
      const { page, wrong, close } = await openPage(shown.browser, { scheme, phone, ...(locale !== undefined && { locale }) });
      // whoever wants a few has them quickly
      if (WANTED === '' && 'rows' in shown) await signInShots(page, looks);
      await signIn(page);
      for (const { name, go } of wanted) {
        await go(page, shown);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForFunction(() => document.querySelector('main [role=status][aria-label]') === null);
        await page.waitForTimeout(250);
        await keep(page, `${name}-${looks}`);
      }
      if (wrong.length > 0) process.stdout.write(`${looks}: ${wrong.join('\n')}\n`);
      await close();
    }
}

async function keep(page: Page, name: string): Promise<void> {
  await writeFile(join(TARGET, `${name}.png`), smallPng(await page.screenshot()));
}

/** What somebody sees who is not signed in yet. */
async function signInShots(page: Page, looks: string): Promise<void> {
  await page.goto(`${world.url}/sign-in`);
  await page.getByRole('button').first().waitFor();
  await keep(page, `sign-in-${looks}`);
  await page.goto(await world.link(`new-${looks}`, 'Neo Mwangi', 'welcome', 'operator'));
  await page.getByLabel('New password').fill('seven blue herons walk');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
  await keep(page, `welcome-${looks}`);
}
