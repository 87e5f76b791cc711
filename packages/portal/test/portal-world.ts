import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { listenPortal, nothingAround, type ReadRow, type Role, type Surroundings } from '@payment-manager/management-api/test-portal';
import type { Browser, Page } from 'playwright-core';
import { ROOM } from '../tools/sources.ts';
import { launchChromium } from './chromium.ts';
import { detailOf, messagesOf } from './details.ts';
import { queriesOn, someRows } from './rows.ts';
import { makeTroubles } from './troubles.ts';

export interface WorldOptions {
  readonly payments?: number;
  /** When the newest was begun; default: now. */
  readonly until?: number;
  readonly around?: Partial<Surroundings>;
  /** Some payments are stuck, each in another way. */
  readonly troubles?: boolean;
  /** What needs four eyes. */
  readonly approvals?: Parameters<typeof listenPortal>[2];
}

/** A bank’s day in memory: portal and API on a port, a browser, and rows to which more can be added. */
export async function portalWorld({
  payments = 400,
  until = Date.now(),
  around = {},
  troubles = false,
  approvals = [],
}: WorldOptions = {}) {
  const rows: ReadRow[] = someRows(payments, until);
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const stuck = troubles ? makeTroubles(rows, until, tell) : undefined;
  const byId = (id: string): ReadRow | undefined => rows.find(({ transferId }) => transferId === id);
  const portal = await listenPortal(
    {
      sandbox: true,
      environment: 'sandbox',
      businessDay: { zone: 'Africa/Dar_es_Salaam', cutOff: '00:00' },
      payments: async () => queriesOn(rows),
      desk: {
        ...nothingAround.desk,
        exception: async (id) => {
          const row = byId(id);
          return row && detailOf(row);
        },
      },
      messages: async (id) => {
        const row = byId(id);
        return { messages: row === undefined ? [] : messagesOf(row), remarks: ['1 stored batch of messages could not be read.'] };
      },
      onStored(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      ...(stuck && { exceptions: stuck.exceptions, desk: stuck.desk }),
      ...around,
    },
    pathToFileURL(`${join(ROOM, 'built')}/`),
    approvals,
  );
  const browser = await launchChromium();
  return {
    ...portal,
    browser,
    rows,
    /** One more payment, told to whoever listens. */
    add(changed: (row: ReadRow) => ReadRow = (row) => row): ReadRow {
      const [made] = someRows(1, Date.now(), (rows.at(-1)?.id ?? 0) + 1);
      const row = changed(made as ReadRow);
      rows.push(row);
      tell();
      return row;
    },
    /** One more that is stuck. */
    addTrouble: () => stuck?.add() ?? '',
    tell,
    async end(): Promise<void> {
      await browser.close();
      await portal.close();
    },
  };
}

export type PortalWorld = Awaited<ReturnType<typeof portalWorld>>;

export interface Looks {
  readonly scheme?: 'light' | 'dark';
  readonly phone?: boolean;
  readonly locale?: string;
}

/** A page in a browser of its own, with what went wrong in it: errors, refused styles and scripts, requests elsewhere. */
export async function openPage(browser: Browser, { scheme = 'light', phone = false, locale = 'en-GB' }: Looks = {}) {
  const context = await browser.newContext({
    locale,
    timezoneId: 'UTC',
    colorScheme: scheme,
    reducedMotion: 'reduce',
    viewport: phone ? { width: 390, height: 844 } : { width: 1360, height: 850 },
    ...(phone && { hasTouch: true, isMobile: true, deviceScaleFactor: 2 }),
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error.stack ?? error.message)));
  page.on('console', (message) => {
    // a refusal of the API is said in the console, too; those are what a test asks for
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) wrong.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(?:http:\/\/localhost:|blob:|data:)/.test(request.url())) wrong.push(`asks elsewhere: ${request.url()}`);
  });
  return { page, wrong, close: () => context.close() };
}

/** Somebody who is signed in opens a page. The ways in are those of `sign-in.browser.test.ts`. */
export async function enter(
  page: Page,
  world: Pick<PortalWorld, 'session' | 'url'>,
  name = 'ann',
  shownName = 'Ann Mwangi',
  role: Role = 'operator',
  path = '/payments',
): Promise<void> {
  await page.context().addCookies([await world.session(name, shownName, role)]);
  await page.goto(`${world.url}${path}`);
  await page.locator('#content').waitFor();
}
