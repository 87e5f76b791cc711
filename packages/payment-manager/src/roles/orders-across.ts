import { hostname } from 'node:os';
import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { keyFor } from '@payment-manager/credentials';
import { type Orders, openOrders } from '@payment-manager/database';
import type { Resolution, RestoredDesk } from '@payment-manager/mojaloop-connector';
import type { AlarmEntry, World } from '@payment-manager/runtime';
import type { ToldConnector } from '../open-core.ts';

/** What is ordered of a process with the role `payments`, by kind. */
export interface PaymentsOrders {
  readonly resolve: Resolution;
  readonly 'restored-take': { readonly rows: readonly object[]; readonly from: 'hub' | 'core' };
  readonly 'restored-read-in': Parameters<RestoredDesk['readIn']>[0];
  readonly 'restored-nothing-missing': Parameters<RestoredDesk['nothingMissing']>[0];
  readonly 'restored-lift': Parameters<RestoredDesk['lift']>[0];
  /** A request to the API that the DFSP calls, of a readiness test. */
  readonly 'dfsp-api': { readonly method: string; readonly path: string; readonly body?: object | undefined };
  readonly 'own-servers': object;
  readonly 'reload-connector': object;
  readonly 'reload-configuration': object;
}

/** Under this name the process that keeps us connected takes orders; there is one kind. */
export const MANAGEMENT = 'management';
export const SEEK_PEERS = 'seek-peers';
/** Under this name any process that takes payments takes orders; each has a name of its own besides. */
export const PAYMENTS = 'payments';

/** How a process with the role `payments` says that it is. */
export interface ToldPayments {
  readonly ready: boolean;
  /** Alarms of the process; those of payments are in the journal. */
  readonly alarms: readonly AlarmEntry[];
  /** Absent: the core is reached over HTTP, or the process is of a version that did not tell. */
  readonly connector?: ToldConnector;
}

/** How often a process tells of itself, and for how long it is believed. */
export const TELL_EVERY_MS = 3_000;
export const BELIEVED_MS = 15_000;

/** The rows by which processes of different roles ask each other, and this process’s name in them. */
export interface OrdersAcross extends Orders {
  readonly name: string;
}

/** Opens them; all processes have the journal’s key. Rejects with DatabaseUnavailable. */
export async function openOrdersAcross({ role, journal }: Config, sealingKey: Uint8Array, world: World): Promise<OrdersAcross> {
  const { clock, timers, random, log } = world;
  const key = keyFor('orders', sealingKey);
  const name = `${role}-${hostname()}-${process.pid}-${random.uuid().slice(0, 8)}`;
  return { ...(await openOrders({ ...(await postgresAddress(journal)), name, role, key, clock, timers, random, log })), name };
}
