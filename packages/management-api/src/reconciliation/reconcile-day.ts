import {
  compare,
  type DaySource,
  type Difference,
  type ExceptionsDoor,
  gatherDay,
  meetingPoint,
  type PaymentFacts,
  type StatementRow,
  withoutRunning,
} from '@payment-manager/mojaloop-connector';
import { compareHub, type HubDifferenceCode } from './compare-hub.ts';
import { type DaySum, daySums } from './day-sums.ts';

/** A difference as it is kept with its day. */
export type KeptDifference = Omit<Difference, 'code'> & {
  readonly code: Difference['code'] | HubDifferenceCode;
  readonly amount?: string;
  readonly currency?: string;
};

/** Somebody has put a difference right; it stays so when the day is compared again. */
export interface ResolvedDifference extends Pick<KeptDifference, 'transferId' | 'direction' | 'code'> {
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

/** What was done with a day. */
export interface DayEvent {
  readonly at: number;
  readonly by: string;
  readonly what: 'compared' | 'resolved' | 'closed';
  /** Differences that were left then. */
  readonly left: number;
  readonly reason?: string;
}

/** A business day that was compared. */
export interface ComparedDay {
  readonly date: string;
  /** When, and who asked. */
  readonly at: number;
  readonly by: string;
  readonly payments: number;
  /** Rows of the core’s statement; undefined: there was none, so the core was not compared. */
  readonly statementRows?: number;
  /** Rows of the hub’s own statement; undefined: there was none. */
  readonly hubStatementRows?: number;
  /** Payments that may still end by themselves. */
  readonly running: number;
  /** How many the hub was asked about. */
  readonly asked: number;
  /** How many are left for the next run. */
  readonly unasked: number;
  /** How many payments have each word of the hub's. */
  readonly hub: Readonly<Record<string, number>>;
  /** The first 1,000. */
  readonly differences: readonly KeptDifference[];
  readonly differencesInAll: number;
  /** Absent in days of an earlier version. */
  readonly sums?: readonly DaySum[];
  readonly resolved?: readonly ResolvedDifference[];
  /** The newest 100, the oldest first. */
  readonly events?: readonly DayEvent[];
  readonly closed?: { readonly at: number; readonly by: string; readonly reason: string };
}

export interface DayWish {
  readonly date: string;
  /** Milliseconds since the epoch, the end not included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly statement: readonly StatementRow[] | undefined;
  /** The hub's own, where somebody has it. */
  readonly hubStatement?: readonly StatementRow[] | undefined;
  /** Whether the hub is asked about payments of which it has not said how they ended. */
  readonly askHub: boolean;
  readonly by: string;
  readonly now: number;
}

const PAGE = 1_000;
const SHOWN_MAX = 1_000;
const EVENTS_MAX = 100;
/** Questions to the hub in one run, which somebody waits for. What is left is asked about by the next run. */
const QUESTIONS_MAX = 2_000;

/** Hub, journal and core compared for one day. Changes nothing, but that the hub is asked. */
export async function reconcileDay(desk: ExceptionsDoor, wish: DayWish): Promise<ComparedDay> {
  const { date, statement, hubStatement, by, now } = wish;
  const source: DaySource = {
    payments: (fromMs, toMs) => paymentsOf(desk, fromMs, toMs),
    payment: async (transferId, flow) => (await desk.exception(transferId, flow))?.payment,
    askHub: (payment) => asked(desk, payment, `reconciliation of ${date}`, by),
  };
  const gathered = await gatherDay(source, { ...wish, questionsMax: QUESTIONS_MAX });
  const { payments: present } = gathered;
  const { differences, running } = withoutRunning(compare(present, statement), present, now);
  const atHub = hubStatement === undefined ? [] : compareHub(await withNamed(source, present, hubStatement), hubStatement, now);
  const money = new Map(present.map((payment) => [meetingPoint(payment), payment]));
  const all: readonly KeptDifference[] = [...differences, ...atHub].map((one) => {
    const { amount, currency } = money.get(`${one.direction} ${one.transferId}`) ?? {};
    return { ...one, ...(amount !== undefined && { amount }), ...(currency !== undefined && { currency }) };
  });
  return {
    ...{ date, at: now, by, payments: present.length, running, asked: gathered.asked, unasked: gathered.unasked },
    hub: Object.fromEntries([...Map.groupBy(present, ({ hub }) => hub)].map(([word, ones]) => [word, ones.length])),
    ...(statement !== undefined && { statementRows: statement.length }),
    ...(hubStatement !== undefined && { hubStatementRows: hubStatement.length }),
    differences: all.slice(0, SHOWN_MAX),
    differencesInAll: all.length,
    sums: daySums(present, statement, hubStatement),
  };
}

/** With those of other days that the hub's statement names. */
async function withNamed(
  source: DaySource,
  payments: readonly PaymentFacts[],
  rows: readonly StatementRow[],
): Promise<readonly PaymentFacts[]> {
  const known = new Set(payments.map(meetingPoint));
  const named: PaymentFacts[] = [];
  for (const row of rows) {
    if (known.has(meetingPoint(row))) continue;
    known.add(meetingPoint(row));
    const found = await source.payment(row.transferId, row.direction === 'in' ? 'payee' : 'payer');
    if (found !== undefined) named.push(found);
  }
  return [...payments, ...named];
}

const keyOf = ({ transferId, direction, code }: Pick<KeptDifference, 'transferId' | 'direction' | 'code'>): string =>
  `${code} ${direction} ${transferId}`;

/** How many nobody has put right; what is not listed counts. */
export function differencesLeft({ differences, differencesInAll, resolved = [] }: ComparedDay): number {
  const done = new Set(resolved.map(keyOf));
  return differencesInAll - differences.filter((one) => done.has(keyOf(one))).length;
}

/** The day with an event more. */
export function withEvent(day: ComparedDay, event: Omit<DayEvent, 'left'>): ComparedDay {
  return { ...day, events: [...(day.events ?? []), { ...event, left: differencesLeft(day) }].slice(-EVENTS_MAX) };
}

async function paymentsOf(desk: ExceptionsDoor, fromMs: number, toMs: number): Promise<readonly PaymentFacts[]> {
  const all: PaymentFacts[] = [];
  let after: Awaited<ReturnType<ExceptionsDoor['payments']>>['next'];
  do {
    const page = await desk.payments({ fromMs, toMs, limit: PAGE, ...(after !== undefined && { after }) });
    all.push(...page.payments);
    after = page.next;
  } while (after !== undefined);
  return all;
}

/** As it is after the answer; where it was asked too often, as it was. */
async function asked(desk: ExceptionsDoor, payment: PaymentFacts, reason: string, by: string): Promise<PaymentFacts> {
  const result = await desk.resolve({ id: payment.id, flow: payment.flow, act: { action: 'ask-hub' }, reason, by });
  return result.kind === 'done' ? result.detail.payment : payment;
}
