import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Brand, listenPortal, type Role, type Surroundings } from '@payment-manager/management-api/test-portal';
import type { Page } from 'playwright-core';
import { ROOM } from '../tools/sources.ts';
import { launchChromium } from './chromium.ts';
import { enter, type Looks, openPage } from './portal-world.ts';
import { queriesOn, someRows } from './rows.ts';
import { someConnector } from './some-connector.ts';
import { visit } from './visit.ts';

const DAY_MS = 86_400_000;
const SHA = 'A4:1F:0C:77:9B:2E:55:D0:13:8A:6C:F4:21:BE:98:47:3D:60:E1:5A:CC:07:B9:72:4F:D8:86:1B:EA:39:50:C2';

type Door = Exclude<ReturnType<Surroundings['connection']>, 'none' | undefined>;

/** A connection as a bank has it: in order, with a certificate that ends soon; it notes what it was told. */
export function someConnection(now: number) {
  const told: (readonly [string, ...unknown[]])[] = [];
  const note = (name: string, answer: object = {}) => {
    return async (...values: readonly unknown[]): Promise<never> => {
      told.push([name, ...values]);
      return answer as never;
    };
  };
  const step = (artefact: string, state: string, message: string, nextStep?: string) => ({
    artefact,
    state,
    reason: 'IN_ORDER',
    message,
    ...(nextStep && { nextStep }),
  });
  const certificate = (purpose: string, subject: string, days: number, state = 'active') => ({
    ...{ purpose, keyId: `${purpose}-${state}`, state, subject, issuer: 'CN=Scheme CA, O=Mowali', serial: '5F21', sha256: SHA },
    validFrom: now - 300 * DAY_MS,
    validTo: now + days * DAY_MS,
  });
  const key = (purpose: string, owner: string, state = 'active') => ({
    ...{ purpose, owner, keyId: `${owner}${'0123456789abcdef'.repeat(4)}`.slice(0, 64), algorithm: 'RSA-2048', state },
    ...{ since: now - 40 * DAY_MS, by: 'user:naledi', why: 'yearly rotation' },
  });
  const endpoints = { ingressUrl: 'https://connector.greenbank.example:4000', egress: ['192.0.2.10:443'] };
  const checks = [
    { part: 'hub', check: 'answer', state: 'passed', message: 'https://hub.example answers over TLS, 24 ms' },
    { part: 'signature', check: 'published key', state: 'passed', message: 'what we sign verifies with the key in the scheme’s list' },
    {
      part: 'look-up',
      check: 'round trip',
      state: 'failed',
      message: 'no answer arrived in time',
      remedy: 'Ask the hub’s operator whether it can reach our endpoint.',
    },
  ];
  const door = {
    progress: async () => ({
      ...{ fspId: 'greenbank', environment: 'pilot', connectionManager: true, done: 4, steps: 5, waiting: [] },
      phases: [
        { title: 'Business set-up', done: 1, steps: [step('OAUTH', 'Ready', 'Signed in at the Connection Manager.')] },
        {
          ...{ title: 'Technical set-up', done: 3 },
          steps: [
            step('HUB_CA', 'Ready', 'The hub’s CA is trusted (until 2036-11-27).'),
            step('DFSP_CLIENT_CERT', 'Progressing', 'Our request waits for the hub’s signature.', 'Ask the hub’s operator to sign it.'),
            step('DFSP_JWS', 'Ready', 'Our JWS key is published and in use.'),
            step('ENDPOINTS', 'Ready', 'The Connection Manager has our endpoints.'),
          ],
        },
      ],
      readinessTest: { at: now - 3 * DAY_MS, by: 'user:naledi', passed: true, checks: checks.slice(0, 2), changed: [] },
    }),
    endpoints: async () => ({ configured: endpoints, hub: ['https://hub.example'], published: endpoints }),
    checkEndpoints: note('check'),
    changeEndpoints: note('change', endpoints),
    certificates: async () => [
      certificate('tls-client', 'CN=greenbank, O=Green Bank', 12),
      certificate('tls-server', 'CN=connector.greenbank.example', 190),
      certificate('dfsp-ca', 'CN=Green Bank CA', 2_900),
      certificate('hub-ca', 'CN=Scheme CA, O=Mowali', 3_500),
      certificate('tls-client', 'CN=greenbank, O=Green Bank', 3, 'retiring'),
    ],
    requests: async () => [
      { purpose: 'tls-client', keyId: 'k-next', algorithm: 'RSA-4096', state: 'pre-active', since: now - DAY_MS, answer: 'waiting' },
    ],
    keys: async () => [
      key('jws-signing', 'own', 'retiring'),
      { ...key('jws-signing', 'own'), keyId: 'b'.repeat(64) },
      key('peer-jws', 'bluewallet'),
      key('peer-jws', 'sunrise-mfi'),
    ],
    key: async (keyId: string) => ({
      ...{ purpose: 'jws-signing', keyId, owner: 'own', algorithm: 'RSA-2048', state: 'active', inHsm: false, request: false, chain: [] },
      history: [
        { state: 'pre-active', at: now - 41 * DAY_MS, by: 'user:naledi', why: 'yearly rotation' },
        { state: 'active', at: now - 40 * DAY_MS, by: 'connection manager', why: 'every peer has it' },
      ],
    }),
    give: async () => ({ fileName: 'greenbank.pem', text: 'PEM' }),
    renew: note('renew', { kind: 'begun' }),
    distrust: note('distrust'),
    preview: note('preview'),
    lastTest: async () => ({ at: now - 3 * DAY_MS, by: 'user:naledi', passed: false, checks, changed: ['tls-client'] }),
    test: async (_wish: object, _who: object, tell: (run: object) => void) => {
      told.push(['test']);
      tell({ running: false, steps: checks, passed: false });
    },
  };
  return { told, door: door as unknown as Door };
}

