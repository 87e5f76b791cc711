import type { PaymentFacts } from '../exceptions/payment-facts.ts';
import type { StatementRow } from '../transfer/statement.ts';
import { meetingPoint, YOUNG_MS } from './compare.ts';

/** Where payments are had, and the hub is asked: this process, or its operations API. */
export interface DaySource {
  /** Every payment whose last event lies in the time; milliseconds since the epoch, the end not included. */
  payments(fromMs: number, toMs: number): Promise<readonly PaymentFacts[]>;
  /** One that the statement names. */
  payment(transferId: string, flow: PaymentFacts['flow']): Promise<PaymentFacts | undefined>;
  /** The payment once the hub was asked about it; where it was asked too often, as it was. */
  askHub(payment: PaymentFacts): Promise<PaymentFacts>;
}

export interface DayToGather {
  readonly fromMs: number;
  readonly toMs: number;
  readonly statement: readonly StatementRow[] | undefined;
  /** Payments of other days that are compared, too. */
  readonly besides?: readonly Pick<StatementRow, 'transferId' | 'direction'>[];
  /** Whether the hub is asked about payments of which it has not said how they ended. */
  readonly askHub: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Questions to the hub in one run. What is left of a day with more is asked about by the next run. */
  readonly questionsMax: number;
}

/** Each question waits as long as a callback may take. */
const AT_ONCE = 32;

export interface GatheredDay {
  readonly payments: readonly PaymentFacts[];
  readonly asked: number;
  readonly unasked: number;
}

/**
 * Gathers what is to be compared: the payments whose last event lies in the day, those that the statement names besides, and the
 * hub's word on those that have none, asked for now. `asked`: how many the hub was asked about; `unasked`: how many are left for the next run.
 */
export async function gatherDay(
  source: DaySource,
  { fromMs, toMs, statement, besides = [], askHub, now, questionsMax }: DayToGather,
): Promise<GatheredDay> {
  const ofDay = await source.payments(fromMs, toMs);
  const known = new Set(ofDay.map(meetingPoint));
  const others = new Map(
    [...besides, ...(statement ?? [])].filter((row) => !known.has(meetingPoint(row))).map((row) => [meetingPoint(row), row]),
  );
  const named = await eachOf([...others.values()], ({ transferId, direction }) =>
    source.payment(transferId, direction === 'in' ? 'payee' : 'payer'),
  );
  const payments = [...ofDay, ...named.filter((one) => one !== undefined)];
  const all = askHub ? payments.filter((payment) => isSilent(payment, now)) : [];
  const silent = all.slice(0, questionsMax);
  const answers = await eachOf(silent, (payment) => source.askHub(payment));
  const fresh = new Map(answers.map((payment) => [meetingPoint(payment), payment]));
  return {
    payments: payments.map((payment) => fresh.get(meetingPoint(payment)) ?? payment),
    asked: silent.length,
    unasked: all.length - silent.length,
  };
}

/** Nobody has said how it ended; about what the hub has acknowledged lately it is asked by itself. */
function isSilent({ settled, hub, startedAt }: PaymentFacts, now: number): boolean {
  if (settled !== undefined) return false;
  return hub === 'UNKNOWN' || (hub === 'ACKNOWLEDGED' && now - startedAt >= YOUNG_MS);
}

/** Does it for each, some at a time. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let begin = 0; begin < items.length; begin += AT_ONCE)
    results.push(...(await Promise.all(items.slice(begin, begin + AT_ONCE).map(work))));
  return results;
}
