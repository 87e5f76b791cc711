import { makesPayments } from '../door/capabilities.ts';
import { Decimal } from '../expression/decimal.ts';
import type { CoreCall } from './core-double.ts';
import type { Fault } from './fault.ts';
import { bookedIn } from './judge-payment.ts';
import type { Lives } from './lives.ts';
import { chancesOf } from './random-payments.ts';
import { type Candidate, effectsOf } from './rig.ts';
import type { ScriptedScheme } from './scripted-scheme.ts';
import { faultsOfSend, type JudgedSends, type SendHub, type SendTerms, sendMoney } from './send-payment.ts';

/** For each so many payments to our customers one of theirs. */
const AMONG = 4;
const FAULTY_SCHEME = 0.1;
const BEGUN_WITHIN_MS = 60_000;

interface Around {
  readonly candidate: Candidate;
  pause(ms: number): Promise<void>;
  /** From 0 to 1. */
  chance(): number;
}

/** A payment of our customer, by what the DFSP calls it. */
interface Sent {
  readonly home: string;
  readonly transferId: string | undefined;
}

/** Our own customers, who pay while the process is killed. Undefined: the connector makes no payments of theirs. */
export function killedSends(around: Around, lives: Lives, scheme: ScriptedScheme): KilledSends | undefined {
  return makesPayments(around.candidate.connector) ? new KilledSends(around, lives, scheme) : undefined;
}

/** Their payments, through deaths of the process; see `killedSends`. */
export class KilledSends implements SendHub {
  readonly plan: Candidate['plan'];
  readonly scheme: ScriptedScheme;
  readonly sent: Sent[] = [];
  readonly throughSends: SendHub['throughSends'];
  readonly #around: Around;
  readonly #fault: (call: CoreCall) => Fault | undefined;

  constructor(around: Around, lives: Lives, scheme: ScriptedScheme) {
    const { candidate } = around;
    this.#around = around;
    this.plan = candidate.plan;
    this.scheme = scheme;
    this.throughSends = (ask) => lives.throughSends(ask);
    const effects = effectsOf(candidate.connector).filter(({ operation }) => operation.startsWith('send.'));
    const chances = chancesOf(candidate, effects);
    this.#fault = (call) => chances(call, () => around.chance());
  }

  pause(ms: number): Promise<void> {
    return this.#around.pause(ms);
  }

  /** Payments of both ends go before: each enquiry has found something. */
  async warm(): Promise<void> {
    for (const wanted of ['committed', 'not-committed'] as const) await this.#pay(`before-${wanted}`, { wanted, word: 'accepts' });
  }

  /** They pay, and some change their mind; as many as go with so many payments to them. */
  payAll(payments: number): Promise<unknown> {
    const { chance } = this.#around;
    return Promise.all(
      Array.from({ length: Math.ceil(payments / AMONG) }, async (_, nth) => {
        await this.pause(chance() * BEGUN_WITHIN_MS);
        const word = chance();
        const wanted = chance() < 0.6 ? 'committed' : 'not-committed';
        await this.#pay(`home-${nth}`, { wanted, word: word < 0.85 ? 'accepts' : word < 0.95 ? 'refuses' : 'never' });
      }),
    );
  }

  async #pay(home: string, terms: Pick<SendTerms, 'wanted' | 'word'>): Promise<void> {
    const { amounts } = this.plan;
    const { chance } = this.#around;
    const amount = amounts[Math.floor(chance() * amounts.length)] ?? '1';
    const transferId = await sendMoney(this, { ...terms, amount, amountType: chance() < 0.5 ? 'SEND' : 'RECEIVE' }, home);
    this.sent.push({ home, transferId });
  }

  /** The fault of a call about one of these payments; `other`: it is about none of them. */
  faultOf(call: CoreCall): Fault | undefined | 'other' {
    const isOurs = [...this.scheme.made.values()].some(({ transferId }) => transferId === call.payment);
    return isOurs ? this.#fault(call) : 'other';
  }

  /** From now on the scheme loses some questions and answers. */
  disturb(met: () => void): void {
    const { chance } = this.#around;
    this.scheme.fault = () => {
      if (chance() > FAULTY_SCHEME) return undefined;
      met();
      return chance() < 0.5 ? 'lost-before' : 'lost-after';
    };
  }

  calm(): void {
    this.scheme.fault = () => undefined;
  }

  /** What is wrong, what the records say is booked, and what was committed in all. */
  async judged(books: JudgedSends) {
    const faults: string[] = [];
    let [records, outcomes] = [Decimal.of(0n), Decimal.of(0n)];
    for (const { home, transferId } of this.sent) {
      faults.push(...(await faultsOfSend(books, transferId, home)).map((fault) => `${home}: ${fault}`));
      const core = transferId === undefined ? undefined : await books.payerState(transferId);
      const state = transferId === undefined ? undefined : await books.sendState(transferId);
      if (core !== undefined) records = records.add(bookedIn(core));
      const committed = [...this.scheme.made.values()].some((each) => each.homeTransactionId === home && each.state === 'committed');
      if (committed) outcomes = outcomes.add(Decimal.parse(state?.total ?? '0'));
    }
    return { faults, records, outcomes };
  }
}
