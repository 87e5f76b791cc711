import { isFulfilment } from '@payment-manager/fspiop';
import type { ExceptionCode } from '../transfer/exception-codes.ts';
import { NOTHING, type PayerDecision } from './decision.ts';
import type { PayerInput } from './inputs.ts';
import { agreesThatDead, isFinalError, provesFailure } from './proof.ts';
import type { PayerSettings } from './settings.ts';
import type { PayerState } from './state.ts';

type TransferInput = Extract<PayerInput, { type: 'transfer' }>;
type TransferErrorInput = Extract<PayerInput, { type: 'transfer-error' }>;

/** `PUT /transfers/{id}` for a payment that is not finished. */
export function decideTransferState(state: PayerState, input: TransferInput, now: number): PayerDecision {
  const { body, from } = input;
  if (state.stage === 'open' && state.prepare === undefined && state.restoredAt !== undefined) return ofForgotten(state, input, now);
  if (state.stage !== 'open' || state.prepare === undefined) {
    if (body.transferState === 'COMMITTED') return contradicted(state, from.source, 'COMMITTED', 'no prepare of it had left', now);
    return {
      events: [],
      alarm: {
        code: 'TRANSFER_CALLBACK_TOO_EARLY',
        reason: `${from.source} reports a transfer as ${body.transferState} that was not prepared yet`,
        peer: from.source,
      },
    };
  }
  switch (body.transferState) {
    case 'RECEIVED':
    case 'RESERVED':
      // not COMPLETED: the outcome is still to come (docs/money-rules.md, 4)
      return NOTHING;
    case 'ABORTED':
      return {
        events: [
          {
            type: 'not-committed',
            at: now,
            errorInformation: { errorCode: '5000', errorDescription: 'the transfer was aborted' },
            said: 'hub',
            timeout: false,
          },
        ],
      };
    case 'COMMITTED':
      if (body.fulfilment !== undefined && isFulfilment(body.fulfilment, state.prepare.condition)) {
        return { events: [{ type: 'fulfilled', at: now, fulfil: body, source: from.source, headers: from.headers }] };
      }
      return exception(
        state,
        now,
        body.fulfilment === undefined ? 'FULFILMENT_MISSING' : 'FULFILMENT_WRONG',
        `${from.source} reports COMMITTED ${body.fulfilment === undefined ? 'without a fulfilment' : 'with a fulfilment that does not match the condition'}`,
      );
  }
}

/**
 * Of a prepare that we have forgotten we know no condition: only the hub's word counts, and it is taken as it is (docs/money-rules.md, 8).
 */
function ofForgotten(state: PayerState, { body, from }: TransferInput, now: number): PayerDecision {
  if (from.source === state.destination) return NOTHING;
  if (body.transferState === 'COMMITTED')
    return { events: [{ type: 'fulfilled', at: now, fulfil: body, source: from.source, headers: from.headers }] };
  if (body.transferState !== 'ABORTED') return NOTHING;
  const errorInformation = { errorCode: '5000', errorDescription: 'the transfer was aborted' };
  return { events: [{ type: 'not-committed', at: now, errorInformation, said: 'hub', timeout: false }] };
}

function exception(state: PayerState, now: number, code: ExceptionCode, reason: string): PayerDecision {
  return state.exception?.code === code ? NOTHING : { events: [{ type: 'exception-raised', at: now, code, reason }] };
}

/** `PUT /transfers/{id}/error` for a payment that is not finished: what does the code prove? (docs/money-rules.md, 4) */
export function decideTransferError(settings: PayerSettings, state: PayerState, input: TransferErrorInput, now: number): PayerDecision {
  if (state.stage !== 'open') return NOTHING;
  const { errorInformation, from } = input;
  if (!provesFailure(settings, state, input, now)) return NOTHING;
  return {
    events: [{ type: 'not-committed', at: now, errorInformation, said: from.source === settings.hubId ? 'hub' : 'payee', timeout: false }],
  };
}

