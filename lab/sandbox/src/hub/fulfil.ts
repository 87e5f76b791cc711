import { type ErrorInformation, isFulfilment, parseAmount } from '@payment-manager/fspiop';
import type { NewMessage } from './hub-message.ts';
import { positionChanges } from './positions.ts';
import { type Decision, type Fulfil, type FulfilMessage, type HubTransfer, hasPatch, NOTHING, type RefusalMessage } from './transfer.ts';
import { errorMessage, errorOf, patchMessage, stateMessage } from './transfer-messages.ts';

/**
 * Decides about `PUT /transfers/{id}` of a payee (docs/protocol.md, 14). Committed when it comes in time, from the payee, with the
 * fulfilment of the condition. RESERVED with 1.0 stays RESERVED until it expires; ABORTED or RECEIVED changes nothing.
 */
export function decideFulfil(known: HubTransfer | undefined, message: FulfilMessage, now: number): Decision {
  const { transferState } = message.body;
  if (known === undefined) {
    return { owed: [{ to: message.source, message: errorMessage(message.transferId, message.version, errorOf('3208')) }] };
  }
  if (transferState !== 'RESERVED' && transferState !== 'COMMITTED') return NOTHING;
  if (message.source !== known.payeeFsp)
    return { owed: refuseFulfil(message, errorOf('3100', 'only the payee FSP can fulfil a transfer'), now) };
  if (known.fulfil !== undefined) return decideRepeat(known, known.fulfil, message);
  if (known.state !== 'RESERVED')
    return { owed: refuseFulfil(message, known.error ?? errorOf('3100', `the transfer is ${known.state}`), now) };
  const fulfil: Fulfil = {
    contentHash: message.contentHash,
    transferState,
    version: message.version,
    ...(message.body.fulfilment !== undefined && { fulfilment: message.body.fulfilment }),
    ...(message.body.completedTimestamp !== undefined && { completedTimestamp: message.body.completedTimestamp }),
  };
  const transfer: HubTransfer = { ...known, fulfil };
  if (now >= known.expiration) return abort(transfer, errorOf('3303'), now);
  if (message.destination !== undefined && message.destination !== known.payerFsp)
    return abort(transfer, errorOf('3100', 'wrong destination of the fulfil'), now);
  if (!isFulfilment(fulfil.fulfilment, known.condition))
    return abort(transfer, errorOf('3100', 'the fulfilment does not match the condition'), now);
  if (transferState === 'RESERVED' && !hasPatch(message.version)) return { transfer, owed: [] };
  return commit(transfer, message, now);
}

/** The payee's own COMMITTED goes to the payer as it is; after a RESERVED the hub itself speaks. */
function commit(before: HubTransfer, message: FulfilMessage, now: number): Decision {
  const decided: HubTransfer = { ...before, state: 'COMMITTED', completedAt: now };
  const reserved = message.body.transferState === 'RESERVED';
  const payerCallback = reserved ? stateMessage(decided, decided.payerVersion) : message.relay;
  const payeeCallback = patchMessage(decided.transferId, message.version, 'COMMITTED', now);
  return {
    transfer: { ...decided, payerCallback, ...(reserved && { payeeCallback }) },
    positions: positionChanges('commit', decided, parseAmount(decided.amount)),
    owed: [{ to: decided.payerFsp, message: payerCallback }, ...(reserved ? [{ to: decided.payeeFsp, message: payeeCallback }] : [])],
  };
}

/**
 * Ends a transfer without money: the hold goes, both sides are told. A payee that reserved with 1.1 or later gets a PATCH
 * ABORTED besides the error, for that is what releases its reservation.
 */
