import type { PersonActed } from './person.ts';

/** Where a fact comes from. */
export type Teller = 'hub' | 'us' | 'core' | 'person';

/** One fact of a payment, for people. `at` in milliseconds since the epoch. */
export interface HistoryLine {
  readonly at: number;
  readonly who: Teller;
  readonly what: string;
  /** Kind of the event that it tells of; absent for what the core's own connector did. */
  readonly event?: string;
  /** Codes, ids, amounts and instants of the event, for who tells it in other words: no names, no texts of others. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Members of events that are codes, ids or numbers. */
const PLAIN = [
  'destination',
  'source',
  'by',
  'outcome',
  'said',
  'says',
  'attempt',
  'rung',
  'nth',
  'mode',
  'late',
  'found',
  'kind',
  'state',
  'transferState',
  'acknowledged',
  'forgotten',
  'resent',
  'timeout',
  'code',
  'homeTransactionId',
  'quoteId',
];

interface Money {
  readonly amount: string;
  readonly currency: string;
}

interface Telling {
  readonly errorInformation?: { readonly errorCode: string };
  readonly asked?: { readonly source: string };
  readonly party?: { readonly partyIdInfo: { readonly fspId?: string } };
  readonly quote?: { readonly amount: Money };
  readonly response?: { readonly transferAmount: Money; readonly expiration: string };
  readonly prepare?: { readonly amount: Money; readonly expiration: string };
  readonly act?: { readonly action: string; readonly as?: string };
  readonly reason?: string;
  readonly by?: string;
}

/** What of an event may be told in any words. A person's reason is theirs to be read. */
export function plainValues(event: object): Readonly<Record<string, string>> {
  const { errorInformation, asked, party, quote, response, prepare, act, reason } = event as Telling;
  const money = response?.transferAmount ?? prepare?.amount ?? quote?.amount;
  const told: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(PLAIN.map((name) => [name, (event as Readonly<Record<string, unknown>>)[name]])),
    error: errorInformation?.errorCode,
    ...(asked !== undefined && { source: asked.source }),
    fsp: party?.partyIdInfo.fspId,
    amount: money?.amount,
    currency: money?.currency,
    until: (response ?? prepare)?.expiration,
    ...(act !== undefined && { act: act.action, as: act.as, reason }),
  };
  const plain = Object.entries(told).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

/** What a person did, with name and reason. */
export function actedLine({ act, by, reason }: PersonActed): string {
  const what = {
    'ask-hub': 'asked the hub',
    'ask-core': 'asked the core',
    'resend-outcome': 'had the core notified of the outcome once more',
    settle: `resolved it as ${act.action === 'settle' ? act.as : ''}`,
  }[act.action];
  return `${by} ${what}: ${reason}`;
}
