import type { Config } from '@payment-manager/configuration';
import type { Connector, RestoredDesk } from '@payment-manager/mojaloop-connector';
import type { RunningConfiguration, RunningCoreConnector } from '@payment-manager/operations/api';
import { type AlarmEntry, every, membersIn, type World } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import { ownServers } from '../onboarding/readiness-order.ts';
import type { ToldConnector } from '../open-core.ts';
import {
  MANAGEMENT,
  type OrdersAcross,
  PAYMENTS,
  type PaymentsOrders,
  SEEK_PEERS,
  TELL_EVERY_MS,
  type ToldPayments,
} from './orders-across.ts';

/** What a process that takes payments does when it is ordered to, and tells of itself. */
export interface PaymentsSide {
  readonly config: Config;
  readonly connector: Pick<Connector, 'desk' | 'restored' | 'outbound'>;
  /** Undefined: there is no vault. */
  readonly environment: Environment | undefined;
  readonly coreConnector: RunningCoreConnector;
  readonly configuration: RunningConfiguration;
  ready(): Promise<boolean>;
  alarms(): readonly AlarmEntry[];
  /** Undefined: the core is reached over HTTP. */
  connectorNow(): ToldConnector | undefined;
}

const SEEK_MS = 5_000;

type Doings = { readonly [Kind in keyof PaymentsOrders]: (order: PaymentsOrders[Kind], name: string) => Promise<object | string> };
/** A row whose amount went as text: JSON has no number of that kind. */
type SentRow = Parameters<RestoredDesk['take']>[0][number];

/** Does what the process with the role `management` orders, and tells how it is; answers what ends the telling. */
export function servePayments(orders: OrdersAcross, side: PaymentsSide, { timers }: Pick<World, 'timers'>): () => void {
  const doings = doingsOf(side);
  orders.serve([PAYMENTS, orders.name], async (kind, body, name) => {
    const doing = doings[kind as keyof Doings] as ((order: unknown, name: string) => Promise<object | string>) | undefined;
    if (doing === undefined) throw new Error(`This version knows no order ${JSON.stringify(kind)}.`);
    return { result: await doing(body, name) };
  });
  const tell = async (): Promise<void> => {
    const connector = side.connectorNow();
    const told: ToldPayments = { ready: await side.ready(), alarms: side.alarms(), ...(connector && { connector }) };
    await orders.tell(told);
  };
  // a database that does not answer is told of elsewhere
  const telling = every(TELL_EVERY_MS, timers, () => tell().catch(() => {}));
  void telling.now();
  return () => telling.stop();
}

/** Has the process with the role `management` ask the scheme for keys of peers. Never rejects: who asked looks again. */
export async function seekPeersElsewhere(orders: OrdersAcross): Promise<void> {
  await orders.ask(MANAGEMENT, SEEK_PEERS, {}, SEEK_MS).catch(() => {});
}

function doingsOf({ config, connector, environment, coreConnector, configuration }: PaymentsSide): Doings {
  const { desk, restored, outbound } = connector;
  return {
    // under one name it is done once, whoever does it
    resolve: (resolution, name) => desk.resolve({ ...resolution, nonce: name }),
    'restored-take': ({ rows, from }) =>
      restored.take(
        rows.map((row) => ({ ...row, amount: BigInt((row as { readonly amount: string }).amount) }) as SentRow),
        from,
      ),
    'restored-read-in': (report) => restored.readIn(report),
    'restored-nothing-missing': (word) => restored.nothingMissing(word),
    'restored-lift': (word) => restored.lift(word),
    async 'dfsp-api'({ method, path, body }) {
      if (!/^\/(?:parties|transfers)(?:\/|$)/.test(path)) throw new Error('Only look-ups and payments are tried.');
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = Buffer.from(body === undefined ? '' : JSON.stringify(body));
      const answered = await outbound({ method, target: path, headers, body: sent, clientAuthenticated: false });
      return { status: answered.status, json: membersIn(Buffer.from(answered.body ?? '')) ?? {} };
    },
    async 'own-servers'() {
      if (environment === undefined) throw new Error('There is no vault.');
      const { lookAtOwnListeners } = await import('@payment-manager/operations/doctor');
      return lookAtOwnListeners(await ownServers(config, environment));
    },
    async 'reload-connector'() {
      if (coreConnector === undefined) throw new Error('The core is reached over HTTP: there is no connector.');
      return coreConnector.reload();
    },
    async 'reload-configuration'() {
      if (configuration === undefined) throw new Error('It was started without a file.');
      return configuration.apply();
    },
  };
}
