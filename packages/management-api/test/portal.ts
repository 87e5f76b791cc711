import { createSealer, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import type { FastifyInstance } from 'fastify';
import type { Role } from '../src/access/permissions.ts';
import type { ApprovedAction } from '../src/approvals/approved-actions.ts';
import { newLink } from '../src/identity/links.ts';
import { newSession } from '../src/identity/sessions.ts';
import type { SignInDeps } from '../src/identity/sign-in.ts';
import { totpCode } from '../src/identity/totp.ts';
import { newUser, type User } from '../src/identity/user.ts';
import { everyRoute } from '../src/openapi.ts';
import { allDoings } from '../src/routes/all-doings.ts';
import type { RouteDeps, Surroundings } from '../src/routes/deps.ts';
import { buildApp } from '../src/server/app.ts';
import { webServer } from '../src/server/listen.ts';
import type { Route } from '../src/server/route.ts';
import type { SingleSignOn } from '../src/single-sign-on/sign-in-by-provider.ts';
import { commit, putOf } from '../src/store/kept.ts';
import { memoryStore } from './memory-store.ts';

export const ORIGIN = 'https://portal.example.org';
export const PASSWORD = 'seven blue herons walk';
export const SESSION = '__Host-pm-session';
export const DEVICE = '__Host-pm-device';

export interface Asking {
  readonly body?: unknown;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address of who asks. */
  readonly from?: string;
}

/** JSON of any form, looked into by name; `Object.values` of a list is the list. */
export interface Found {
  readonly [name: string]: Found;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What is in it, where it is JSON. */
  readonly body: Found;
  readonly cookies: Readonly<Record<string, string>>;
}

/** The API on real tables, in this thread, at a clock that is moved by hand; nothing listens. */
export async function openPortal(
  around: Partial<Surroundings> = {},
  needed: readonly ApprovedAction[] = [],
  sandbox = false,
  singleSignOn?: SingleSignOn,
) {
  const time = virtualTime(Date.UTC(2026, 2, 12, 9));
  const random = seededRandom(7);
  const store = memoryStore();
  const log = recordedLog();
  const key = new Uint8Array(32).fill(3);
  const signIn: SignInDeps = {
    store,
    clock: time,
    random,
    log,
    sandbox,
    sealer: createSealer(Buffer.from(key), random),
    deviceKey: key,
    cost: { memoryKib: 64, passes: 1 },
  };
  const surroundings = { ...nothingAround, sandbox, ...around };
  const deps: RouteDeps = {
    signIn,
    around: surroundings,
    singleSignOn,
    party: () => ({ origin: ORIGIN, name: 'Payment Manager greenbank' }),
    approvals: { ...signIn, needed, doing: allDoings(surroundings) },
  };
  const routes: readonly Route[] = everyRoute(deps);
  const app = await buildApp({
    keeping: signIn,
    routes,
    log,
    https: true,
    proxied: false,
    cookies: { secure: true, port: () => 443 },
    origins: () => [ORIGIN],
    isLocal: ({ headers }) => headers['x-test-local'] === 'yes',
    serverFactory: await webServer(undefined),
  });
  await app.ready();
  const ask = asking(app);
  /** A session of a new user with these roles, without the way in. */
  const as = async (name: string, ...roles: readonly Role[]): Promise<Readonly<Record<string, string>>> => {
    const { token, puts } = await newSession(signIn, name, 'passkey', { address: '192.0.2.1', userAgent: 'test' });
    const kept = await store.get('user', name, time.now());
    await commit(
      signIn,
      [...puts, ...(kept === undefined ? [putOf<User>('user', name, undefined, newUser(name, name, roles, 0))] : [])],
      [],
    );
    return { [SESSION]: token };
  };
  /** A user who came by a link, with password and authenticator; answers what their browser keeps. */
  const enrolled = async (name: string, ...roles: readonly Role[]) => {
    const { token, puts } = await newLink(signIn, name, 'welcome');
    await commit(signIn, [...puts, putOf<User>('user', name, undefined, newUser(name, name, roles, 0))], []);
    const led = await ask('POST /sign-in/link', { body: { token } });
    const ticket = led.body['ticket'];
    await ask('POST /sign-in/password', { body: { ticket, password: PASSWORD } });
    const secret = String((await ask('POST /sign-in/authenticator', { body: { ticket } })).body['secret']);
    const done = await ask('POST /sign-in/authenticator/code', { body: { ticket, code: totpCode(secret, time.now()) } });
    return {
      cookies: done.cookies,
      secret,
      recoveryCodes: Object.values(done.body['recoveryCodes'] ?? {}).map(String),
      answers: [led, done] as const,
    };
  };
  /** Password, then second factor; answers the last step that there was. */
  const inTwoSteps = async (name: string, password: string, second: string, more: Asking = {}) => {
    const first = await ask('POST /sign-in', { ...more, body: { name, password } });
    if (first.status !== 200) return first;
    return ask('POST /sign-in/code', { ...more, body: { ticket: first.body['ticket'], code: second } });
  };
  const code = (secret: string): string => totpCode(secret, time.now());
  return { app, ask, as, enrolled, inTwoSteps, code, time, store, signIn, log, routes, deps };
}

const never = async (): Promise<never> => {
  throw new Error('not in this test');
};

/** A process in which nothing is. */
export const nothingAround: Surroundings = {
  fspId: 'greenbank',
  environment: 'production',
  sandbox: false,
  businessDay: { zone: 'UTC', cutOff: '00:00' },
  payments: undefined,
  history: undefined,
  positionWarnPercent: 80,
  behind: () => 0,
  desk: { exception: async () => undefined, find: async () => [], resolve: never, payments: never },
  exceptions: async () => [],
  alarms: async () => [],
  alerts: undefined,
  restored: { last: () => undefined } as unknown as Surroundings['restored'],
  messages: undefined,
  readiness: async () => ({ ready: true, parts: {} }),
  onStored: () => () => {},
  configuration: () => [],
  connection: () => 'none',
  promotion: undefined,
  reloadConnector: undefined,
};

/** Asks without a socket. */
function asking(app: FastifyInstance) {
  return async (line: string, { body, cookies = {}, headers = {}, from = '192.0.2.1' }: Asking = {}): Promise<Answered> => {
    const [method = 'GET', path = ''] = line.split(' ');
    const answer = await app.inject({
      method: method as 'GET',
      url: `/api${path}`,
      remoteAddress: from,
      headers: { host: 'portal.example.org', ...(method !== 'GET' && { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }), ...headers },
      cookies: { ...cookies },
      ...(body !== undefined && { payload: body as object }),
      // one that does not end by itself
      ...(path === '/live' && { payloadAsStream: true }),
    });
    if (path === '/live') {
      answer.stream().destroy();
      return { status: answer.statusCode, headers: answer.headers, text: '', body: {}, cookies: {} };
    }
    const json = String(answer.headers['content-type']).startsWith('application/json;') && answer.payload !== '';
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.payload,
      body: (json ? JSON.parse(answer.payload) : undefined) as Found,
      cookies: Object.fromEntries(answer.cookies.map(({ name, value }) => [name, value])),
    };
  };
}
