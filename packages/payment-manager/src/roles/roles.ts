import type { Config } from '@payment-manager/configuration';
import type { Journal } from '@payment-manager/journal';
import type { Connector } from '@payment-manager/mojaloop-connector';
import type { Connection } from '@payment-manager/operations/connection';
import type { HttpServer, World } from '@payment-manager/runtime';
import type { Opened } from '../opened.ts';
import type { PaymentsElsewhere } from './management-side.ts';
import type { OrdersAcross } from './orders-across.ts';
import type { PaymentsSide } from './payments-side.ts';

/** What a process has to do with those of the other role; nothing where one does all. */
export interface Roles {
  readonly orders?: OrdersAcross;
  /** The processes that take payments, where this one does not. */
  readonly elsewhere?: PaymentsElsewhere;
  /** Asks the process that keeps us connected for keys of peers, where this one does not. */
  readonly seekPeers?: () => Promise<void>;
}

export interface RolesParts {
  readonly journal: Pick<Journal, 'mark'>;
  readonly sealingKeyBytes: Uint8Array;
  readonly opened: Opened;
}

/** Opens what a role needs; of a process that does all nothing is loaded. Rejects with DatabaseUnavailable. */
export async function openRoles(config: Config, world: World, { journal, sealingKeyBytes, opened }: RolesParts): Promise<Roles> {
  if (config.role === 'all') return {};
  const { openOrdersAcross } = await import('./orders-across.ts');
  const orders = await openOrdersAcross(config, sealingKeyBytes, world);
  opened.push('orders', () => orders.stop());
  if (config.role === 'payments') {
    const { seekPeersElsewhere } = await import('./payments-side.ts');
    return { orders, seekPeers: () => seekPeersElsewhere(orders) };
  }
  const { paymentsElsewhere } = await import('./management-side.ts');
  const refresh = async (): Promise<void> => journal.mark?.refresh();
  const elsewhere = paymentsElsewhere(orders, { ...world, callbackMs: config.timeouts.callbackMs, refresh });
  opened.push('processes for payments', () => elsewhere.stop());
  return { orders, elsewhere };
}

/** Takes and gives orders from now on: everything that it needs has started. */
export async function serveRole(
  { role }: Pick<Config, 'role'>,
  { orders }: Roles,
  parts: { readonly side: PaymentsSide; readonly connection: Connection | undefined; readonly opened: Opened },
  world: World,
): Promise<void> {
  if (orders === undefined) return;
  if (role === 'payments') {
    const { servePayments } = await import('./payments-side.ts');
    parts.opened.push('orders for payments', servePayments(orders, parts.side, world));
  } else if (parts.connection?.seekPeers !== undefined) {
    const { serveSeeking } = await import('./management-side.ts');
    serveSeeking(orders, parts.connection.seekPeers);
  }
}

/** The two servers that payments come through. */
export interface PaymentServers {
  readonly inbound: HttpServer;
  readonly outbound: HttpServer;
}

/** Where there is none: another process has it. */
const NOT_HERE: HttpServer = { url: '', port: 0, setCredentials() {}, drain() {}, close: async () => {} };

/** Opens them around the start of the engine; a process with the role `management` only sees what others store. */
export async function startPayments(
  { role }: Pick<Config, 'role'>,
  connector: Connector,
  start: { inbound(): Promise<HttpServer>; outbound(): Promise<HttpServer> },
): Promise<PaymentServers> {
  if (role === 'management') {
    connector.watch();
    return { inbound: NOT_HERE, outbound: NOT_HERE };
  }
  // what the engine asks at its start may be answered at once
  const inbound = await start.inbound();
  await connector.start();
  return { inbound, outbound: await start.outbound() };
}
