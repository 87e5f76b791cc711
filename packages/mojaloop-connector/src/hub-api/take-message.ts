import type { Delivery } from '@payment-manager/engine';
import {
  contentHash,
  decodeIlp,
  type ErrorBody,
  type ErrorInformation,
  FspiopError,
  type PartiesPutResponse,
  type Ping,
  type QuotesIdPutResponse,
  type QuotesPostRequest,
  type Received,
  type TransfersIdPatchResponse,
  type TransfersIdPutResponse,
  type TransfersPostRequest,
} from '@payment-manager/fspiop';
import type { AlarmCode, World } from '@payment-manager/runtime';
import type { GuardedCore } from '../core-client/guarded-core.ts';
import type { PassedOn } from '../hub-client/passed-on.ts';
import type { ReadAnswer, Reads } from '../hub-client/reads.ts';
import { quoteError, transferError } from '../payee/callbacks.ts';
import { conditionClaim, type PayeeEngine, quoteClaim, transactionClaim, transferClaim } from '../payee/flow.ts';
import type { PayeeInput } from '../payee/inputs.ts';
import { objectionToParties } from '../payee/prepare-checks.ts';
import type { PayeeState } from '../payee/state.ts';
import { quoteClaim as payerQuoteClaim } from '../payer/flow.ts';
import type { CallbackFrom, PayerInput } from '../payer/inputs.ts';
import { partyTopic } from '../payer/owed.ts';
import type { PayerEngine } from '../payer/payments.ts';
import type { UnknownTransfers } from '../restored/unknown-transfers.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Message } from '../transfer/message.ts';
import type { PeerKeys } from '../transfer/peer-keys.ts';
import type { Restored } from '../transfer/restored.ts';
import type { Asked } from '../transfer/stored-messages.ts';
import type { InboundDoor } from './inbound-api.ts';
import type { PartyLookups } from './party-lookups.ts';
import { payerStateCallback } from './state-callback.ts';

export interface InboundDoorDeps extends Pick<World, 'random'> {
  readonly settings: ConnectorSettings;
  readonly payer: PayerEngine;
  readonly payee: PayeeEngine;
  readonly lookups: PartyLookups;
  readonly reads: Reads<ReadAnswer>;
  readonly passedOn: Pick<PassedOn, 'offer'>;
  /** Sends an answer that is nobody's record, best effort. */
  /** Sends a message that nothing waits for, best effort. */
  readonly tell: (message: Message) => void;
  readonly peerKeys: PeerKeys;
  readonly core: Pick<GuardedCore, 'transferObjection'>;
  readonly alarm: (code: AlarmCode, label: string, reason: string, peer?: string) => void;
  readonly admit: () => boolean;
  readonly restored: Restored;
  readonly unknown: Pick<UnknownTransfers, 'note'>;
}

/** Leads each message of the hub to the record that it is about. */
export function inboundDoor(deps: InboundDoorDeps): InboundDoor {
  return {
    async take(received): Promise<'taken' | 'busy'> {
      switch (received.operation) {
        case 'GET /parties':
        case 'GET /participants':
          return deps.lookups.answer(received) ? 'taken' : 'busy';
        case 'POST /quotes':
          return takeQuote(deps, received as Received<QuotesPostRequest>);
        case 'POST /transfers':
          return takePrepare(deps, received as Received<TransfersPostRequest>);
        case 'GET /quotes':
          await quoteAsked(deps, received);
          return 'taken';
        case 'GET /transfers':
          await transferAsked(deps, received);
          return 'taken';
        case 'POST /ping':
          pinged(deps, received as Received<Ping>);
          return 'taken';
        default:
          await takeCallback(deps, received);
          return 'taken';
      }
    },
  };
}

/** Whoever asks has shown that it reaches us and that we believe its signature; with ours it sees the same of us. */
function pinged({ tell }: InboundDoorDeps, received: Received<Ping>): void {
  const { requestId } = received.body as Ping;
  const { source, version, trace } = askedBy(received);
  tell({ operation: 'PUT /ping', path: `/ping/${requestId}`, destination: source, version, trace, body: { requestId } });
}

