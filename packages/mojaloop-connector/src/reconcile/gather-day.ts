import type { PaymentFacts } from '../exceptions/payment-facts.ts';
import type { StatementRow } from '../transfer/statement.ts';
import { meetingPoint } from './compare.ts';

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
  /** Whether the hub is to be asked about it. */
  readonly isSilent: (payment: PaymentFacts) => boolean;
  /** Questions to the hub in one run. What is left of a day with more is asked about by the next run. */
  readonly questionsMax: number;
}

/** Each question waits as long as a callback may take. */
const AT_ONCE = 32;

/**
 * Gathers what is to be compared: the payments whose last event lies in the day, those that the statement names besides, and the
 * hub's word on those that have none, asked for now. `asked`: how many the hub was asked about.
 */
export async function gatherDay(
  source: DaySource,
  { fromMs, toMs, statement, isSilent, questionsMax }: DayToGather,
): Promise<{ readonly payments: readonly PaymentFacts[]; readonly asked: number }> {
  const ofDay = await source.payments(fromMs, toMs);
  const known = new Set(ofDay.map(meetingPoint));
  const others = new Map((statement ?? []).filter((row) => !known.has(meetingPoint(row))).map((row) => [meetingPoint(row), row]));
  const named = await eachOf([...others.values()], ({ transferId, direction }) =>
    source.payment(transferId, direction === 'in' ? 'payee' : 'payer'),
  );
  const payments = [...ofDay, ...named.filter((one) => one !== undefined)];
  const silent = payments.filter(isSilent).slice(0, questionsMax);
  const answers = await eachOf(silent, (payment) => source.askHub(payment));
  const fresh = new Map(answers.map((payment) => [meetingPoint(payment), payment]));
  return { payments: payments.map((payment) => fresh.get(meetingPoint(payment)) ?? payment), asked: silent.length };
}

/** Does it for each, some at a time. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let begin = 0; begin < items.length; begin += AT_ONCE)
    results.push(...(await Promise.all(items.slice(begin, begin + AT_ONCE).map(work))));
  return results;
}
