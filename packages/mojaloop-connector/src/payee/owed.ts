import type { Action } from '@payment-manager/engine';
import { formatDateTime, type QuotesPostRequest } from '@payment-manager/fspiop';
import type { CoreNotification, CoreTransferRequest } from '../core-client/core-door.ts';
import { jitter, questionDue } from '../transfer/ladder.ts';
import type { SendAction, TimerAction } from '../transfer/message.ts';
import { isFromBefore } from '../transfer/restored.ts';
import { quoteCallback, quoteErrorCallback, transferCallback, transferErrorCallback } from './callbacks.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

/** Asks the core for a price. Moves no money, so it may be repeated. */
export interface CoreQuoteAction extends Action {
  readonly type: 'core-quote';
  readonly quote: QuotesPostRequest;
  readonly version: string;
  readonly deadline: number;
  /** The deadline is that of the payer's request, not of our own patience. */
  readonly endsWithRequest: boolean;
}
/** Makes the core reserve or credit: begun once, unless the core is declared repeatable. */
export interface CoreTransferAction extends Action {
  readonly type: 'core-transfer';
  readonly request: Omit<CoreTransferRequest, 'transaction'>;
  readonly ilpPacket: string;
  readonly condition: string;
  readonly sealedFulfilment: string;
  readonly deadline: number;
  /** An earlier attempt may have been executed: only an answer of the core is proof of anything. */
  readonly mayHaveRun: boolean;
}
export interface CoreAskAction extends Action {
  readonly type: 'core-ask';
  readonly transferId: string;
  /** When the payment began. */
  readonly begunAt: number;
}
export interface CoreNotifyAction extends Action {
  readonly type: 'core-notify';
  readonly notification: CoreNotification;
  /** From then on it is not told; absent: whenever. */
  readonly deadline?: number;
}
export type PayeeAction = SendAction | TimerAction | CoreQuoteAction | CoreTransferAction | CoreAskAction | CoreNotifyAction;

/** An error callback that nobody takes is given up this long after its request. */
const ERROR_CALLBACK_MS = 60_000;
const RETRY_FIRST_MS = 200;
const NOTIFY_FIRST_MS = 1_000;
const NOTIFY_MAX_MS = 300_000;
/** After so many refused notifications an operator is told. */
export const NOTIFY_ALARM_AFTER = 5;

/** The timer at which a call of the core from before a restore becomes one that is asked about. */
export const RESTORED = 'restored';

/** What the world is still owed for a quote of ours and the transfer that spends it. */
export function owedByPayee(settings: PayeeSettings, state: PayeeState): readonly PayeeAction[] {
  if (state.settled !== undefined) return atRest(state) ? [] : notify(settings, state);
  switch (state.stage) {
    case 'quoting':
      return state.quote === undefined ? [] : [coreQuote(settings, state, state.quote)];
    case 'quoted':
      return state.quoteCallbackSettled || isFromBefore(settings.restored, state.quotedAt)
        ? []
        : [send('send:quote', quoteCallback(state), Date.parse(state.response?.expiration ?? ''))];
    case 'quote-refused':
      return state.quoteCallbackSettled
        ? []
        : [send('send:quote-error', quoteErrorCallback(state), state.quotedAt + settings.timeouts.backendMs + ERROR_CALLBACK_MS)];
    case 'calling-core':
      if (isFromBefore(settings.restored, state.core.startedAt)) return [{ key: RESTORED, type: 'timer', repeatable: true, notBefore: 0 }];
      return [coreTransfer(settings, state)];
    case 'core-unknown':
      return [...solveUnknown(settings, state), ...question(settings, state)];
    case 'late':
      return question(settings, state);
    case 'commit-first':
      return state.notification?.held === true
        ? [...(settings.core.transferAskable ? askHeld(state) : []), ...question(settings, state)]
        : notify(settings, state);
    case 'fulfilling':
      if (state.callback !== undefined) return question(settings, state);
      return state.doubt === undefined ? [sendFulfil(state)] : [sendFulfil(state), ...question(settings, state)];
    case 'acknowledged':
      return state.doubt === undefined ? confirmation(settings, state) : question(settings, state);
    case 'refused':
      return state.callback === undefined
        ? [send('send:error', transferErrorCallback(state), Math.max(expirationOf(state), state.preparedAt + ERROR_CALLBACK_MS))]
        : [];
    case 'committed':
    case 'aborted':
      return notify(settings, state);
  }
}