function askedBy(received: Received): Asked {
  const asked = { source: received.source, version: received.answerVersion };
  return received.trace === undefined ? asked : { ...asked, trace: received.trace };
}

function from(deps: InboundDoorDeps, received: Received): CallbackFrom {
  return {
    source: received.source,
    sourceKnown: !deps.settings.jws.verify || deps.peerKeys.keysOf(received.source).length > 0,
    headers: {
      'content-type': `application/vnd.interoperability.${received.route.resource}+json;version=${received.contentVersion}`,
      date: received.date,
      'fspiop-source': received.source,
      ...(received.destination !== undefined && { 'fspiop-destination': received.destination }),
    },
  };
}

// ---- quotes

async function takeQuote(deps: InboundDoorDeps, received: Received<QuotesPostRequest>): Promise<'taken' | 'busy'> {
  const quote = received.body as QuotesPostRequest;
  const asked = askedBy(received);
  const input = { type: 'quote', quote, hash: contentHash(quote), asked, firstOfTransaction: true } as const;
  // a new quote costs no question to the journal: its claim tells whether it is a repeat. Only new work is shed.
  const claim = quoteClaim(asked.source, quote.quoteId);
  const known = deps.payee.known(claim) ?? (deps.admit() ? undefined : await deps.payee.find(claim));
  if (known !== undefined && (await deps.payee.input(known, input)).kind === 'taken') return 'taken';
  if (!deps.admit()) return 'busy';
  const first = await deps.payee.create(deps.random.uuid(), input);
  if (first.kind === 'taken') return 'taken';
  if (first.kind === 'claimed' && first.claim.kind === 'payee-quote') return again(await deps.payee.input(first.recordId, input));
  // another quote has the same transactionId: allowed, but it cannot be found by it
  const second = await deps.payee.create(deps.random.uuid(), { ...input, firstOfTransaction: false });
  if (second.kind === 'claimed') return again(await deps.payee.input(second.recordId, input));
  return again(second);
}

/** A record that cannot take the message now (it was just being made, and was not): the sender comes again. */
function again<S>(delivery: Delivery<S>): 'taken' | 'busy' {
  return delivery.kind === 'taken' ? 'taken' : 'busy';
}

async function quoteAsked(deps: InboundDoorDeps, received: Received): Promise<void> {
  const id = received.route.id ?? '';
  const recordId = await deps.payee.find(quoteClaim(received.source, id));
  const asked = askedBy(received);
  if (recordId !== undefined && (await deps.payee.input(recordId, { type: 'quote-asked', asked })).kind === 'taken') return;
  deps.tell(quoteError(id, asked, { errorCode: '3205', errorDescription: 'the quote is not known' }));
}

// ---- prepares

/**
 * A prepare finds its quote by condition; if none has it, by (source, transactionId): then it is a mismatch (3100); 3205 only
 * if neither finds one (docs/money-rules.md, 2). A transferId that was seen before leads to its record first.
 */
async function takePrepare(deps: InboundDoorDeps, received: Received<TransfersPostRequest>): Promise<'taken' | 'busy'> {
  const prepare = received.body as TransfersPostRequest;
  const asked = askedBy(received);
  const input = { type: 'prepare', prepare, hash: contentHash(prepare), asked } as const;
  const quoted = await deps.payee.find(conditionClaim(prepare.condition));
  const quote = quoted === undefined ? undefined : await deps.payee.state(quoted);
  // a quote belongs to the one who asked for it: another FSP does not spend it
  if (quoted !== undefined && quote?.quoteAsked?.source === asked.source) {
    const delivery = await deps.payee.input(quoted, { ...input, ...objectionOfCore(deps, quote) });
    if (delivery.kind === 'claimed') return again(await deps.payee.input(delivery.recordId, input));
    return again(delivery);
  }
  const known = await deps.payee.find(transferClaim(prepare.transferId));
  if (known !== undefined) return again(await deps.payee.input(known, input));
  const errorInformation = await whyStray(deps, prepare, asked, quoted !== undefined);
  const delivery = await deps.payee.create(deps.random.uuid(), { ...input, type: 'stray-prepare', errorInformation });
  if (delivery.kind === 'claimed') return again(await deps.payee.input(delivery.recordId, input));
  return again(delivery);
}

