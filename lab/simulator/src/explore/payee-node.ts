import { conditionOf, type TransfersPostRequest } from '@payment-manager/fspiop';
import type { ConnectorSettings, flows } from '@payment-manager/mojaloop-connector';
import { PAYEE, PAYER } from '../scenario/parties.ts';
import type { Step } from './explore.ts';
import { type RecordNode, take } from './record.ts';
import type { Mark } from './restored.ts';

/** What the hub may have sent to us; it may arrive at any time from then on, and more than once. */
export type PayeeLetter = 'COMMITTED' | 'ABORTED';

/** The world around one quote of ours and the transfer that spends it. */
export interface PayeeNode {
  readonly record: RecordNode<flows.PayeeState, flows.PayeeEvent>;
  readonly hub: 'none' | 'reserved' | 'committed' | 'aborted';
  readonly letters: readonly PayeeLetter[];
  readonly core: CoreTruth;
  /** A person's question is under way, or was answered; each does one such thing. */
  readonly person: 'idle' | 'asks the hub' | 'asks the core' | 'acted';
  /** The hub has said something that is not true. */
  readonly lied: boolean;
  /** So much our clock was set forward while we were down; the hub's and the core's were not. */
  readonly jumpedMs: number;
  /** An error about our fulfil came that decides nothing. */
  readonly doubted: boolean;
  readonly copy?: flows.PayeeState;
  readonly mark?: Mark;
  /** What the world remembers and a journal that was put back may have forgotten. */
  readonly forgotten?: Forgotten;
}

/** What was said and done before a restore. */
export interface Forgotten {
  readonly prepare?: Extract<flows.PayeeInput, { type: 'prepare' }>;
  /** The fulfil may have left. */
  readonly fulfil?: 'RESERVED' | 'COMMITTED';
  /** The core was told how it ended. */
  readonly told: boolean;
}

/** What the core has really done, whatever it said. */
export interface CoreTruth {
  readonly booked: 'no' | 'reserved' | 'credited' | 'committed' | 'released';
  /** Effective reserves or credits. */
  readonly effects: number;
  /** Key of the last call that left. */
  readonly called?: string;
  /** Until then a call that left may still be executed. */
  readonly mayRunUntil: number;
  /** Our process died since it began the call. */
  readonly resumed: boolean;
  /** The call that left last was not the first that may have been executed. */
  readonly repeats: boolean;
  /** A call left although the one before may have been executed, and the core is not declared repeatable. */
  readonly calledTwice: boolean;
}

/** What all nodes of a model have in common. */
export interface PayeeSurroundings {
  /** Does a person only settle what is before them, or also ask hub and core, and have the core told again? */
  readonly person: 'settles' | 'acts';
  readonly settings: ConnectorSettings;
  readonly flow: flows.PayeeFlow;
  readonly hubAheadMs: number;
  /** The journal is put back to an older copy once. */
  readonly restores: boolean;
  readonly version: string;
}

export const TRANSFER = '00000000-0000-4000-8000-000000000001';
export const AMOUNT = { currency: 'USD', amount: '10' };
export const CONDITION = conditionOf(Buffer.alloc(32, 7).toString('base64url'));

/** Expiration of the prepare, also of one that the journal has forgotten. */
export function payeeExpiration({ record, forgotten }: PayeeNode): number | undefined {
  const prepare = record.state.prepare ?? forgotten?.prepare?.prepare;
  return prepare === undefined ? undefined : Date.parse(prepare.expiration);
}

/** Whether the hub's clock is past the expiration. */
export const hubExpired = (world: PayeeSurroundings, node: PayeeNode): boolean =>
  node.record.now + world.hubAheadMs - node.jumpedMs >= (payeeExpiration(node) ?? Number.POSITIVE_INFINITY);

/** A step that delivers an input to the record. */
export function payeeInput(
  world: PayeeSurroundings,
  node: PayeeNode,
  label: string,
  given: flows.PayeeInput,
  change: Partial<PayeeNode> = {},
): Step<PayeeNode> {
  return { label, to: { ...node, ...change, record: take(world.flow, node.record, given).record } };
}

/** A prepare as the hub forwards it. */
export function prepareInput(
  world: PayeeSurroundings,
  now: number,
  lifetimeMs: number,
  change: Partial<TransfersPostRequest> = {},
): Extract<flows.PayeeInput, { type: 'prepare' }> {
  const prepare: TransfersPostRequest = {
    transferId: TRANSFER,
    payerFsp: PAYER,
    payeeFsp: PAYEE,
    amount: AMOUNT,
    ilpPacket: 'AA',
    condition: CONDITION,
    expiration: new Date(now + lifetimeMs).toISOString(),
    ...change,
  };
  return { type: 'prepare', prepare, hash: JSON.stringify(change), asked: { source: PAYER, version: world.version } };
}
