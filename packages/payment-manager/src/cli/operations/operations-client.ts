import { createHash } from 'node:crypto';
import type { ConfigChange } from '@payment-manager/configuration';
import type {
  CoreAct,
  FoundPayment,
  KnownFacts,
  PaymentDetail,
  PaymentFacts,
  PersonAction,
  Role,
  StatementRow,
} from '@payment-manager/mojaloop-connector';
import { type Authorization, type Identity, ROWS_AT_ONCE, sentRow } from '@payment-manager/operations/api';
import type { ShownMessages } from '@payment-manager/operations/messages';
import type { Pruned, Pruner } from '@payment-manager/operations/retention';
import { type HttpClient, membersIn } from '@payment-manager/runtime';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';

/** A line of the list of exceptions. */
export interface ListedException {
  readonly payment: string;
  readonly flow: Role;
  readonly code: string;
  readonly reason: string;
  /** ISO 8601 */
  readonly since: string;
}

/** A payment as the operations API shows it. */
export interface ShownPayment {
  readonly payment: PaymentFacts;
  readonly known: KnownFacts;
  readonly history: readonly { readonly at: string; readonly who: string; readonly what: string }[];
  readonly allowed: PaymentDetail['allowed'];
}

/** A restore as the operations API shows it; no number: there was none. Instants as ISO 8601. */
export interface ShownRestore {
  readonly number?: number;
  readonly reason?: string;
  readonly at?: string;
  readonly lastEventAt?: string;
  readonly accounted?: boolean;
  readonly lifted?: { readonly at: string; readonly by: string; readonly reason: string };
}

/** What a Payment Manager tells of loading its connector anew; `problems`: it did not, and the former version goes on. */
export interface ToldReload {
  readonly result?: 'loaded' | 'unchanged';
  readonly version: string;
  readonly former?: string;
  readonly smoke?: number;
  readonly problems?: readonly string[];
}

/** What a running product tells of its configuration. */
export interface ToldConfiguration {
  readonly changes: readonly ConfigChange[];
  /** What became of the core connector at a reload. */
  readonly connector?: string;
}

/** A report of transfers since the copy of a restored journal, as a file has it. */
export interface Report {
  readonly from: 'hub' | 'core';
  readonly text: string;
  readonly rows: readonly StatementRow[];
  readonly by: string;
}

/** What a person says of a restored journal. */
export interface RestoredAct {
  readonly act: 'lift' | 'nothing-missing';
  readonly by: string;
  readonly reason: string;
}

/** What a person does, as it is sent. */
export type Act = (PersonAction | CoreAct) & { readonly reason: string; readonly by: string; readonly flow?: Role };

/** The operations API of a running Payment Manager. All throw CommandFailed in words for the user. */
export interface OperationsClient {
  readonly url: string;
  /** Who answers there; undefined members: an older version that does not say it. */
  identity(): Promise<Partial<Identity>>;
  exceptions(): Promise<readonly ListedException[]>;
  /** Undefined: no such payment. */
  payment(id: string, flow?: Role): Promise<ShownPayment | undefined>;
  /** Payments that have this id as any of theirs; `from`: who asked, for quoteIds of other FSPs. */
  find(id: string, from?: string): Promise<readonly FoundPayment[]>;
  act(id: string, act: Act): Promise<ShownPayment>;
  /** The kept messages of a payment, or of an id without one; undefined: neither payment nor message has it. */
  messages(id: string, look: { readonly by: string; readonly personal: boolean; readonly flow?: Role }): Promise<ShownMessages | undefined>;
  /** Removes a person's messages; answers how many, and where some may be left. */
  eraseMessages(erasing: {
    readonly party: string;
    readonly by: string;
    readonly reason: string;
  }): Promise<{ readonly erased: number; readonly remarks: readonly string[] }>;
  /** The last restore of the journal. */
  restored(): Promise<ShownRestore>;
  /** Reads in a report of transfers; `made`: how many of them the journal did not know. */
  readIn(report: Report): Promise<{ readonly made: number; readonly mark: ShownRestore }>;
  actOnRestored(act: RestoredAct): Promise<ShownRestore>;
  /** Loads the core connector anew; undefined: there is none. */
  reloadConnector(reason: string): Promise<ToldReload | undefined>;
  /** What differs between what runs and what its configuration says; `apply`: and takes over what needs no restart. */
  configuration(apply: boolean): Promise<ToldConfiguration>;
  /** As `Pruner`. */
  prune: Pruner;
  /** Every payment whose last event lies in the stretch (milliseconds since the epoch, the end not included). */
  payments(fromMs: number, toMs: number): Promise<readonly PaymentFacts[]>;
}

const TIMEOUT_MS = 30_000;
/** An action answers when hub or core have, or when the time for callbacks is over. */
const ACT_TIMEOUT_MS = 120_000;
/** Small, so that no read keeps the journal from committing for long. */
const PAGE_SIZE = 200;

