import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { recordedLog, seededRandom, type VirtualTime, virtualTime } from '@payment-manager/runtime';
import { type Core, openCore } from '../src/core/core.ts';
import { FINERACT_PATH, FINERACT_TENANT, tenantDate } from '../src/core/fineract/tenant.ts';
import type { CoreSettings } from '../src/core/settings.ts';
import { type FaultAction, parseFault } from '../src/faults/fault.ts';

const person = (id: string, idValue: string, accounts: Record<string, string>) => ({
  id,
  displayName: `${id} Example`,
  firstName: id,
  lastName: 'Example',
  identifiers: [
    { idType: 'MSISDN', idValue },
    { idType: 'ACCOUNT_ID', idValue: `FB-${id}` },
  ],
  accounts,
});

const settings: CoreSettings = {
  fspId: 'finbank',
  atPrepare: 'reserve',
  fees: {},
  deduplicates: true,
  customers: [
    person('asha', '255754000111', { USD: '100', XOF: '5000' }),
    person('ben', '2557540001112', { USD: '0' }),
    { ...person('chika', '255754000113', { USD: '10' }), blocked: true },
  ],
  quoteLifetimeMs: 60_000,
  callTimeoutMs: 70_000,
  pauseMs: 1_000,
  pauseMsMax: 8_000,
  waitMs: 60_000,
};

// biome-ignore lint/suspicious/noExplicitAny: an answer of a core may have any members
export type Json = any;
/** What the core answers. */
export interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly text: string;
  readonly cached: boolean;
  readonly reset: boolean;
}

/** A core that is asked as a Fineract, in virtual time. */
export interface Bench {
  readonly core: Core;
  readonly time: VirtualTime;
  get(path: string): Promise<Answer>;
  post(path: string, body: object, key?: string): Promise<Answer>;
  /** Numbers of the savings accounts, by their external ids. */
  readonly ids: Readonly<Record<string, number>>;
  today(): string;
}

/** Opens it: customers with and without money, one of them blocked. */
export async function bench(t: TestContext, file = ':memory:'): Promise<Bench> {
  const time = virtualTime();
  const client = { request: async () => assert.fail('nothing is sent'), setCredentials() {}, close: async () => {} };
  const core = openCore({ settings, file, client, clock: time, timers: time, random: seededRandom(1), log: recordedLog() });
  t.after(() => core.stop());
  const basic = Buffer.from(`${FINERACT_TENANT.user}:${FINERACT_TENANT.password}`).toString('base64');
  const call = async (method: string, path: string, body?: object, key?: string): Promise<Answer> => {
    const response = await core.handler({
      method,
      target: `${FINERACT_PATH}${path}`,
      headers: {
        authorization: `Basic ${basic}`,
        'fineract-platform-tenantid': 'default',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      clientAuthenticated: false,
    });
    const text = String(response.body ?? '');
    const cached = response.headers?.['x-served-from-cache'] === 'true';
    return { status: response.status, text, json: text === '' ? undefined : JSON.parse(text), cached, reset: response.reset === true };
  };
  const found = ['asha-USD', 'asha-XOF', 'ben-USD', 'chika-USD', 'asha-closed', 'suspense-USD'].map(
    async (externalId): Promise<[string, number]> => [
      externalId,
      (await call('GET', `/v1/savingsaccounts/external-id/${externalId}`)).json.id,
    ],
  );
  return {
    core,
    time,
    get: (path) => call('GET', path),
    post: (path, body, key) => call('POST', path, body, key),
    ids: Object.fromEntries(await Promise.all(found)),
    today: () => tenantDate(time.now()),
  };
}

const base = (date: string, amount: unknown) => ({
  locale: 'en',
  dateFormat: 'yyyy-MM-dd',
  transactionDate: date,
  transactionAmount: amount,
});
export const paid = (date: string, amount: unknown, receiptNumber = 'T-1') => ({ ...base(date, amount), paymentTypeId: 4, receiptNumber });
export const held = (date: string, amount: unknown, reasonForBlock = 'T-1') => ({ ...base(date, amount), reasonForBlock });
export const of = (id: number | undefined, command: string) => `/v1/savingsaccounts/${id}/transactions?command=${command}`;
export const one = (id: number | undefined, transaction: number, command: string) =>
  `/v1/savingsaccounts/${id}/transactions/${transaction}?command=${command}`;
export const codeOf = ({ json }: Answer): string => json.errors[0].userMessageGlobalisationCode;
export const fault = ({ core }: Bench, operation: string, action: FaultAction): void =>
  void core.faults.add(parseFault({ operation, action, count: 1 }));
