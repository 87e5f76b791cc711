import type { RunningDfsp } from '@payment-manager/payment-manager';
import type { Random } from '@payment-manager/runtime';

/** Where a payment goes wrong, if it does: each hop from the payer’s core to the payee’s. */
export const HOPS = ['payer core', 'payer', 'hub', 'payee', 'payee core', 'way back'] as const;
export type Hop = (typeof HOPS)[number];

/** A fault of the sandbox that strikes once, as its fault book takes it; at the hub, or at the core of a DFSP. */
export interface OneFault {
  readonly at: 'hub' | 'payee core' | 'payer core';
  readonly rule: { readonly operation: string; readonly direction?: 'in' | 'out'; readonly count: 1; readonly action: object };
}

/** A payment that is to be made. */
export interface PlannedPayment {
  readonly kind: string;
  /** Undefined: it should complete. */
  readonly hop: Hop | undefined;
  readonly payer: RunningDfsp;
  readonly from: string;
  readonly payee: RunningDfsp;
  readonly to: { readonly idType: string; readonly idValue: string };
  readonly amount: string;
  readonly currency: string;
  readonly note: string;
  /** The customer says no to the price. */
  readonly declines: boolean;
  readonly faults: readonly OneFault[];
}

/** Whose accounts have which currencies; the demo cores tell. */
export type Accounts = ReadonlyMap<string, readonly string[]>;

const once = (at: OneFault['at'], operation: string, action: object, direction?: 'in' | 'out'): OneFault => ({
  at,
  rule: { operation, count: 1, action, ...(direction && { direction }) },
});

interface Kind {
  readonly kind: string;
  readonly hop: Hop | undefined;
  /** How often, of all. */
  readonly share: number;
  readonly to?: 'nobody' | 'lost' | 'blocked';
  readonly tooMuch?: true;
  readonly declines?: true;
  readonly faults?: readonly OneFault[];
}

/** What happens at a bank on a bad day, more often than there. Shares sum to one. */
export const KINDS: readonly Kind[] = [
  { kind: 'completes', hop: undefined, share: 0.8 },
  { kind: 'slow hub', hop: undefined, share: 0.02, faults: [once('hub', 'GET /parties', { kind: 'delay', ms: 1_500 })] },
  { kind: 'not enough money', hop: 'payer core', share: 0.02, tooMuch: true },
  { kind: 'declined by the payer', hop: 'payer', share: 0.03, declines: true },
  { kind: 'number of nobody', hop: 'hub', share: 0.03, to: 'nobody' },
  {
    kind: 'hub refuses the quote',
    hop: 'hub',
    share: 0.01,
    faults: [once('hub', 'POST /quotes', { kind: 'reject', status: 503, errorCode: '2003' })],
  },
  {
    kind: 'hub refuses the transfer',
    hop: 'hub',
    share: 0.01,
    faults: [once('hub', 'POST /transfers', { kind: 'reject', status: 400, errorCode: '3100' })],
  },
  { kind: 'payee does not know the party', hop: 'payee', share: 0.02, to: 'lost' },
  { kind: 'account of the payee is blocked', hop: 'payee core', share: 0.02, to: 'blocked' },
  { kind: 'payee’s core breaks', hop: 'payee core', share: 0.01, faults: [once('payee core', '*', { kind: 'reject', status: 500 })] },
  {
    kind: 'payee’s core answers too late',
    hop: 'payee core',
    share: 0.01,
    faults: [once('payee core', '*', { kind: 'execute-then-reset' })],
  },
  { kind: 'answer of the payee is lost', hop: 'way back', share: 0.005, faults: [once('hub', 'PUT /quotes', { kind: 'drop' }, 'out')] },
  {
    kind: 'signature of the answer is broken',
    hop: 'way back',
    share: 0.005,
    faults: [once('hub', 'PUT /parties', { kind: 'bad-signature' }, 'out')],
  },
  { kind: 'notification is lost', hop: 'way back', share: 0.01, faults: [once('hub', 'PUT /transfers', { kind: 'drop' }, 'out')] },
];

const NOTES = [
  'rent',
  'school fees',
  'market, stall 14',
  'thanks!',
  'frais de scolarité',
  'invoice 2026/0187',
  'umshado',
  'airtime',
  'loan, 3rd part',
  '',
];

