import { Decimal } from '../expression/decimal.ts';
import type { Value, ValueObject } from '../expression/value.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import type { CoreLedger, LedgerEntry, PostingState, Totals } from './core-double.ts';

/** An entry of the ledger. */
export interface Posting extends LedgerEntry {
  readonly id: string;
  readonly reference: string | undefined;
  readonly key: string | undefined;
  readonly of: Posting | undefined;
  /** The body of its request. */
  readonly said: Value;
  readonly at: string;
  state: PostingState;
  ended: LedgerEntry['ended'];
}

/** What is to be entered. */
export interface Entry {
  readonly kind: EffectKind;
  readonly account: string | undefined;
  readonly amount: Decimal | undefined;
  readonly reference: string | undefined;
  readonly key: string | undefined;
  /** The id, reference or key of the posting that it belongs to. */
  readonly of: string | undefined;
  readonly payment: string | undefined;
  readonly said: Value;
  readonly at: string;
}

/** After how long the core lets go of a hold by itself. */
export interface Lapses {
  readonly afterMs: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

const NONE = Decimal.of(0n);
const ENDS: Readonly<Partial<Record<EffectKind, Posting['ended']>>> = {
  capture: 'CAPTURED',
  release: 'RELEASED',
  suspense: 'RELEASED',
  reverse: 'REVERSED',
};

/** The accounts and postings of a core. An entry is taken whole or refused with a reason; nothing is ever taken out of it. */
export class Ledger implements CoreLedger {
  readonly accounts: readonly ValueObject[];
  readonly postings: Posting[] = [];
  changed: (posting: LedgerEntry) => void = () => {};
  readonly #states: Map<string, string>;
  readonly #lapses: Lapses | undefined;
  /** Holds that may lapse, with when, the first to do so first. */
  readonly #lapsing: { readonly hold: Posting; readonly at: number }[] = [];
  readonly #keptUntil = new Map<Posting, number>();

  /** `lapses`: the core lets go of a hold by itself; absent: it never does. */
  constructor(accounts: readonly Readonly<Record<string, string>>[], lapses?: Lapses) {
    this.#lapses = lapses;
    this.accounts = accounts.map((account) => Object.assign(Object.create(null), account) as ValueObject);
    this.#states = new Map(accounts.map(({ id = '', state = 'OPEN' }) => [id, state]));
  }