/** Expiration of the transfer, milliseconds since the epoch; NaN before there is one. */
export function expirationOf(state: Pick<PayeeState, 'prepare'>): number {
  return Date.parse(state.prepare?.expiration ?? '');
}

/** A person has settled it, and has nothing more told to the core: then nothing is done by itself (docs/money-rules.md, 6). */
export function atRest(state: PayeeState): boolean {
  return state.settled !== undefined && state.notification?.resent !== true;
}

function send(key: string, message: SendAction['message'], until: number): SendAction {
  return { key, type: 'send', repeatable: true, message, until };
}

/** The fulfil goes out until the hub takes it or the transfer expires; then it becomes a question (docs/money-rules.md, 3). */
function sendFulfil(state: PayeeState): SendAction {
  return { ...send('send:fulfil', transferCallback(state), expirationOf(state)), sealedFulfilment: sealedFulfilmentOf(state) };
}

/** The sealed fulfilment of the quote, and what the seal is bound to: its condition, which is the prepare's when the quote was pruned. */
export function sealedFulfilmentOf(state: PayeeState): { sealed: string; context: string } {
  return { sealed: state.sealedFulfilment ?? '', context: state.response?.condition ?? state.prepare?.condition ?? '' };
}

function coreQuote(settings: PayeeSettings, state: PayeeState, quote: QuotesPostRequest): CoreQuoteAction {
  const deadline = quoteDeadline(settings, state.quotedAt, quote.expiration);
  return {
    key: 'core:quote',
    type: 'core-quote',
    repeatable: true,
    quote,
    version: state.quoteAsked?.version ?? settings.versions.quotes,
    deadline,
    endsWithRequest: deadline < state.quotedAt + settings.timeouts.backendMs,
  };
}

/** The payer gets an answer before its request expires, whatever the core does (docs/money-rules.md, 3). */
function quoteDeadline(settings: PayeeSettings, receivedAt: number, expiration: string | undefined): number {
  const longest = receivedAt + settings.timeouts.backendMs;
  if (expiration === undefined) return longest;
  const end = Date.parse(expiration);
  const early = end - settings.clockSkewMs;
  return Math.min(longest, early > receivedAt ? early : Math.floor((receivedAt + end) / 2));
}

function coreTransfer(settings: PayeeSettings, state: PayeeState): CoreTransferAction {
  const { prepare, quote, core } = state;
  if (prepare === undefined || quote === undefined) throw new Error('a core call without a prepare and a quote');
  return {
    key: `core:transfer:${core.attempt}`,
    type: 'core-transfer',
    repeatable: settings.core.transferRepeatable,
    ...(core.attempt > 1 && { notBefore: core.startedAt + RETRY_FIRST_MS * 2 ** (core.attempt - 2) }),
    request: {
      transferId: prepare.transferId,
      quote,
      coreQuote: state.coreQuote ?? {},
      amount: prepare.amount,
      transactionType: quote.transactionType,
      ...(prepare.extensionList !== undefined && { extensionList: prepare.extensionList }),
    },
    ilpPacket: prepare.ilpPacket,
    condition: prepare.condition,
    sealedFulfilment: state.sealedFulfilment ?? '',
    deadline: core.deadline,
    mayHaveRun: core.unknownAt !== undefined,
  };
}

/**
 * Ask the core, where it can be asked; once the hub said ABORTED and the core is quiet, release what it may hold. The quiet time is
 * counted on the monotonic clock, and begins anew after a restart unless its end is stored (docs/money-rules.md, 6).
 */
function solveUnknown(settings: PayeeSettings, state: PayeeState): readonly PayeeAction[] {
  const { core } = state;
  const { transferAskable, notificationReadsState } = settings.core;
  if (!transferAskable && !notificationReadsState) return [];
  const quiet: readonly PayeeAction[] =
    core.quiet === true ? [] : [{ key: 'core:quiet', type: 'timer', repeatable: true, lasts: quietMs(settings, core) }];
  if (transferAskable) return [...quiet, ...askCore(state)];
  // that it may not be told twice is before a person
  if (core.quiet === true && state.exception?.code === 'CORE_NOT_TOLD') return [];
  if (core.quiet === true && state.outcome?.state === 'ABORTED') return [{ key: 'release', type: 'timer', repeatable: true, notBefore: 0 }];
  return quiet;
}