/** A journal that may be put back, and what people say of it then. */
function putBackJournal(now: number) {
  let mark: object | undefined;
  const change = (changed: object) => async () => {
    mark = { ...mark, ...changed };
    return mark;
  };
  const desk = { last: () => mark, nothingMissing: change({ accounted: true }), lift: change({ lifted: { at: now } }) };
  return {
    desk: desk as unknown as Surroundings['restored'],
    putBack(): void {
      mark = { number: 1, reason: 'a restore', at: now, lastEventAt: now - 3_600_000, accounted: false };
    },
  };
}

export interface WorldOptions {
  readonly around?: Partial<Surroundings>;
  readonly needed?: Parameters<typeof listenPortal>[2];
  readonly singleSignOn?: Parameters<typeof listenPortal>[3];
  /** A bank’s own name, logo and colours. */
  readonly brand?: Brand;
}

/** Portal and API on a port, with a connection, alarms and a configuration, and a browser. */
export async function operationsWorld({ around = {}, needed = [], singleSignOn, brand }: WorldOptions = {}) {
  const now = Date.now();
  const connection = someConnection(now);
  const journal = putBackJournal(now);
  const first: Partial<Surroundings> = {
    restored: journal.desk,
    ...{ sandbox: true, environment: 'pilot', businessDay: { zone: 'UTC', cutOff: '00:00' } },
    payments: async () => queriesOn(someRows(300, now)),
    readiness: async () => ({
      ready: true,
      parts: {
        journal: { ok: true, code: 'journal-answers', value: 40_960, detail: 'commits take 2 ms, 41 GB are free' },
        engine: { ok: true, code: 'engine-loaded', detail: 'open payments are loaded' },
        credentials: { ok: true, code: 'credentials-valid', value: 12, detail: 'hub: 12 days left, renew it' },
      },
    }),
    alarms: async () => [
      {
        id: 'hub',
        code: 'HUB_NOT_ANSWERING',
        reason: 'The hub has not answered since 14:02; 12 payments wait for it.',
        since: now - 240_000,
      },
      { id: 'cert-1', code: 'CERTIFICATE_EXPIRING', reason: 'our client certificate ends in 12 days', since: now - 7_200_000 },
    ],
    connection: () => connection.door,
    ...someConnector(now),
    configuration: () => [
      { path: 'fspId', value: 'greenbank', origin: 'file' },
      { path: 'connectionManager.clientSecret', value: '[secret]', origin: 'environment PM_CONNECTION_MANAGER_CLIENT_SECRET' },
      { path: 'timeouts.callbackMs', value: '30000', origin: 'default' },
    ],
    ...around,
  };
  const others = [{ name: 'production', url: 'https://payments.greenbank.example' }];
  const portal = await listenPortal(first, pathToFileURL(`${join(ROOM, 'built')}/`), needed, singleSignOn, others, brand);
  const browser = await launchChromium();
  return {
    ...portal,
    browser,
    told: connection.told,
    /** From now on the journal is one that was put back to an older copy. */
    putBack: journal.putBack,
    /** Another day: as at first, but for this. */
    another(changed: Partial<Surroundings>): void {
      Object.assign(portal.deps.around, first, changed);
    },
    async end(): Promise<void> {
      await browser.close();
      await portal.close();
    },
  };
}

export type OperationsWorld = Awaited<ReturnType<typeof operationsWorld>>;

/** Somebody signed in, in a browser of their own, with what went wrong in it; `open` loads a page anew. */
export async function enterAs(world: OperationsWorld, name: string, role: Role, looks: Looks = {}) {
  const { page, wrong, close } = await openPage(world.browser, looks);
  page.setDefaultTimeout(20_000);
  let entered = false;
  const open = async (path: string, heading: RegExp): Promise<void> => {
    if (entered) await page.goto(`${world.url}${path}`);
    else await enter(page, world, name, name, role, path);
    entered = true;
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  };
  const goTo = async (path: string, heading: RegExp): Promise<void> => {
    if (!entered) return open(path, heading);
    await visit(page, path);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  };
  return { page, wrong, open, goTo, close };
}

/** A picture, where `PM_TEST_PICTURES` names a folder for them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PM_TEST_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
