import type { ErrorInformation, TransfersIdPutResponse, TransfersPostRequest } from '@payment-manager/fspiop';
import type { HubMessage, NewMessage } from './hub-message.ts';
import type { Position, PositionChange } from './positions.ts';

/**
 * A transfer as the hub knows it (docs/protocol.md, 9). RESERVED: the payer's position is held, the payee has been or is being asked.
 * ABORTED carries the reason; a prepare that was refused is ABORTED at once, with nothing held.
 */
export interface HubTransfer {
  readonly transferId: string;
  readonly payerFsp: string;
  readonly payeeFsp: string;
  readonly currency: string;
  /** Decimal text. */
  readonly amount: string;
  readonly condition: string;
  /** Wall clock, ms. */
  readonly expiration: number;
  /** Of the prepare's content: tells a resend from a modified one (docs/protocol.md, 10). */
  readonly contentHash: string;
  /** Version in which the payer is answered. */
  readonly payerVersion: string;
  readonly state: 'RESERVED' | 'COMMITTED' | 'ABORTED';
  readonly fulfil?: Fulfil;
  /** Why it was aborted. */
  readonly error?: ErrorInformation;
  /** The message that told the payer the outcome: repeated for a repeated prepare. */
  readonly payerCallback?: HubMessage;
  /** The last message that told the payee the outcome (PATCH or error): repeated for a repeated fulfil. */
  readonly payeeCallback?: HubMessage;
  /** When the outcome was decided (wall clock, ms). */
  readonly completedAt?: number;
}

/** The payee's answer, as accepted. */
export interface Fulfil {
  readonly contentHash: string;
  readonly transferState: 'RESERVED' | 'COMMITTED';
  readonly version: string;
  readonly fulfilment?: string;
  readonly completedTimestamp?: string;
}

/** A participant as the decisions need it. */
export interface ParticipantView {
  readonly fspId: string;
  readonly currencies: readonly string[];
}

/** What the decisions may look up. */
export interface SchemeView {
  participant(fspId: string): ParticipantView | undefined;
  position(fspId: string, currency: string): Position | undefined;
}

/** A prepare that passed the checks of form, identity and signature. */
export interface PrepareMessage {
  readonly source: string;
  readonly destination?: string;
  readonly body: TransfersPostRequest;
  readonly contentHash: string;
  readonly answerVersion: string;
  readonly relay: HubMessage;
}

/** A fulfil that passed the same checks. */
export interface FulfilMessage {
  readonly transferId: string;
  readonly source: string;
  readonly destination?: string;
  readonly body: TransfersIdPutResponse;
  readonly contentHash: string;
  readonly version: string;
  readonly relay: HubMessage;
}

/** An error callback of the payee. */
export interface RefusalMessage {
  readonly transferId: string;
  readonly source: string;
  readonly error: ErrorInformation;
  readonly version: string;
  readonly relay: HubMessage;
}

/** What a message means: the transfer's new state, what moves, and what the hub owes to whom. */
export interface Decision {
  readonly transfer?: HubTransfer;
  readonly positions?: readonly PositionChange[];
  readonly owed: readonly NewMessage[];
}

/** Nothing changes, nothing is owed. */
export const NOTHING: Decision = { owed: [] };

/** True from transfers 1.1 on: only then is there a PATCH (docs/protocol.md, 3). */
export function hasPatch(version: string): boolean {
  return version !== '1.0';
}