/** A transfer callback after the end: the same word again, the confirmation that was asked for, or a contradiction. */
export function decideWhenFinal(
  settings: PayerSettings,
  state: PayerState,
  input: TransferInput | TransferErrorInput,
  now: number,
): PayerDecision {
  const says = input.type === 'transfer' ? input.body.transferState : `error ${input.errorInformation.errorCode}`;
  if (state.stage === 'completed') {
    if (state.fulfil === undefined && input.type === 'transfer' && input.body.transferState === 'COMMITTED') {
      return committedAfterSettlement(state, input, now);
    }
    if (
      input.type === 'transfer' &&
      input.body.transferState === 'COMMITTED' &&
      (input.body.fulfilment === undefined || input.body.fulfilment === state.fulfil?.fulfilment)
    )
      return NOTHING;
    if (input.type === 'transfer' && (input.body.transferState === 'RESERVED' || input.body.transferState === 'RECEIVED')) return NOTHING;
    if (input.type === 'transfer-error' && !isFinalError(settings, state, input)) return NOTHING;
    return contradicted(state, input.from.source, says, settledBefore(state) ?? 'the payment was COMMITTED before', now);
  }
  if (input.type === 'transfer-error' || input.body.transferState === 'ABORTED') {
    if (agreesThatDead(settings, state, input)) return { events: [{ type: 'confirmed', at: now }] };
    if (state.endedByPerson) return failureAfterSettlement(settings, state, input, now);
    const same = input.type === 'transfer' || input.errorInformation.errorCode === state.errorInformation?.errorCode;
    return same
      ? NOTHING
      : {
          events: [],
          alarm: {
            code: 'OTHER_ERROR_AFTER_THE_END',
            reason: `${input.from.source} says ${says} of a payment that had failed before`,
            peer: input.from.source,
          },
        };
  }
  if (input.body.transferState !== 'COMMITTED') return NOTHING;
  return contradicted(
    state,
    input.from.source,
    says,
    settledBefore(state) ??
      (state.stage === 'aborted' ? 'the payment was aborted before a prepare existed' : 'the payment had failed before'),
    now,
  );
}

/** What a person said when the hub had not: the hub's word for it, and the fulfilment, are welcome (docs/money-rules.md, 6). */
function committedAfterSettlement(state: PayerState, input: TransferInput, now: number): PayerDecision {
  const { body, from } = input;
  if (body.fulfilment === undefined || state.prepare === undefined) return NOTHING;
  if (isFulfilment(body.fulfilment, state.prepare.condition))
    return { events: [{ type: 'fulfilled', at: now, fulfil: body, source: from.source, headers: from.headers }] };
  return contradicted(state, from.source, 'COMMITTED', 'its fulfilment does not match the condition', now);
}

function failureAfterSettlement(
  settings: PayerSettings,
  state: PayerState,
  input: TransferInput | TransferErrorInput,
  now: number,
): PayerDecision {
  if (input.type === 'transfer-error' && !isFinalError(settings, state, input)) return NOTHING;
  const errorInformation =
    input.type === 'transfer-error' ? input.errorInformation : { errorCode: '5000', errorDescription: 'the transfer was aborted' };
  const said = input.from.source === state.destination ? 'payee' : 'hub';
  return { events: [{ type: 'not-committed', at: now, errorInformation, said, timeout: false }] };
}

function settledBefore(state: PayerState): string | undefined {
  return state.settled && `a person resolved it as ${state.settled.as} before`;
}

/** Contrary words kept of one sender: what comes after is the same news, and must not take the place of another's. */
const CONTRADICTIONS_OF_ONE = 5;

function contradicted(state: PayerState, source: string, says: string, reason: string, now: number): PayerDecision {
  const known = state.contradictions.filter((one) => one.source === source);
  if (known.length >= CONTRADICTIONS_OF_ONE || known.some((one) => one.says === says)) return NOTHING;
  return { events: [{ type: 'contradicted', at: now, source, says, reason }] };
}
