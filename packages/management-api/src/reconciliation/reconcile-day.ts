import {
  compare,
  type DaySource,
  type Difference,
  type ExceptionsDoor,
  gatherDay,
  type PaymentFacts,
  type StatementRow,
  withoutRunning,
} from '@payment-manager/mojaloop-connector';

/** A business day that was compared. */
export interface ComparedDay {
  readonly date: string;
  /** When, and who asked. */
  readonly at: number;
  readonly by: string;
  readonly payments: number;
  /** Rows of the core’s statement; undefined: there was none, so the core was not compared. */
  readonly statementRows?: number;
  /** Payments that may still end by themselves. */
  readonly running: number;
  /** How many the hub was asked about. */
  readonly asked: number;
  /** How many are left for the next run. */
  readonly unasked: number;
  /** How many payments have each word of the hub's. */
  readonly hub: Readonly<Record<string, number>>;
  /** The first 1,000. */
  readonly differences: readonly Difference[];
  readonly differencesInAll: number;
  readonly closed?: { readonly at: number; readonly by: string; readonly reason: string };
}

export interface DayWish {
  readonly date: string;
  /** Milliseconds since the epoch, the end not included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly statement: readonly StatementRow[] | undefined;
  /** Whether the hub is asked about payments of which it has not said how they ended. */
  readonly askHub: boolean;
  readonly by: string;
  readonly now: number;
}

const PAGE = 1_000;
const SHOWN_MAX = 1_000;
/** Questions to the hub in one run, which somebody waits for. What is left is asked about by the next run. */
const QUESTIONS_MAX = 2_000;

/** Hub, journal and core compared for one day. Changes nothing, but that the hub is asked. */
export async function reconcileDay(desk: ExceptionsDoor, wish: DayWish): Promise<ComparedDay> {
  const { date, statement, by, now } = wish;
  const source: DaySource = {
    payments: (fromMs, toMs) => paymentsOf(desk, fromMs, toMs),
    payment: async (transferId, flow) => (await desk.exception(transferId, flow))?.payment,
    askHub: (payment) => asked(desk, payment, `reconciliation of ${date}`, by),
  };
  const gathered = await gatherDay(source, { ...wish, questionsMax: QUESTIONS_MAX });
  const { payments: present } = gathered;
  const { differences, running } = withoutRunning(compare(present, statement), present, now);
  return {
    ...{ date, at: now, by, payments: present.length, running, asked: gathered.asked, unasked: gathered.unasked },
    hub: Object.fromEntries([...Map.groupBy(present, ({ hub }) => hub)].map(([word, ones]) => [word, ones.length])),
    ...(statement !== undefined && { statementRows: statement.length }),
    differences: differences.slice(0, SHOWN_MAX),
    differencesInAll: differences.length,
  };
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
