import type { ConnectorSettings, flows } from '@payment-manager/mojaloop-connector';
import type { RecordNode } from './record.ts';
import type { Mark } from './restored.ts';

/** What the hub may have sent to us about the transfer; it may arrive at any time from then on, and more than once. */
export type Letter = 'COMMITTED' | 'ABORTED' | 'error-3303' | 'error-3100' | 'error-2001' | '3208 before' | '3208 after';

/** The world around one payment of ours. */
export interface PayerNode {
  readonly record: RecordNode<flows.PayerState, flows.PayerEvent>;
  /** Where our prepare is. `under way` may arrive until the hub's clock has passed its expiration. */
  readonly prepare: 'here' | 'under way' | 'arrived' | 'never arrives';
  readonly hub: 'none' | 'reserved' | 'committed' | 'aborted';
  readonly letters: readonly Letter[];
  /** A GET of ours, outside the ladder, is under way. */
  readonly asking: boolean;
  /** A person has asked the hub. */
  readonly personAsked: boolean;
  /** The hub has said something that is not true. */
  readonly lied: boolean;
  /** The payee has refused what it has not, or what the hub has not heard of. */
  readonly payeeLied: boolean;
  readonly confirmations: number;
  readonly copy?: flows.PayerState;
  readonly mark?: Mark;
  /** Expiration of the prepare that a journal which was put back may have forgotten. */
  readonly forgottenExpiration?: number;
}

/** What all nodes of a model have in common. */
export interface Surroundings {
  /** Does a person only settle what is before them, or also ask hub and core, and have the core told again? */
  readonly person: 'settles' | 'acts';
  readonly settings: ConnectorSettings;
  readonly flow: flows.PayerFlow;
  readonly hubAheadMs: number;
  /** The journal is put back to an older copy once. */
  readonly restores: boolean;
}

/** Expiration of the prepare, also of one that the journal has forgotten. */
export function expirationOf({ record, forgottenExpiration }: PayerNode): number | undefined {
  const { prepare } = record.state;
  return prepare === undefined ? forgottenExpiration : Date.parse(prepare.expiration);
}
/** The hub's clock. */
export const hubNow = (world: Surroundings, node: PayerNode): number => node.record.now + world.hubAheadMs;
/** Has the transfer expired by the hub's clock? */
export const hubExpired = (world: Surroundings, node: PayerNode): boolean =>
  hubNow(world, node) >= (expirationOf(node) ?? Number.POSITIVE_INFINITY);
