import { parseHttpDate } from '@payment-manager/fspiop';
import { isFromBefore } from '../transfer/restored.ts';
import type { CallbackFrom, PayerInput } from './inputs.ts';
import type { PayerSettings } from './settings.ts';
import { type PayerState, prepareExpiration } from './state.ts';

type TransferInput = Extract<PayerInput, { type: 'transfer' }>;
type TransferErrorInput = Extract<PayerInput, { type: 'transfer-error' }>;

/** Date headers have whole seconds: a message may have been written so much later than its Date says. */
const DATE_PRECISION_MS = 1_000;

/** Does `PUT /transfers/{id}/error` prove that the money of an open payment does not move? (docs/money-rules.md, 4) */
export function provesFailure(settings: PayerSettings, state: PayerState, input: TransferErrorInput, now: number): boolean {
  const { errorInformation, from } = input;
  const code = errorInformation.errorCode;
  // a repeat with other content was refused: says nothing of the first
  if (code === '3106') return false;
  if (code === '3208') return now >= prepareExpiration(state) && saysUnknownForGood(state, from);
  // a communication or server error, too, may be the answer to our question instead of the fate of the transfer
  if (/^[12]/.test(code)) return !hasAsked(settings, state);
  return !mayConcernQuestion(settings, state, code, from);
}

/** Does an error say, of a payment that has ended, how the transfer ended? */
export function isFinalError(settings: PayerSettings, state: PayerState, { errorInformation, from }: TransferErrorInput): boolean {
  const code = errorInformation.errorCode;
  return /^[345]/.test(code) && code !== '3106' && code !== '3208' && !mayConcernQuestion(settings, state, code, from);
}

/**
 * Does the hub agree that a failed payment is dead, in answer to the question that was asked after the failure? What the payee says again
 * is not agreement, nor is what was written before the question, nor an error about the question itself (docs/money-rules.md, 2).
 */
export function agreesThatDead(settings: PayerSettings, state: PayerState, input: TransferInput | TransferErrorInput): boolean {
  const { confirmation } = state;
  const { from } = input;
  if (confirmation === undefined || confirmation.confirmed || from.source !== settings.hubId) return false;
  // the hub's clock may be behind ours
  if (writtenAt(from) + DATE_PRECISION_MS <= confirmation.askedAt - settings.clockSkewMs) return false;
  if (input.type === 'transfer') return input.body.transferState === 'ABORTED';
  if (input.errorInformation.errorCode === '3208') return saysUnknownForGood(state, from);
  return isFinalError(settings, state, input);
}

/**
 * Once a GET of ours has left, an error of the hub of the classes 30xx and 31xx speaks of the GET, not of the payment: before and after
 * the expiration it proves nothing (docs/money-rules.md, 4).
 */
function mayConcernQuestion(settings: PayerSettings, state: PayerState, code: string, from: CallbackFrom): boolean {
  return /^3[01]/.test(code) && from.source === settings.hubId && hasAsked(settings, state);
}

/** A GET of ours has left, or may have. Each is recorded before it leaves; a journal that was put back may have forgotten the record. */
function hasAsked({ restored }: PayerSettings, state: PayerState): boolean {
  if (isFromBefore(restored, state.startedAt)) return true;
  return state.inquiredAt !== undefined || state.askedAt !== undefined || state.confirmation !== undefined;
}

/**
 * "Unknown transfer": what was written before the expiration (by the clock of its writer, who refuses what comes later) proves nothing,
 * however late it comes: our prepare may have arrived behind the question.
 */
function saysUnknownForGood(state: PayerState, from: CallbackFrom): boolean {
  return writtenAt(from) >= prepareExpiration(state);
}

/** When the sender wrote the message, to the second below; without a Date nobody knows. */
function writtenAt(from: CallbackFrom): number {
  const date = from.headers['date'];
  return date === undefined ? Number.NEGATIVE_INFINITY : parseHttpDate(date);
}
