import type { ActionContext } from '@payment-manager/engine';
import {
  conditionOf,
  continueTrace,
  currencyDecimals,
  decodeIlp,
  type ErrorInformation,
  encodeIlpV1,
  encodeIlpV4,
  errorBody,
  FspiopError,
  formatDateTime,
  ilpAccount,
  isFulfilment,
  onlyKnownMembers,
  parseDateTime,
  type QuotesIdPutResponse,
  type QuotesPostRequest,
  transactionObject,
} from '@payment-manager/fspiop';
import type { Sealer, World } from '@payment-manager/runtime';
import type { CoreDoor, CoreQuote, ReadOutcome, Refusal } from '../core-client/core-door.ts';
import type { Sender } from '../hub-client/sender.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { AskResult, PayeeInput, QuoteResult } from './inputs.ts';
import type { CoreAskAction, CoreNotifyAction, CoreQuoteAction, CoreTransferAction, PayeeAction } from './owed.ts';

export interface PayeePerformDeps extends Pick<World, 'clock' | 'random' | 'failpoints' | 'tracing'> {
  readonly settings: ConnectorSettings;
  readonly core: CoreDoor;
  readonly sender: Sender;
  readonly sealer: Sealer;
}

/** Does what a quote of ours and its transfer are owed. */
export function performPayee(deps: PayeePerformDeps): (action: PayeeAction, context: ActionContext) => Promise<PayeeInput | undefined> {
  return async (action, context) => {
    const trace = (): string | undefined => coreTrace(deps, context);
    switch (action.type) {
      case 'send': {
        const sent = await deps.sender.send(action, context);
        // what may wait is not given up: it comes again
        return action.background === true && sent?.outcome.kind !== 'acknowledged' ? undefined : sent;
      }
      case 'timer':
        return { type: 'due', key: action.key };
      case 'core-quote':
        return { type: 'core-quoted', key: action.key, result: await quote(deps, action, trace()) };
      case 'core-transfer':
        return transfer(deps, action, context.resumed || action.mayHaveRun, trace());
      case 'core-ask':
        return { type: 'core-asked', key: action.key, result: await ask(deps, action, trace()) };
      case 'core-notify':
        return notify(deps, action, context.resumed, trace());
    }
  };
}

/** What a call of the core bears: the payment's trace, with the span of our record above the core's. */
function coreTrace({ tracing, random, settings }: PayeePerformDeps, { trace, recordId }: ActionContext): string | undefined {
  if (trace === undefined) return undefined;
  const spanId = tracing?.spanOf(recordId) ?? Buffer.from(random.bytes(8)).toString('hex');
  return continueTrace({ traceparent: trace }, { spanId, ownKey: settings.fspId })?.traceparent;
}

// ---- the quote

async function quote(deps: PayeePerformDeps, action: CoreQuoteAction, trace: string | undefined): Promise<QuoteResult> {
  const outcome = await deps.core.quote({ quote: action.quote }, action.deadline, trace);
  if (hasExpired(deps, action, outcome)) return refused(EXPIRED);
  if (outcome.kind !== 'ok') return refused(outcome.refusal);
  try {
    return makeQuote(deps, action, outcome.value);
  } catch (error) {
    if (error instanceof FspiopError) return { kind: 'refused', errorInformation: error.toBody().errorInformation };
    throw error;
  }
}

const EXPIRED: Refusal = { code: '3302', description: 'the quote request expired before the core had a price' };
/** Timers may ring so much before the wall clock says that it is time. */
const TIMER_EARLY_MS = 50;

/** No price before the payer's own request expires: that is 3302, and not a time-out of ours (docs/protocol.md, 4). */
function hasExpired(deps: PayeePerformDeps, action: CoreQuoteAction, outcome: ReadOutcome<CoreQuote>): boolean {
  const now = deps.clock.now();
  if (outcome.kind === 'ok') return action.quote.expiration !== undefined && now >= parseDateTime(action.quote.expiration);
  return action.endsWithRequest && outcome.refusal.code === '2004' && now + TIMER_EARLY_MS >= action.deadline;
}

function refused(refusal: Refusal): { kind: 'refused'; errorInformation: ErrorInformation } {
  return { kind: 'refused', errorInformation: errorBody(refusal.code, refusal.description).errorInformation };
}