  /** The account as it stands. */
  account(id: string | undefined): ValueObject | undefined {
    const found = this.accounts.find((each) => each['id'] === id);
    return found && Object.assign(Object.create(null), found, { state: this.#states.get(id ?? '') });
  }

  /** Keeps a hold for all of its time from now on. @returns why not; undefined: it is kept. */
  renew(name: string): string | undefined {
    const hold = this.find(name);
    if (hold?.kind !== 'hold' || hold.state !== 'DONE') return 'POSTING_UNKNOWN';
    if (hold.ended !== undefined) return 'POSTING_ENDED';
    this.#keep(hold);
    return undefined;
  }

  #keep(hold: Posting): void {
    if (this.#lapses === undefined) return;
    const at = this.#lapses.now() + this.#lapses.afterMs;
    this.#keptUntil.set(hold, at);
    this.#lapsing.push({ hold, at });
  }

  /** Lets go of what is not kept any longer. */
  #lapse(): void {
    const now = this.#lapses?.now() ?? 0;
    for (let first = this.#lapsing[0]; first !== undefined && first.at <= now; first = this.#lapsing[0]) {
      this.#lapsing.shift();
      if (this.#keptUntil.get(first.hold) === first.at) first.hold.ended ??= 'RELEASED';
    }
  }

  /** Closes an account, or opens it again. */
  set(id: string, state: string): void {
    this.#states.set(id, state);
  }

  /** Enters what is asked for. `refuse`: the core refuses whatever it is. `later`: it has taken it, and decides later. */
  enter(
    entry: Entry,
    { refuse, later }: { readonly refuse?: string; readonly later?: boolean } = {},
  ): Posting | { readonly reason: string } {
    this.#lapse();
    const of = entry.of === undefined ? undefined : this.find(entry.of);
    const account = entry.account ?? of?.account ?? '';
    const amount = entry.amount ?? of?.amount ?? NONE;
    const reason = refuse ?? this.#refusal(entry, account, amount, of);
    const posting: Posting = {
      ...entry,
      id: `${entry.kind.slice(0, 1).toUpperCase()}${this.postings.length + 1}`,
      account,
      amount,
      of,
      payment: entry.payment ?? of?.payment,
      state: reason !== undefined ? 'REFUSED' : later === true ? 'PENDING' : 'DONE',
      ended: undefined,
    };
    this.postings.push(posting);
    if (posting.state === 'DONE') this.#done(posting);
    return reason === undefined ? posting : { reason };
  }

  /** Decides a posting that was taken. */
  decide(entry: LedgerEntry, as: 'DONE' | 'REFUSED'): void {
    const posting = this.postings.find((each) => each === entry);
    if (posting?.state !== 'PENDING') return;
    this.#lapse();
    posting.state = as === 'DONE' && this.#refusal(posting, posting.account, posting.amount, posting.of) === undefined ? 'DONE' : 'REFUSED';
    if (posting.state === 'DONE') this.#done(posting);
  }

  find(name: string): Posting | undefined {
    this.#lapse();
    return this.postings.findLast(({ id, reference, key, state }) => state !== 'REFUSED' && [id, reference, key].includes(name));
  }

  /** The postings as the expressions of a plan see them. */
  get seen(): readonly ValueObject[] {
    return this.postings.map((posting) => this.see(posting));
  }

  see({ of, ...posting }: Posting): ValueObject {
    return Object.assign(Object.create(null), posting, { of: of?.id });
  }

  totals(payment?: string): Totals {
    this.#lapse();
    return totalsOf(this.postings, payment);
  }

  faults(): readonly string[] {
    return [];
  }

  #refusal({ kind }: Pick<Entry, 'kind'>, account: string, amount: Decimal, of: Posting | undefined): string | undefined {
    // a posting in suspense may let go of the hold that it stands for, and needs none
    const ends = kind === 'suspense' ? undefined : ENDS[kind];
    if (ends !== undefined && of?.state !== 'DONE') return 'POSTING_UNKNOWN';
    if (ends !== undefined && of?.ended !== undefined) return 'POSTING_ENDED';
    if (kind === 'capture' && of !== undefined && amount.compare(of.amount) !== 0) return 'AMOUNT_DIFFERS';
    if (amount.units <= 0n) return 'AMOUNT';
    if (kind === 'suspense' || kind === 'release' || kind === 'reverse') return undefined;
    const state = this.#states.get(account);
    if (state === undefined) return 'ACCOUNT_UNKNOWN';
    return state === 'OPEN' ? undefined : `ACCOUNT_${state}`;
  }

  #done(posting: Posting): void {
    const ends = ENDS[posting.kind];
    if (ends !== undefined && posting.of !== undefined) posting.of.ended = ends;
    if (posting.kind === 'hold') this.#keep(posting);
    this.changed(posting);
  }
}

/** What is held, booked and in suspense by postings: of a payment, or of all. */
export function totalsOf(postings: readonly LedgerEntry[], payment?: string): Totals {
  const of = (wanted: (posting: LedgerEntry) => boolean): Decimal =>
    postings.reduce(
      (sum, each) =>
        each.state === 'DONE' && (payment === undefined || each.payment === payment) && wanted(each) ? sum.add(each.amount) : sum,
      NONE,
    );
  const reversed = of(({ kind }) => kind === 'reverse');
  return {
    held: of(({ kind, ended }) => kind === 'hold' && ended === undefined),
    booked: of(({ kind }) => kind === 'capture' || kind === 'credit' || kind === 'debit').subtract(reversed),
    suspense: of(({ kind }) => kind === 'suspense'),
  };
}
