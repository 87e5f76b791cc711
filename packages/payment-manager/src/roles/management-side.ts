import type { OrderAnswer } from '@payment-manager/database';
import type { ExceptionsDoor, ResolveAnswer, RestoredDesk } from '@payment-manager/mojaloop-connector';
import type { ReloadAnswer, ReloadedConfiguration, RunningConfiguration } from '@payment-manager/operations/api';
import type { Finding } from '@payment-manager/operations/doctor';
import type { OutboundAnswer } from '@payment-manager/operations/readiness-test';
import type { World } from '@payment-manager/runtime';
import type { OwnServersElsewhere } from '../onboarding/readiness-order.ts';
import { MANAGEMENT, type OrdersAcross, PAYMENTS, type PaymentsOrders, SEEK_PEERS } from './orders-across.ts';
import { type WatchedPayments, watchPayments } from './watch-payments.ts';

/** Of an order that was not done, or not as far as is known: what is thrown instead of an answer. */
export type Refuse = (why: { readonly code: string; readonly message: string; readonly status: number }) => Error;

/** The processes with the role `payments`, as the one with the role `management` sees them. */
export interface PaymentsElsewhere extends WatchedPayments {
  /** `local` answers what is asked; what changes anything is ordered. */
  desk(local: ExceptionsDoor, refuse: Refuse): ExceptionsDoor;
  restored(local: RestoredDesk, refuse: Refuse): RestoredDesk;
  /** In each process that runs; the first that refuses says why. */
  reloadConnector(refuse: Refuse): Promise<ReloadAnswer>;
  /** Of this process and of all others. */
  configuration(own: NonNullable<RunningConfiguration>): NonNullable<RunningConfiguration>;
  servers(): OwnServersElsewhere;
}

export interface ElsewhereDeps extends Pick<World, 'clock' | 'timers' | 'log'> {
  /** The longest that a person's wish waits for hub or core, milliseconds. */
  readonly callbackMs: number;
  /** Called when something was ordered that this process must read anew. */
  refresh(): Promise<void>;
}

const WAIT_MS = 20_000;
const RELOAD_MS = 120_000;

/** Asks them, and watches how they are. */
export function paymentsElsewhere(orders: OrdersAcross, deps: ElsewhereDeps): PaymentsElsewhere {
  const { callbackMs, refresh } = deps;
  const watched = watchPayments(orders, deps);

  async function order<Kind extends keyof PaymentsOrders>(
    to: string,
    kind: Kind,
    what: PaymentsOrders[Kind],
    waitMs: number,
    refuse: Refuse,
  ) {
    const answer = await orders.ask(to, kind, what, waitMs);
    if (answer.kind === 'answered') return (answer.body as { readonly result: unknown }).result;
    throw refuse(refusalOf(answer));
  }
  const any = <Kind extends keyof PaymentsOrders>(kind: Kind, what: PaymentsOrders[Kind], refuse: Refuse, waitMs = WAIT_MS) =>
    order(PAYMENTS, kind, what, waitMs, refuse);

  return {
    desk: (local, refuse) => ({
      ...local,
      resolve: async (resolution) => (await any('resolve', resolution, refuse, callbackMs + WAIT_MS)) as ResolveAnswer,
    }),
    restored(local, refuse) {
      const changed = async <T>(done: Promise<unknown>): Promise<T> => {
        const result = await done;
        await refresh();
        return result as T;
      };
      return {
        last: () => local.last(),
        take: (rows, from) =>
          changed(any('restored-take', { rows: rows.map((row) => ({ ...row, amount: String(row.amount) })), from }, refuse)),
        readIn: (report) => changed(any('restored-read-in', report, refuse)),
        nothingMissing: (word) => changed(any('restored-nothing-missing', word, refuse)),
        lift: (word) => changed(any('restored-lift', word, refuse)),
      };
    },
    async reloadConnector(refuse) {
      const told = await watched.look();
      if (told.length === 0) throw refuse(refusalOf({ kind: 'not-taken' }));
      const answers = await Promise.all(told.map(({ name }) => order(name, 'reload-connector', {}, RELOAD_MS, refuse)));
      const reloaded = answers as readonly ReloadAnswer[];
      return (reloaded.find(({ kind }) => kind === 'refused') ??
        reloaded.find(({ kind }) => kind === 'loaded') ??
        reloaded[0]) as ReloadAnswer;
    },
    configuration: (own) => ({
      look: () => own.look(),
      async apply() {
        const told = await watched.look();
        const here = await own.apply();
        if (here.kind === 'refused') return here;
        const refuse: Refuse = ({ message }) => new Error(message);
        const there = await Promise.all(
          told.map(({ name }) =>
            order(name, 'reload-configuration', {}, RELOAD_MS, refuse).then(
              (result) => result as ReloadedConfiguration,
              (error: Error): ReloadedConfiguration => ({ kind: 'refused', problems: `${name}: ${error.message}` }),
            ),
          ),
        );
        return there.find(({ kind }) => kind === 'refused') ?? { ...here, ...connectorOf(there) };
      },
    }),
    servers: () => ({
      async look() {
        return (await any('own-servers', {}, ({ message }) => new Error(message))) as readonly Finding[];
      },
      async call(method, path, body) {
        const answered = any('dfsp-api', { method, path, body }, ({ message }) => new Error(message), callbackMs + WAIT_MS);
        return answered.then(
          (result) => result as OutboundAnswer,
          (error: Error) => ({ failed: error.message, advice: 'Start a process with the role `payments`.' }),
        );
      },
    }),
    ...watched,
  };
}

/** Asks the scheme for keys of peers when a process that takes payments needs one. */
export function serveSeeking(orders: OrdersAcross, seekPeers: () => Promise<void>): void {
  orders.serve([MANAGEMENT], async (kind) => {
    if (kind !== SEEK_PEERS) throw new Error(`This version knows no order ${JSON.stringify(kind)}.`);
    await seekPeers();
    return {};
  });
}

function refusalOf(answer: Exclude<OrderAnswer, { readonly kind: 'answered' }>): Parameters<Refuse>[0] {
  switch (answer.kind) {
    case 'failed':
      return { code: 'NOT_ALLOWED_NOW', message: answer.message, status: 409 };
    case 'not-taken':
      return {
        code: 'PAYMENTS_NOT_ANSWERING',
        message: 'No process with the role `payments` took it in its time. Nothing was done.',
        status: 503,
      };
    case 'no-answer':
      return {
        code: 'PAYMENTS_ANSWER_LOST',
        message: 'The process that took it has not answered: it may be done, and another one goes on with it. Look before you repeat it.',
        status: 503,
      };
  }
}

function connectorOf(reloaded: readonly ReloadedConfiguration[]): { readonly connector?: string } {
  const connector = reloaded.flatMap((one) => (one.kind === 'read' && one.connector !== undefined ? [one.connector] : []))[0];
  return connector === undefined ? {} : { connector };
}
