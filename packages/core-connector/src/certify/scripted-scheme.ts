import { Decimal } from '../expression/decimal.ts';
import type { NewPayment, Offer, Payments, Seen } from '../send/payments.ts';

type Time = { now(): number; after(ms: number, run: () => void): unknown };

/** What happens to a call: it never arrives; it is done, and the answer is lost. */
export type SchemeFault = 'lost-before' | 'lost-after';

interface Made {
  readonly transferId: string;
  /** What the DFSP calls it. */
  readonly homeTransactionId: string;
  readonly offer: Offer;
  /** What the core held for it when its price was accepted. */
  held?: string;
  state: 'offered' | 'open' | 'committed' | 'not-committed';
  acceptedAt?: number;
}

/** The scheme's side of payments: it prices, takes an acceptance while the price is good, and says sooner or later how it ended. */
export class ScriptedScheme implements Payments {
  tellsPersons = true;
  readonly made = new Map<string, Made>();
  readonly calls: string[] = [];
  fault: (call: string) => SchemeFault | undefined = () => undefined;
  /** What comes of what was accepted, and how long after. `never`: nobody ever says. By their homeTransactionId what comes of those that end otherwise. */
  outcome: 'committed' | 'not-committed' | 'never' = 'committed';
  readonly outcomes = new Map<string, 'committed' | 'not-committed'>();
  decidesMs = 2_000;
  priceMs = 60_000;
  price: Partial<Offer> = {};
  /** What the payee's side takes. */
  commission = '0.25';
  /** It accepts by itself, as it must not. */
  acceptsItself = false;
  /** What the core held in all when a price was accepted. */
  readonly heldAtAcceptance: string[] = [];
  held: (transferId: string) => string = () => '';
  readonly #time: Time;
  readonly #newId: () => string;

  /** `newId`: of a payment that is begun, its transferId. */
  constructor(time: Time, newId: () => string) {
    this.#time = time;
    this.#newId = newId;
  }

  start({ key, request }: NewPayment): Promise<Seen> {
    return this.#call('start', () => {
      const known = this.made.get(key);
      const id = known?.transferId ?? this.#newId();
      const { amount, currency, amountType, to } = request;
      const made: Made = known ?? {
        transferId: id,
        homeTransactionId: request.homeTransactionId,
        offer: {
          quoteId: `q-${id}`,
          currency,
          transferAmount: amountType === 'SEND' ? amount : more(amount, this.commission),
          payeeReceiveAmount: amountType === 'SEND' ? more(amount, `-${this.commission}`) : amount,
          expiration: this.#time.now() + this.priceMs,
          payee: { ...to, fspId: 'them', displayName: 'Thandi' },
          ...this.price,
        },
        state: 'offered',
      };
      this.made.set(key, made);
      if (this.acceptsItself) this.#accept(made);
      return made;
    });
  }

  accept(transferId: string, offer: Offer): Promise<Seen> {
    return this.#call('accept', () => {
      const made = this.#find(transferId);
      if (made?.state === 'offered' && made.offer.quoteId === offer.quoteId) {
        if (this.#time.now() < made.offer.expiration) this.#accept(made);
        else made.state = 'not-committed';
      }
      return made;
    });
  }

  reject(transferId: string): Promise<Seen> {
    return this.#call('reject', () => {
      const made = this.#find(transferId);
      if (made?.state === 'offered') made.state = 'not-committed';
      return made;
    });
  }

  ask(transferId: string): Promise<Seen> {
    return this.#call('ask', () => this.#find(transferId));
  }

  async watch(transferId: string, waitMs: number): Promise<Seen> {
    const until = this.#time.now() + waitMs;
    for (;;) {
      const made = this.#find(transferId);
      if (made?.state === 'committed' || made?.state === 'not-committed' || this.#time.now() >= until)
        return this.#call('watch', () => made);
      await this.#after(500);
    }
  }

  #accept(made: Made): void {
    if (made.state !== 'offered') return;
    made.state = 'open';
    made.acceptedAt = this.#time.now();
    made.held = this.held(made.transferId);
    this.heldAtAcceptance.push(made.held);
    const outcome = this.outcomes.get(made.homeTransactionId) ?? this.outcome;
    if (outcome !== 'never')
      this.#time.after(this.decidesMs, () => {
        made.state = outcome;
      });
  }

  #find(transferId: string): Made | undefined {
    return [...this.made.values()].find((made) => made.transferId === transferId);
  }

  async #call(name: string, does: () => Made | undefined): Promise<Seen> {
    const fault = this.fault(name);
    this.calls.push(name);
    await this.#after(5);
    const lost: Seen = { kind: 'no-answer', reason: 'the connection was lost' };
    if (fault === 'lost-before') return lost;
    const made = does();
    return fault === 'lost-after' || made === undefined ? lost : seen(made);
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#time.after(ms, () => resolve()));
  }
}

function seen({ transferId, offer, state }: Made): Seen {
  switch (state) {
    case 'offered':
      return { kind: 'offered', transferId, offer };
    case 'not-committed':
      return { kind: 'not-committed', transferId, code: '5105', message: 'the payee refused' };
    default:
      return { kind: state, transferId };
  }
}

function more(amount: string, by: string): string {
  return Decimal.parse(amount).add(Decimal.parse(by)).toString();
}