/** The core's price becomes an answer with packet and condition; the fulfilment is 32 random bytes, sealed (docs/money-rules.md, 3). */
function makeQuote(deps: PayeePerformDeps, action: CoreQuoteAction, price: CoreQuote): QuoteResult {
  const { settings } = deps;
  const decimals = settings.currencyDecimals ?? {};
  if (currencyDecimals(price.transferAmount.currency, decimals) === undefined)
    throw new FspiopError('5106', 'the decimals of the currency are not known');
  const expirationMs = price.expiration === undefined ? deps.clock.now() + settings.quoteLifetimeMs : parseDateTime(price.expiration);
  const expiration = price.expiration ?? formatDateTime(expirationMs);
  const fulfilment = deps.random.bytes(32);
  const condition = conditionOf(Buffer.from(fulfilment).toString('base64url'));
  const transaction = transactionObject(action.quote, { transferAmount: price.transferAmount, expiration });
  const ilpPacket =
    settings.ilpVersion === 4
      ? encodeIlpV4({ amount: price.transferAmount, expirationMs, condition, transaction, decimals })
      : encodeIlpV1({ amount: price.transferAmount, account: payeeAccount(settings, action.quote), transaction, decimals });
  const { raw, ...terms } = price;
  const response = onlyKnownMembers('PUT /quotes', action.version, { ...terms, expiration, ilpPacket, condition }) as QuotesIdPutResponse;
  return { kind: 'ok', response, coreQuote: raw, sealedFulfilment: deps.sealer.seal(fulfilment, condition) };
}

/** A payer need not repeat our own id in the payee. */
function payeeAccount(settings: ConnectorSettings, request: QuotesPostRequest): string {
  return ilpAccount({ ...request.payee, partyIdInfo: { ...request.payee.partyIdInfo, fspId: settings.fspId } });
}

// ---- the transfer

/** `mayHaveRun`: this call, or one before it, may have been executed; then not calling now proves nothing (docs/money-rules.md, 1). */
async function transfer(
  deps: PayeePerformDeps,
  action: CoreTransferAction,
  mayHaveRun: boolean,
  trace: string | undefined,
): Promise<PayeeInput> {
  const answer = (outcome: Extract<PayeeInput, { type: 'core-transferred' }>['outcome']): PayeeInput => ({
    type: 'core-transferred',
    key: action.key,
    outcome,
    ...(mayHaveRun && { mayHaveRun: true as const }),
  });
  const notCalled = (code: string, description: string): PayeeInput =>
    answer(mayHaveRun ? { kind: 'unknown', reason: description } : { kind: 'rejected', refusal: { code, description } });
  // the fulfilment must be at hand and right before the core moves money (docs/money-rules.md, 3)
  if (!holdsFulfilment(deps.sealer, action)) return notCalled('2001', 'the fulfilment of the quote cannot be read');
  if (deps.clock.now() >= action.deadline) return notCalled('3303', 'there was no time left to execute the transfer');
  deps.failpoints.hit('core.before.transfer');
  const transaction = decodeIlp(action.ilpPacket).transaction ?? {};
  const outcome = await deps.core.transfer({ ...action.request, transaction }, action.request.transferId, action.deadline, trace);
  deps.failpoints.hit('core.after.transfer');
  return answer(mayHaveRun && outcome.kind === 'not-sent' ? { kind: 'unknown', reason: outcome.reason } : outcome);
}

function holdsFulfilment(sealer: Sealer, action: CoreTransferAction): boolean {
  try {
    const fulfilment = Buffer.from(sealer.open(action.sealedFulfilment, action.condition)).toString('base64url');
    return isFulfilment(fulfilment, action.condition);
  } catch {
    return false;
  }
}

async function ask(deps: PayeePerformDeps, action: CoreAskAction, trace: string | undefined): Promise<AskResult> {
  const outcome = await deps.core.ask(action.transferId, deps.clock.now() + deps.settings.timeouts.backendMs, action.begunAt, trace);
  if (outcome.kind === 'failed') return { kind: 'no-answer' };
  if (outcome.kind === 'rejected') return { kind: outcome.notFound ? 'not-found' : 'no-answer' };
  const { transferState, homeTransactionId } = outcome.value;
  if (transferState === 'ABORTED') return { kind: 'aborted' };
  if (transferState === 'PENDING') return { kind: 'pending' };
  if (transferState === 'RECEIVED') return { kind: 'no-answer' };
  const mode = transferState === 'COMMITTED' ? 'credit' : 'reserve';
  return { kind: 'executed', mode, ...(homeTransactionId !== undefined && { homeTransactionId }) };
}

/** `mayHaveRun`: a process that is gone may have told it. */
async function notify(
  deps: PayeePerformDeps,
  action: CoreNotifyAction,
  mayHaveRun: boolean,
  trace: string | undefined,
): Promise<PayeeInput> {
  const { notification, deadline = Number.POSITIVE_INFINITY } = action;
  const told = (outcome: Extract<PayeeInput, { type: 'core-told' }>['outcome']): PayeeInput => ({
    type: 'core-told',
    key: action.key,
    outcome,
    ...(mayHaveRun && { mayHaveRun }),
  });
  if (deps.clock.now() >= deadline) {
    const reason = 'there was no time left to tell it';
    return told({ kind: 'not-sent', refusal: { code: '3303', description: reason }, reason });
  }
  deps.failpoints.hit('core.before.notify');
  const key = `${notification.transferId}:${notification.transferState}`;
  const outcome = await deps.core.notify(notification, key, Math.min(deps.clock.now() + deps.settings.timeouts.backendMs, deadline), trace);
  deps.failpoints.hit('core.after.notify');
  return told(outcome);
}
