import {
  compare,
  type DayEdges,
  type DaySource,
  type Difference,
  type ExceptionsDoor,
  gatherDay,
  meetingPoint,
  type PaymentFacts,
  type StatementRow,
  watchEdges,
  withoutRunning,
} from '@payment-manager/mojaloop-connector';
import { compareHub, type HubDifferenceCode } from './compare-hub.ts';
import { type DaySum, daySums } from './day-sums.ts';
import { coreLookedUp, hubLookedUp, type NearStatements } from './near-days.ts';
import { OtherDay, type Side } from './statement-source.ts';

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
  /** Sides whose statement was pulled for it. */
  readonly pulled?: readonly Side[];
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
  /** Payments that are compared, too, though they are of another day by now. */
  readonly besides?: readonly Pick<KeptDifference, 'transferId' | 'direction'>[];
  /** Which of them nobody has looked at: they must be of this day. */
  readonly pulled?: readonly Side[];
  /** Where a side that was pulled is had for the days around. */
  readonly near?: NearStatements;
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

/** Hub, journal and core compared for one day. Changes nothing, but that the hub is asked. @throws OtherDay */
export async function reconcileDay(desk: ExceptionsDoor, wish: DayWish): Promise<ComparedDay> {
  const { date, statement, hubStatement, pulled = [], near, by, now } = wish;
  const { source, edges } = watchEdges({
    payments: (fromMs, toMs) => paymentsOf(desk, fromMs, toMs),
    payment: async (transferId, flow) => (await desk.exception(transferId, flow))?.payment,
    askHub: (payment) => asked(desk, payment, `reconciliation of ${date}`, by),
  });
  const demanding: DaySource = {
    ...source,
    async payments(fromMs, toMs) {
      const found = await source.payments(fromMs, toMs);
      for (const side of pulled) demandOfDay(side, side === 'core' ? statement : hubStatement, found, edges);
      return found;
    },
  };
  const gathered = await gatherDay(demanding, { ...wish, questionsMax: QUESTIONS_MAX });
  const { payments: present } = gathered;
  const nearOf = (side: Side) =>
    near === undefined || !pulled.includes(side) ? undefined : (some: readonly PaymentFacts[]) => near(side, some, edges);
  const { differences: found, running } = withoutRunning(compare(present, statement), present, now);
  const differences = await coreLookedUp({ differences: found, payments: present, edges, near: nearOf('core') });
  const named = hubStatement === undefined ? [] : await withNamed(source, present, hubStatement);
  const missed = hubStatement === undefined ? [] : compareHub(named, hubStatement, now);
  const atHub = await hubLookedUp({ differences: missed, payments: named, edges, near: nearOf('hub') }, now);
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
    ...(pulled.length > 0 && { pulled }),
    differences: all.slice(0, SHOWN_MAX),
    differencesInAll: all.length,
    sums: daySums(present, statement, hubStatement),
  };
}

/**
 * A statement without a single payment that it must have, of which the hub has committed some, is of another day, or not made yet: it would say of each that
 * it was never booked. Payments that began or ended close to another day do not tell.
 *
 * @throws OtherDay
 */
function demandOfDay(side: Side, rows: readonly StatementRow[] = [], payments: readonly PaymentFacts[], edges: DayEdges): void {
  const ofDay = payments.filter((payment) => edges.isInside(payment));
  const known = new Set(ofDay.map(meetingPoint));
  const committed = ofDay.filter(({ hub }) => hub === 'COMMITTED').length;
  if (committed === 0 || rows.some((row) => known.has(meetingPoint(row)))) return;
  throw new OtherDay(side, `of the day’s payments, ${committed} of them committed, none is among its ${rows.length} rows`);
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
