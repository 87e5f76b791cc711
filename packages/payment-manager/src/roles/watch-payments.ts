import type { ReadinessPart } from '@payment-manager/operations/api';
import { type AlarmEntry, alarmBoard, every, type World } from '@payment-manager/runtime';
import type { ToldConnector } from '../open-core.ts';
import { BELIEVED_MS, type OrdersAcross, PAYMENTS, TELL_EVERY_MS, type ToldPayments } from './orders-across.ts';

/** A process that takes payments, and what it says of itself. */
export type Told = ToldPayments & { readonly name: string };

/** A process that takes payments: without a version it tells nothing of a connector. */
export interface ConnectorElsewhere extends Partial<ToldConnector> {
  readonly process: string;
  readonly ready: boolean;
}

/** How the processes that take payments are. */
export interface WatchedPayments {
  /** Alarms of those processes, each once. They tell their webhooks themselves. */
  alarms(): readonly AlarmEntry[];
  /** That there is no such process. */
  missing(): readonly AlarmEntry[];
  /** Each process that takes payments or is about to, with the core connector that it runs. */
  connectors(): readonly ConnectorElsewhere[];
  /** Not `ok`: none takes payments. */
  part(): ReadinessPart;
  stop(): void;
}

/** A start and a renewal take less. */
const MISSED_MS = 30_000;

/** Hears what they say of themselves, again and again; `look` does at once. */
export function watchPayments(
  orders: Pick<OrdersAcross, 'told'>,
  { clock, timers, log }: Pick<World, 'clock' | 'timers' | 'log'>,
): WatchedPayments & { look(): Promise<readonly Told[]> } {
  const board = alarmBoard(clock);
  let told: readonly Told[] = [];
  let heardAt = clock.monotonic();
  const look = async (): Promise<readonly Told[]> => {
    const said = await orders.told(BELIEVED_MS);
    told = said.flatMap(({ name, role, body }) => (role === PAYMENTS ? [{ name, ...(body as ToldPayments) }] : []));
    if (told.length > 0) heardAt = clock.monotonic();
    if (clock.monotonic() - heardAt < MISSED_MS) board.clear('payments', 'PAYMENTS_NOT_RUNNING');
    else {
      const reason = 'no process with the role `payments` says that it runs: no payment is made or received';
      const raised = board.raise({ id: 'payments', code: 'PAYMENTS_NOT_RUNNING', reason });
      if (raised === 'new') log.error(reason, { code: 'PAYMENTS_NOT_RUNNING' });
    }
    return told;
  };
  // a database that does not answer is told of elsewhere
  const looking = every(TELL_EVERY_MS, timers, () => look().catch(() => {}));
  void looking.now();
  return {
    look,
    alarms: () => onceEach(told.flatMap(({ alarms }) => alarms)),
    missing: () => board.alarms(),
    connectors: () => told.map(({ name, ready, connector }) => ({ process: name, ready, ...connector })),
    part() {
      const ready = told.filter((one) => one.ready).length;
      const detail =
        told.length === 0 ? 'no process with the role `payments` says that it runs' : `${ready} of ${told.length} take payments`;
      return { ok: ready > 0, detail };
    },
    stop: () => looking.stop(),
  };
}

/** What several processes see is shown once, since the first of them saw it. */
function onceEach(alarms: readonly AlarmEntry[]): readonly AlarmEntry[] {
  const first = new Map<string, AlarmEntry>();
  for (const alarm of alarms) {
    const key = `${alarm.code} ${alarm.id}`;
    const known = first.get(key);
    if (known === undefined || alarm.since < known.since) first.set(key, alarm);
  }
  return [...first.values()];
}
