/** The pages of a running portal after a drill in which hub, core and disk failed (`./pm drill failures`), photographed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../test/chromium.ts';
import { openPage } from '../test/portal-world.ts';
import { untilShown } from '../test/visit.ts';
import { smallPng } from './small-png.ts';

interface Order {
  readonly out: string;
  /** Signs in, once. */
  readonly link: string;
  /** Of the whole drill; milliseconds since the epoch, as below. */
  readonly from: number;
  readonly to: number;
  readonly away: readonly { readonly failure: string; readonly from: number; readonly to: number }[];
}

type Cookies = Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>;

const MINUTE_MS = 60_000;
const HEIGHT_MAX = 1_400;
/** What a payment fails with when a system is away; others, like a number of nobody, have nothing to do with it. */
const AWAY_CODES = ['2003', '2004', '1001', '2001'];
const order = JSON.parse(process.argv[2] ?? '') as Order;
const LOOKS = [
  ['light', false],
  ['dark', false],
  ['light', true],
  ['dark', true],
] as const;

await mkdir(order.out, { recursive: true });
const browser = await launchChromium();
let signedIn: Cookies = [];
let base = '';
for (const [scheme, phone] of LOOKS) {
  const { page, wrong, close } = await openPage(browser, { scheme, phone });
  page.setDefaultTimeout(120_000);
  if (signedIn.length === 0) {
    await page.goto(order.link);
    await page.locator('#content').waitFor();
    base = new URL(page.url()).origin;
    signedIn = await page.context().cookies();
  } else await page.context().addCookies([...signedIn]);
  for (const [name, path] of await pagesFor(page, phone)) {
    await page.goto(`${base}${path}`);
    await untilShown(page);
    await page.waitForTimeout(250);
    // on a desk with what stands below the screen, as far as one scrolls for it
    const { width = 0, height = 0 } = page.viewportSize() ?? {};
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width, height: phone ? height : Math.min(whole, HEIGHT_MAX) };
    const picture = await page.screenshot({ fullPage: true, clip });
    await writeFile(join(order.out, `${name}-${scheme}-${phone ? 'phone' : 'desktop'}.png`), smallPng(picture));
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  await close();
}
await browser.close();

/** Names and addresses; on a phone the first two. */
async function pagesFor(page: Page, phone: boolean): Promise<readonly (readonly [name: string, path: string])[]> {
  const minute = (at: number, round: (value: number) => number): number => round(at / MINUTE_MS) * MINUTE_MS;
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const first = [
    ['overview', `/overview?period=custom&from=${day(order.from)}&to=${day(order.to)}`],
    ['technical', `/technical?from=${minute(order.from, Math.floor)}&to=${minute(order.to, Math.ceil)}`],
  ] as const;
  if (phone) return first;
  const failed: (readonly [string, string])[] = [];
  for (const { failure, from, to } of order.away) {
    const id = await failedIn(page, failure === 'core' ? 'in' : 'out', from, to);
    if (id !== undefined) failed.push([`payment-${failure}`, `/payments/${id}`]);
  }
  return [
    ...first,
    ...(['health', 'alerts', 'exceptions', 'payments', 'connector'] as const).map((name) => [name, `/${name}`] as const),
    ...failed,
  ];
}

/** A payment that was begun then and did not complete; a core that is away fails those to our customers. Undefined: none was begun, for look-ups are refused before. */
async function failedIn(page: Page, direction: 'in' | 'out', from: number, to: number): Promise<string | undefined> {
  for (const code of AWAY_CODES) {
    const query = `limit=1&state=failed&direction=${direction}&error=${code}&from=${from}&to=${to}`;
    const answer = await page.context().request.get(`${base}/api/payments?${query}`);
    const { payments = [] } = (await answer.json()) as { payments?: readonly { id: string | number }[] };
    if (payments[0] !== undefined) return String(payments[0].id);
  }
  return undefined;
}