/** A core that cannot take a transfer now is not called; the payer hears of it at once. Only the first prepare of a quote would call it. */
function objectionOfCore(deps: InboundDoorDeps, quote: PayeeState): { readonly objection?: ErrorInformation } {
  const refusal = quote.prepare === undefined ? deps.core.transferObjection() : undefined;
  return refusal === undefined ? {} : { objection: { errorCode: refusal.code, errorDescription: refusal.description } };
}

async function whyStray(
  deps: InboundDoorDeps,
  prepare: TransfersPostRequest,
  asked: Asked,
  foreignQuote: boolean,
): Promise<ErrorInformation> {
  const parties = objectionToParties(deps.settings, prepare, asked);
  if (parties !== undefined) return parties;
  const transactionId = transactionOf(prepare);
  const mismatch = transactionId !== undefined && (await deps.payee.find(transactionClaim(asked.source, transactionId))) !== undefined;
  if (mismatch) return { errorCode: '3100', errorDescription: "the transfer's condition is not the quote's" };
  if (foreignQuote) return { errorCode: '3205', errorDescription: 'the quote of this transfer belongs to another FSP' };
  return { errorCode: '3205', errorDescription: 'there is no quote for this transfer' };
}

/** The transaction that the packet names; the transferId where the packet cannot be read (the SDK uses one id for both). */
function transactionOf(prepare: TransfersPostRequest): string | undefined {
  try {
    const named = decodeIlp(prepare.ilpPacket).transaction?.['transactionId'];
    return typeof named === 'string' ? named : prepare.transferId;
  } catch (error) {
    if (error instanceof FspiopError) return prepare.transferId;
    throw error;
  }
}

async function transferAsked(deps: InboundDoorDeps, received: Received): Promise<void> {
  const id = received.route.id ?? '';
  const asked = askedBy(received);
  const payee = await deps.payee.find(transferClaim(id));
  if (payee !== undefined && (await deps.payee.input(payee, { type: 'transfer-asked', asked })).kind === 'taken') return;
  const payer = await deps.payer.state(id, true);
  // we may have forgotten it: then that it is not known is not an answer
  if (payer === undefined && deps.restored()?.standing === true) return;
  deps.tell(
    payerStateCallback(deps.settings, payer, asked) ??
      transferError(id, asked, { errorCode: '3208', errorDescription: 'the transfer is not known' }),
  );
}

// ---- callbacks

async function takeCallback(deps: InboundDoorDeps, received: Received): Promise<void> {
  const { operation } = received;
  const sender = from(deps, received);
  switch (operation) {
    case 'PUT /parties':
      return partyFound(deps, received, { type: 'party', from: sender, body: received.body as PartiesPutResponse });
    case 'PUT /parties/error':
      return partyFound(deps, received, { type: 'party-error', from: sender, errorInformation: errorOf(received) });
    case 'PUT /quotes':
      return quoteFound(deps, received, { type: 'quote', from: sender, body: received.body as QuotesIdPutResponse });
    case 'PUT /quotes/error':
      return quoteFound(deps, received, { type: 'quote-error', from: sender, errorInformation: errorOf(received) });
    case 'PUT /transfers': {
      const body = received.body as TransfersIdPutResponse;
      const final = body.transferState === 'COMMITTED' || body.transferState === 'ABORTED';
      const { completedTimestamp, extensionList } = body;
      const word = final
        ? ({
            type: 'final-word',
            source: received.source,
            said: 'answer',
            state: body.transferState as 'COMMITTED' | 'ABORTED',
            ...(completedTimestamp !== undefined && { completedTimestamp }),
            ...(extensionList !== undefined && { extensionList }),
          } as const)
        : undefined;
      return transferFound(deps, received, { type: 'transfer', from: sender, body }, word);
    }
    case 'PUT /transfers/error':
      return transferFound(
        deps,
        received,
        { type: 'transfer-error', from: sender, errorInformation: errorOf(received) },
        { type: 'transfer-error', source: received.source, errorInformation: errorOf(received) },
      );
    case 'PATCH /transfers': {
      const body = received.body as TransfersIdPatchResponse;
      return notified(deps, received, {
        type: 'final-word',
        source: received.source,
        said: 'patch',
        state: body.transferState as 'COMMITTED' | 'ABORTED',
        completedTimestamp: body.completedTimestamp,
        ...(body.extensionList !== undefined && { extensionList: body.extensionList }),
      });
    }
    case 'PATCH /transfers/error':
      return notified(deps, received, {
        type: 'transfer-error',
        source: received.source,
        errorInformation: errorOf(received),
        patched: true,
      });
    default:
      return;
  }
}