/** A client to the operations API at `url`, which knows us by `authorization`. */
export function operationsClient(url: string, client: HttpClient, authorization: Authorization = {}): OperationsClient {
  const call = async (method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; json: Record<string, unknown> }> => {
    const outcome = await client.request({
      method,
      url: `${url}${path}`,
      headers: { accept: 'application/json', ...authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      timeoutMs: body === undefined ? TIMEOUT_MS : ACT_TIMEOUT_MS,
    });
    if (outcome.kind === 'failed')
      throw new CommandFailed(
        EXIT_CODES.unavailable,
        `The operations API at ${url} does not answer: ${outcome.message} ${outcome.advice} Start Payment Manager with ./pm run, the sandbox with ./pm start.`,
      );
    return { status: outcome.status, json: readJson(url, outcome.body) };
  };
  const demand = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Record<string, unknown>> => {
    const { status, json } = await call(method, path, body);
    if (status !== 200) throw new CommandFailed(EXIT_CODES.failed, `Refused: ${String(json['message'] ?? `HTTP ${status}`)}`);
    return json;
  };
  const ofPayment = (id: string, flow?: Role) => `/exceptions/${encodeURIComponent(id)}${flow === undefined ? '' : `?flow=${flow}`}`;
  return {
    url,
    identity: () => demand('GET', '/health/live'),
    exceptions: async () => (await demand('GET', '/exceptions?limit=1000'))['exceptions'] as readonly ListedException[],
    async payment(id, flow) {
      const { status, json } = await call('GET', ofPayment(id, flow));
      if (status === 404) return undefined;
      if (status !== 200) throw new CommandFailed(EXIT_CODES.failed, `Refused: ${String(json['message'] ?? `HTTP ${status}`)}`);
      return shown(json);
    },
    async find(id, from) {
      const query = new URLSearchParams({ id, ...(from !== undefined && { fsp: from }) });
      return (await demand('GET', `/payments?${query}`))['payments'] as readonly FoundPayment[];
    },
    act: async (id, act) => shown(await demand('POST', ofPayment(id), act.action === 'settle' ? { ...act, action: 'resolve' } : act)),
    async messages(id, look) {
      const { status, json } = await call('POST', `/payments/${encodeURIComponent(id)}/messages`, look);
      if (status === 404) return undefined;
      if (status !== 200) throw new CommandFailed(EXIT_CODES.failed, `Refused: ${String(json['message'] ?? `HTTP ${status}`)}`);
      return json as unknown as ShownMessages;
    },
    eraseMessages: async (erasing) => (await demand('POST', '/messages/erase', erasing)) as { erased: number; remarks: readonly string[] },
    restored: async () => (await demand('GET', '/journal/restored')) as ShownRestore,
    async readIn({ from, text, rows, by }) {
      let made = 0;
      for (let begin = 0; begin < rows.length; begin += ROWS_AT_ONCE) {
        const some = rows.slice(begin, begin + ROWS_AT_ONCE).map(sentRow);
        made += Number((await demand('POST', '/journal/restored', { act: 'take', from, rows: some }))['made']);
      }
      const digest = createHash('sha256').update(text).digest('hex');
      const act = { act: 'read-in', from, transfers: rows.length, made, digest, by };
      return { made, mark: (await demand('POST', '/journal/restored', act)) as ShownRestore };
    },
    actOnRestored: async (act) => (await demand('POST', '/journal/restored', act)) as ShownRestore,
    async reloadConnector() {
      const { status, json } = await call('POST', '/connector/reload', {});
      if (status === 404) return undefined;
      if (status !== 200 && json['problems'] === undefined)
        throw new CommandFailed(EXIT_CODES.failed, `Refused: ${String(json['message'] ?? `HTTP ${status}`)}`);
      return json as unknown as ToldReload;
    },
    async configuration(apply) {
      const told = apply ? demand('POST', '/configuration/reload', {}) : demand('GET', '/configuration/changes');
      return (await told) as unknown as ToldConfiguration;
    },
    async prune(wishes) {
      const records = wishes.map(({ recordId, version }) => [recordId, version]);
      return (await demand('POST', '/journal/prune', { records }))['results'] as readonly Pruned[];
    },
    async payments(fromMs, toMs) {
      const all: PaymentFacts[] = [];
      const stretch = `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}&limit=${PAGE_SIZE}`;
      let after = '';
      for (;;) {
        const page = await demand('GET', `/payments?${stretch}${after}`);
        all.push(...(page['payments'] as readonly ShownFacts[]).map(facts));
        if (page['next'] === undefined) return all;
        after = `&after=${String(page['next'])}`;
      }
    },
  };
}

function readJson(url: string, body: Uint8Array): Readonly<Record<string, unknown>> {
  const json = membersIn(body);
  if (json !== undefined) return json;
  throw new CommandFailed(EXIT_CODES.unavailable, `The program at ${url} is not the operations API of a Payment Manager.`);
}

/** Facts with instants as text. */
type ShownFacts = Omit<PaymentFacts, 'startedAt' | 'settled'> & {
  readonly startedAt: string;
  readonly resolved?: Omit<NonNullable<PaymentFacts['settled']>, 'at'> & { readonly at: string };
};

function facts({ startedAt, resolved, ...rest }: ShownFacts): PaymentFacts {
  return {
    ...rest,
    startedAt: Date.parse(startedAt),
    ...(resolved !== undefined && { settled: { ...resolved, at: Date.parse(resolved.at) } }),
  };
}

type Allowed = PaymentDetail['allowed'][number];

function shown(json: Record<string, unknown>): ShownPayment {
  const { payment, known, history, allowed } = json as unknown as Omit<ShownPayment, 'payment' | 'allowed'> & {
    payment: ShownFacts;
    allowed: readonly (Allowed | (Omit<Extract<Allowed, { action: 'settle' }>, 'action'> & { action: 'resolve' }))[];
  };
  const actions = allowed.map((one): Allowed => (one.action === 'resolve' ? { ...one, action: 'settle' } : one));
  return { payment: facts(payment), known, history, allowed: actions };
}