/** Small, so that a day of traffic empties no account, and more than the fees of the demo banks; with no more decimals than the currency has in the scheme. */
const AMOUNTS: Readonly<
  Record<string, { readonly least: number; readonly most: number; readonly unit: number; readonly decimals: number }>
> = {
  USD: { least: 0.5, most: 3, unit: 0.05, decimals: 2 },
  XOF: { least: 150, most: 1_500, unit: 5, decimals: 0 },
};
const OTHER_AMOUNTS = { least: 0.5, most: 3, unit: 0.05, decimals: 2 };
const TOO_MUCH = '900000';

/** In the scheme’s directory, with no account anywhere. */
const LOST = { idType: 'MSISDN', idValue: '27713803914' };

/** Plans one payment after another; the same seed plans the same. `dfsps`: those that pay by a demo core. @throws RangeError with fewer than two */
export function trafficMix(dfsps: readonly RunningDfsp[], accounts: Accounts, random: Pick<Random, 'fraction'>): () => PlannedPayment {
  const pairs = dfsps.flatMap((payer) => dfsps.filter((payee) => payee !== payer).map((payee) => ({ payer, payee })));
  if (pairs.length === 0) throw new RangeError('traffic needs two DFSPs with a demo core');
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random.fraction() * all.length)] as T;
  return () => {
    const kind = kindAt(random.fraction());
    // only one DFSP has customers who cannot be paid
    const able = pairs.filter(({ payee }) => kind.to === undefined || kind.to === 'nobody' || isUnpayable(payee, accounts));
    const { payer, payee } = oneOf(able.length > 0 ? able : pairs);
    const [from, shared] = payerOf(payer, payee, accounts);
    const currency = oneOf(shared);
    return {
      ...{ kind: kind.kind, hop: kind.hop, payer, payee, from, currency },
      to: payeeOf(kind, payee, accounts, random),
      amount: kind.tooMuch === true ? TOO_MUCH : amountIn(currency, random),
      note: oneOf(NOTES),
      declines: kind.declines === true,
      faults: kind.faults ?? [],
    };
  };
}

function kindAt(fraction: number): Kind {
  let left = fraction;
  for (const kind of KINDS) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return KINDS[0] as Kind;
}

/** A customer with money, and the currencies that somebody at the other side has, too. */
function payerOf(payer: RunningDfsp, payee: RunningDfsp, accounts: Accounts): readonly [string, readonly string[]] {
  const theirs = new Set(payable(payee, accounts).flatMap(({ id }) => accounts.get(id) ?? []));
  for (const { id } of payable(payer, accounts)) {
    const shared = (accounts.get(id) ?? []).filter((currency) => theirs.has(currency));
    if (shared.length > 0) return [id, shared];
  }
  return [payer.customers[0]?.id ?? '', ['USD']];
}

/** Customers who pay and are paid: those with an account in more than one currency, by which the sandbox’s blocked one is told apart. */
function payable({ customers }: RunningDfsp, accounts: Accounts): RunningDfsp['customers'] {
  const able = customers.filter(({ id }) => (accounts.get(id)?.length ?? 0) > 1);
  return able.length > 0 ? able : customers.slice(0, 1);
}

function isUnpayable(dfsp: RunningDfsp, accounts: Accounts): boolean {
  return payable(dfsp, accounts).length < dfsp.customers.length;
}

function payeeOf(kind: Kind, payee: RunningDfsp, accounts: Accounts, random: Pick<Random, 'fraction'>): PlannedPayment['to'] {
  if (kind.to === 'nobody') return { idType: 'MSISDN', idValue: `27799${String(Math.floor(random.fraction() * 1e6)).padStart(6, '0')}` };
  if (kind.to === 'lost') return LOST;
  const able = payable(payee, accounts);
  const others = payee.customers.filter((customer) => !able.includes(customer));
  const among = kind.to === 'blocked' && others.length > 0 ? others : able;
  const { identifiers = [] } = among[Math.floor(random.fraction() * among.length)] ?? {};
  const { idType, idValue } = identifiers[Math.floor(random.fraction() * identifiers.length)] ?? LOST;
  return { idType, idValue };
}

/** More small ones than large ones. */
function amountIn(currency: string, random: Pick<Random, 'fraction'>): string {
  const { least, most, unit, decimals } = AMOUNTS[currency] ?? OTHER_AMOUNTS;
  const wanted = least + (most - least) * random.fraction() ** 2;
  const text = (Math.max(1, Math.round(wanted / unit)) * unit).toFixed(decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, '');
}