function errorOf(received: Received): ErrorInformation {
  return (received.body as ErrorBody).errorInformation;
}

async function partyFound(
  deps: InboundDoorDeps,
  received: Received,
  input: Extract<PayerInput, { type: 'party' | 'party-error' }>,
): Promise<void> {
  const { party } = received.route;
  if (party === undefined) return;
  const topic = partyTopic(party);
  const read = deps.reads.answer(topic, received);
  const waiting = await deps.payer.waitingOn(topic);
  await Promise.all(waiting.map((recordId) => deps.payer.input(recordId, input)));
  if (!read && waiting.length === 0) await nobodyWaits(deps, received, topic, '', 'a party that nobody waits for');
}

async function quoteFound(
  deps: InboundDoorDeps,
  received: Received,
  input: Extract<PayerInput, { type: 'quote' | 'quote-error' }>,
): Promise<void> {
  const id = received.route.id ?? '';
  const topic = `quote:${id}`;
  if (deps.reads.answer(topic, received)) return;
  const recordId = await deps.payer.find(payerQuoteClaim(id));
  if (recordId !== undefined && (await deps.payer.input(recordId, input)).kind === 'taken') return;
  await nobodyWaits(deps, received, topic, id, 'an answer to a quote that is not known');
}

/** The same id may name a payment that we make, one that we receive, or (paying ourselves) both; each judges the sender. */
async function transferFound(
  deps: InboundDoorDeps,
  received: Received,
  asPayer: Extract<PayerInput, { type: 'transfer' | 'transfer-error' }>,
  asPayee: Extract<PayeeInput, { type: 'final-word' | 'transfer-error' }> | undefined,
): Promise<void> {
  const id = received.route.id ?? '';
  const topic = `transfer:${id}`;
  const read = deps.reads.answer(topic, received);
  const paying = await deps.payer.input(id, asPayer);
  const payer = paying.kind === 'taken';
  // of a payment that we make to somebody else there is no record as payee, and the journal need not be asked for one
  const toOthers = payer && paying.state.prepare !== undefined && paying.state.prepare.payeeFsp !== deps.settings.fspId;
  const recordId = toOthers ? undefined : await deps.payee.find(transferClaim(id));
  // our own message that comes back to us as payer is nothing to us as payee
  if (recordId !== undefined && asPayee !== undefined && received.source !== deps.settings.fspId) await deps.payee.input(recordId, asPayee);
  if (!read && !payer && recordId === undefined)
    await nobodyWaits(deps, received, topic, id, 'the outcome of a transfer that is not known');
}

/** Nobody here, and no record; but another replica may hold the request that waits for it. */
function nobodyWaits(deps: InboundDoorDeps, received: Received, topic: string, label: string, what: string): Promise<void> {
  const { operation, source, destination, date, body } = received;
  const answer = { operation, source, date, body, ...(destination !== undefined && { destination }) };
  return deps.passedOn.offer({ topic, answer, label, reason: `${source} sent ${what}` });
}

async function notified(
  deps: InboundDoorDeps,
  received: Received,
  input: Extract<PayeeInput, { type: 'final-word' | 'transfer-error' }>,
): Promise<void> {
  const id = received.route.id ?? '';
  const recordId = await deps.payee.find(transferClaim(id));
  if (recordId !== undefined && (await deps.payee.input(recordId, input)).kind === 'taken') return;
  await deps.unknown.note(id, received);
  deps.alarm('CALLBACK_UNEXPECTED', id, `${received.source} sent a notification for a transfer that is not known`, received.source);
}