export function abort(before: HubTransfer, error: ErrorInformation, now: number): Decision {
  const { transferId, payerFsp, payeeFsp, fulfil } = before;
  const payerCallback = errorMessage(transferId, before.payerVersion, error);
  const payeeVersion = fulfil?.version ?? before.payerVersion;
  const payeeError = errorMessage(transferId, payeeVersion, error);
  const patched = fulfil?.transferState === 'RESERVED' && hasPatch(payeeVersion);
  const payeeCallback = patched ? patchMessage(transferId, payeeVersion, 'ABORTED', now) : payeeError;
  const owed: NewMessage[] = [
    { to: payerFsp, message: payerCallback },
    { to: payeeFsp, message: payeeError },
  ];
  if (patched) owed.push({ to: payeeFsp, message: payeeCallback });
  return {
    transfer: { ...before, state: 'ABORTED', error, completedAt: now, payerCallback, payeeCallback },
    positions: positionChanges('abort', before, parseAmount(before.amount)),
    owed,
  };
}

/** The same fulfil again: what it was answered with, again. Another one: 3106 (docs/protocol.md, 10). */
function decideRepeat(known: HubTransfer, fulfil: Fulfil, message: FulfilMessage): Decision {
  if (fulfil.contentHash !== message.contentHash) {
    return {
      owed: [
        {
          to: known.payeeFsp,
          message: errorMessage(known.transferId, message.version, errorOf('3106', 'this transfer was fulfilled differently')),
        },
      ],
    };
  }
  if (known.payeeCallback !== undefined) return { owed: [{ to: known.payeeFsp, message: known.payeeCallback }] };
  return known.payerCallback === undefined ? NOTHING : { owed: [{ to: known.payerFsp, message: known.payerCallback }] };
}

/** Tells the sender of a fulfil that it has no effect. */
function refuseFulfil(message: FulfilMessage, error: ErrorInformation, now: number): readonly NewMessage[] {
  const patched = message.body.transferState === 'RESERVED' && hasPatch(message.version);
  const refusal = patched
    ? patchMessage(message.transferId, message.version, 'ABORTED', now)
    : errorMessage(message.transferId, message.version, error);
  return [{ to: message.source, message: refusal }];
}

/** Decides about the payee's `PUT /transfers/{id}/error`: aborted, and the payer gets the payee's own message. */
export function decideRefusal(known: HubTransfer | undefined, message: RefusalMessage, now: number): Decision {
  if (known === undefined || message.source !== known.payeeFsp) {
    const error = known === undefined ? errorOf('3208') : errorOf('3100', 'only the payee FSP can refuse a transfer');
    return { owed: [{ to: message.source, message: errorMessage(message.transferId, message.version, error) }] };
  }
  if (known.state !== 'RESERVED' || known.fulfil !== undefined) return NOTHING;
  return {
    transfer: { ...known, state: 'ABORTED', error: message.error, completedAt: now, payerCallback: message.relay },
    positions: positionChanges('abort', known, parseAmount(known.amount)),
    owed: [{ to: known.payerFsp, message: message.relay }],
  };
}

/** Decides what the passing of time means: an open transfer whose expiration has come is aborted with 3303. */
export function decideExpiry(known: HubTransfer | undefined, now: number): Decision {
  if (known === undefined || known.state !== 'RESERVED' || now < known.expiration) return NOTHING;
  return abort(known, errorOf('3303'), now);
}

/** Answers `GET /transfers/{id}`: only payer and payee are told, others get 3208 like an unknown id. Never changes anything. */
export function decideInquiry(
  known: HubTransfer | undefined,
  asked: { readonly transferId: string; readonly source: string; readonly version: string },
  abortedAs: 'error' | 'state',
): Decision {
  const { transferId, source, version } = asked;
  if (known === undefined || (source !== known.payerFsp && source !== known.payeeFsp)) {
    return { owed: [{ to: source, message: errorMessage(transferId, version, errorOf('3208')) }] };
  }
  const tellsError = known.state === 'ABORTED' && known.error !== undefined && abortedAs === 'error';
  return { owed: [{ to: source, message: tellsError ? errorMessage(transferId, version, known.error) : stateMessage(known, version) }] };
}