/** The first question soon; then, when the core is quiet, those in answer to which "not found" is proof, wider and wider. */
function askCore({ core, prepare, quotedAt }: PayeeState): readonly CoreAskAction[] {
  const ask = { type: 'core-ask', repeatable: true, transferId: prepare?.transferId ?? '', begunAt: quotedAt } as const;
  const { asks, unknownAt = 0 } = core;
  if (core.quiet === true) {
    const wider = Math.min(NOTIFY_FIRST_MS * 2 ** asks, NOTIFY_MAX_MS);
    return [{ ...ask, key: `${CORE_PROOF}${asks}`, ...(asks > 0 && { notBefore: unknownAt + wider }) }];
  }
  return asks === 0 ? [{ ...ask, key: 'core:ask', notBefore: unknownAt + RETRY_FIRST_MS }] : [];
}

/** Asks a core that may have booked what it must not be told again. */
function askHeld({ core, notification, prepare, quotedAt }: PayeeState): readonly CoreAskAction[] {
  const { asks, unknownAt = notification?.at ?? 0 } = core;
  const notBefore = unknownAt + Math.min(NOTIFY_FIRST_MS * 2 ** asks, NOTIFY_MAX_MS);
  const transferId = prepare?.transferId ?? '';
  return [{ key: `core:held:${asks}`, type: 'core-ask', repeatable: true, transferId, begunAt: quotedAt, notBefore }];
}

/** From when on a core that has to book before the hub learns the fulfilment is told no more (docs/money-rules.md, 3). */
export function commitEnds(settings: PayeeSettings, state: PayeeState): number {
  return expirationOf(state) - settings.clockSkewMs;
}

/** The pause before an attempt to tell the core. */
export function tellPauseMs(attempt: number): number {
  return Math.min(NOTIFY_FIRST_MS * 2 ** Math.max(0, attempt - 2), NOTIFY_MAX_MS);
}

/** Begins the key of a question that was asked after the quiet time. */
export const CORE_PROOF = 'core:proof:';
/** So much later than a call's deadline, at most, its end is written down. */
const END_SEEN_MS = 1_000;

/**
 * How long after its outcome became unknown a call of which nobody heard the end may still be executed. It was over when its outcome became unknown, or at its deadline. An
 * outcome that became unknown later than that was found after a restart, or the clock was set forward during the call: then it may
 * have had all of its time from there on.
 */
function quietMs(settings: PayeeSettings, { deadline, startedAt, unknownSince = 0, forgotten }: PayeeState['core']): number {
  // a call that the journal has forgotten may have begun just before the restore
  if (forgotten === true) return settings.timeouts.backendMs + settings.core.quietMs;
  const over = unknownSince > deadline + END_SEEN_MS ? unknownSince + (deadline - startedAt) : Math.max(deadline, unknownSince);
  return over - unknownSince + settings.core.quietMs;
}

/** The ladder of questions to the hub. */
function question(settings: PayeeSettings, state: PayeeState): readonly PayeeAction[] {
  if (state.outcome !== undefined || state.prepare === undefined) return [];
  const { transferId } = state.prepare;
  const due = questionDue(settings.ladder, transferId, state.rung, firstQuestionAt(settings, state), state.askedAt);
  const ask = { ...askHub(settings, questionKey(state), transferId), notBefore: due };
  if (state.rung < settings.ladder.rungs || state.exception !== undefined) return [ask];
  return [ask, { key: 'end:ladder', type: 'timer', repeatable: true, notBefore: (state.askedAt ?? due) + settings.timeouts.callbackMs }];
}

/** A doubt brings the first question forward, so it is another obligation. */
export function questionKey({ rung, doubt }: Pick<PayeeState, 'rung' | 'doubt'>): string {
  return `send:ask:${doubt === undefined ? '' : 'doubt:'}${rung}`;
}

/**
 * At once when the hub has an error about our fulfil, or took our COMMITTED too late for that to count; after the PATCH grace time of an
 * acknowledged RESERVED; else after the expiration.
 */
function firstQuestionAt(settings: PayeeSettings, { stage, callback, doubt, fulfil, ...state }: PayeeState): number {
  if (doubt !== undefined) return doubt.at;
  if (stage === 'fulfilling' && callback?.acknowledged === true)
    return callback.at + (fulfil?.transferState === 'RESERVED' ? settings.timeouts.patchGraceMs : 0);
  return expirationOf(state) + settings.clockSkewMs;
}

function askHub(settings: PayeeSettings, key: string, transferId: string): SendAction {
  const message = { operation: 'GET /transfers', path: `/transfers/${transferId}`, version: settings.versions.transfers } as const;
  return { key, type: 'send', repeatable: true, message };
}

/** So long after its 200 to a COMMITTED the hub is asked at the latest, however late the transfer expires. */
const CONFIRM_AFTER_MS = 60_000;
/** Questions about COMMITTEDs that were taken together are spread over so long. */
const CONFIRM_SPREAD_MS = 5_000;
/** A 200 so near to the end of the time in which it counts is asked about also where others are not. */
const NEAR_EXPIRATION_MS = 5_000;
/** Attempts of one such question; one that the hub does not take comes again later. */
const CONFIRM_ATTEMPTS = 2;

/**
 * Questions that make an acknowledged COMMITTED a committed one (docs/money-rules.md, 3). They wait until there is room, and the record
 * need not be in memory meanwhile.
 */
function confirmation(settings: PayeeSettings, state: PayeeState): readonly PayeeAction[] {
  const { prepare, callback, confirmation: so = { asked: 0, askedAt: undefined } } = state;
  if (prepare === undefined || 'ended' in so || !isConfirmed(settings, state)) return [];
  const { transferId } = prepare;
  if (so.asked >= settings.ladder.rungs) {
    const notBefore = (so.askedAt ?? 0) + settings.timeouts.callbackMs;
    return [{ key: 'end:confirm', type: 'timer', repeatable: true, background: true, notBefore }];
  }
  const firstAt = Math.min(expirationOf(state) + settings.clockSkewMs, (callback?.at ?? 0) + CONFIRM_AFTER_MS);
  const spread = Math.round(CONFIRM_SPREAD_MS * jitter(transferId));
  // who has just been asked has time to answer
  const ladder = { ...settings.ladder, firstMs: Math.max(settings.ladder.firstMs, settings.timeouts.callbackMs) };
  const notBefore = questionDue(ladder, transferId, so.asked, firstAt + spread, so.askedAt);
  const ask = askHub(settings, `send:confirm:${so.asked}`, transferId);
  return [{ ...ask, background: true, notBefore, attempts: CONFIRM_ATTEMPTS }];
}

/** Is the hub asked by itself about this acknowledged COMMITTED? */
function isConfirmed({ core, clockSkewMs }: PayeeSettings, state: PayeeState): boolean {
  if (core.confirmAcknowledged !== 'near-expiration') return core.confirmAcknowledged === 'always';
  return expirationOf(state) - (state.callback?.at ?? 0) <= clockSkewMs + NEAR_EXPIRATION_MS;
}

/** Tells the core how it ended, until it has taken it (where that may be repeated). */
function notify(settings: PayeeSettings, state: PayeeState): readonly PayeeAction[] {
  const { notification, prepare } = state;
  if (notification === undefined || prepare === undefined || notification.status === 'acknowledged') return [];
  // the hub has ended it the other way since: what was not told is not told any more (transfers 1.0), but by a person
  if (state.outcome !== undefined && state.outcome.state !== notification.state && notification.resent !== true) return [];
  const failed = notification.status === 'failed';
  if (failed && !settings.core.notificationRepeatable) return [];
  const attempt = failed ? notification.attempt + 1 : notification.attempt;
  const wait = tellPauseMs(attempt);
  return [
    {
      key: `core:notify:${notification.state}:${attempt}`,
      type: 'core-notify',
      repeatable: settings.core.notificationRepeatable,
      ...(state.stage === 'commit-first' && notification.resent !== true && { deadline: commitEnds(settings, state) }),
      ...(attempt > 1 && !(notification.resent === true && !failed) && { notBefore: notification.at + wait }),
      notification: {
        transferId: prepare.transferId,
        transferState: notification.state,
        completedTimestamp: state.outcome?.completedTimestamp ?? state.fulfil?.completedTimestamp ?? formatDateTime(notification.at),
        ...(state.core.homeTransactionId !== undefined && { homeTransactionId: state.core.homeTransactionId }),
        ...(state.outcome?.extensionList !== undefined && { extensionList: state.outcome.extensionList }),
        context: notificationContext(state),
      },
    },
  ];
}

/** The further members of the SDK's notification. No headers, no fulfilment. */
function notificationContext(state: PayeeState): object {
  return {
    initiatedTimestamp: formatDateTime(state.quotedAt),
    quoteRequest: { body: state.quote },
    quote: { request: state.quote, response: state.coreQuote, mojaloopResponse: state.response },
    quoteResponse: { body: state.response },
    prepare: { body: state.prepare },
    ...(state.fulfil !== undefined && { fulfil: { body: state.fulfil } }),
    ...(state.outcome?.errorInformation !== undefined && {
      lastError: { mojaloopError: { errorInformation: state.outcome.errorInformation } },
    }),
  };
}
