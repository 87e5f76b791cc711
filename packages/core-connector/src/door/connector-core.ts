import type { Party, QuotesPostRequest } from '@payment-manager/fspiop';
import {
  answerReaders,
  type CoreDoor,
  type CoreNotification,
  type CoreTransfer,
  coreRefusal,
  idsOfMessage,
  isFromBefore,
  type MoneyOutcome,
  quoteRequestBody,
  type ReadOutcome,
  type Restored,
} from '@payment-manager/mojaloop-connector/core-client';
import type { Log, World } from '@payment-manager/runtime';
import { parseExactJson } from '../codec/json.ts';
import { emptyObject, memberOf, type ValueObject } from '../expression/value.ts';
import type { CoreRecords, Known } from '../record/core-records.ts';
import type { CoreState } from '../record/state.ts';
import type { ConnectorVersion, ConnectorVersions } from '../record/versions.ts';
import { readInput, type WalkDeps, walkToEnd, writeInput } from '../record/walk.ts';
import type { End } from '../run/interpret.ts';
import { objectWith, plain, quoteTerms, quoteWithFacts, versionOfPrice } from './terms.ts';

export interface ConnectorCoreDeps extends Pick<WalkDeps, 'sealer' | 'clock'>, Pick<World, 'log' | 'metrics'> {
  readonly versions: ConnectorVersions;
  readonly records: CoreRecords;
  /** Whether the journal was put back to an older copy; absent: it cannot have been. */
  readonly restored?: Restored;
  /** Our FSP id. */
  readonly fspId: string;
}

const PREPARE = 'transfer.prepare';
const COMMITTED = 'transfer.finalise COMMITTED';
const ABORTED = 'transfer.finalise ABORTED';

/**
 * The core behind a connector, as `mojaloop-connector` calls it: in the process, without a hop. Reads are walks; what moves money goes
 * through the record that the payment has at the core, so that every call may be repeated, and asked about.
 */
export function connectorCore(deps: ConnectorCoreDeps): CoreDoor {
  const { records, fspId, clock, metrics, log, versions, sealer } = deps;
  const readers = answerReaders(fspId, true, clock, metrics, log);
  const reads = (
    version: ConnectorVersion,
    operation: string,
    input: ValueObject,
    deadline: number,
    about: object,
    trace?: string,
  ): Promise<End> =>
    walkToEnd(
      { ...version, sealer, clock },
      {
        side: 'payee',
        transferId: '',
        operation,
        input: writeInput(input),
        deadline,
        effects: {},
        ids: idsOfMessage('', about),
        trace,
      },
    );

  return {
    async findParty(party, deadline, trace) {
      const req = { idType: party.type, idValue: party.id, idSubValue: party.subId };
      return readOutcome<Party>(
        await reads(versions.current(), 'party.get', objectWith({ req }), deadline, { to: req }, trace),
        (reply) => readers.party(reply, party),
        log,
        'party.get',
      );
    },
    async quote({ quote }, deadline, trace) {
      const version = versions.current();
      const req = quoteRequestBody(quote);
      const end = await reads(version, 'quote.create', objectWith({ req }), deadline, req, trace);
      const facts = end.kind === 'reply' ? end.facts : emptyObject();
      return readOutcome(
        end,
        (reply) => readers.quote(quoteWithFacts(reply, facts, version.running.version, quote.amount.currency), quote),
        log,
        'quote.create',
      );
    },
    async transfer(request, _key, deadline, trace) {
      const { transferId, quote, coreQuote, amount, extensionList, transaction } = request;
      const req = objectWith({ extensionList: extensionList?.extension, ilpTransaction: transaction });
      const terms = quoteTerms(quote, coreQuote, amount.amount);
      const version = versionOfPrice(coreQuote);
      const input = withQuote(req, terms);
      const taken = await records.run({
        side: 'payee',
        transferId,
        operation: PREPARE,
        input,
        deadline,
        trace,
        ...(version !== undefined && { version }),
      });
      return transferOutcome(taken, (reply) => readers.transfer(reply));
    },
    async notify(notification, _key, deadline, trace) {
      const { transferId, transferState } = notification;
      const operation = transferState === 'COMMITTED' ? COMMITTED : ABORTED;
      const terms = await termsOf(records, notification);
      if (terms === undefined) return notSent('2001', 'the terms of the transfer are not known any more');
      const { completedTimestamp, homeTransactionId, extensionList } = notification;
      const req = objectWith({ completedTimestamp, homeTransactionId, extensionList: extensionList?.extension });
      const input = withQuote(req, terms);
      const taken = await records.run({ side: 'payee', transferId, operation, input, deadline, trace, ...ofPayment(notification) });
      return transferOutcome(taken, () => ({}));
    },
    ask: (transferId, _deadline, begunAt, trace) => known(deps, transferId, begunAt, trace),
  };
}

/** What the payment's record at the core says: it asks on by itself. */
async function known(
  { records, restored }: ConnectorCoreDeps,
  transferId: string,
  begunAt = 0,
  trace?: string,
): ReturnType<CoreDoor['ask']> {
  records.traced('payee', transferId, trace);
  const state = await records.state('payee', transferId);
  const says = state && stateOf(state);
  // that a restored journal has no record of a payment from before proves nothing
  if (says === undefined && isFromBefore(restored, begunAt))
    return { kind: 'failed', refusal: coreRefusal('2001', undefined), reason: 'the journal was put back to an older copy' };
  if (state === undefined || says === undefined) return { kind: 'rejected', refusal: coreRefusal('3208', undefined), notFound: true };
  return { kind: 'ok', value: { transferState: says, ...claimedIdOf(state) } };
}

function withQuote(req: ValueObject, quote: ValueObject): ValueObject {
  return emptyObject({ req, quote });
}

/** What the other side of a read is told. */
function readOutcome<T>(
  end: End,
  read: (reply: Readonly<Record<string, unknown>>) => T | undefined,
  log: Log,
  operation: string,
): ReadOutcome<T> {
  switch (end.kind) {
    case 'reply': {
      const value = read(plain(end.reply) as Readonly<Record<string, unknown>>);
      if (value !== undefined) return { kind: 'ok', value };
      return { kind: 'failed', refusal: coreRefusal('2001', undefined), reason: `the reply of ${operation} cannot be used` };
    }
    case 'refused':
      return { kind: 'rejected', refusal: coreRefusal(end.code, end.message), notFound: end.notFound === true || end.code === '3204' };
    case 'failed': {
      log.warn('core connector: no answer', { operation, reason: end.reason });
      return {
        kind: 'failed',
        refusal: coreRefusal(end.code, undefined),
        reason: end.reason,
        ...(end.silent && { silent: true as const }),
      };
    }
    default:
      return {
        kind: 'failed',
        refusal: coreRefusal('2001', undefined),
        reason: end.kind === 'stuck' ? end.reason : 'no operation of this kind moves money',
      };
  }
}

/** The four outcomes of what moves money. What goes on is unknown here: its record settles it, and the payment asks. */
function transferOutcome<T extends CoreTransfer | object>(
  known: Known,
  read: (reply: Readonly<Record<string, unknown>>) => T | undefined,
): MoneyOutcome<T> {
  switch (known.kind) {
    case 'ended': {
      const { ended } = known;
      if (ended.kind === 'refused') {
        if (ended.silent === true) return { ...notSent(ended.code, 'the core does not answer, and nothing was begun'), silent: true };
        return { kind: 'rejected', refusal: coreRefusal(ended.code, ended.message) };
      }
      const value = read(plain(parseExactJson(ended.reply)) as Readonly<Record<string, unknown>>);
      return value === undefined ? { kind: 'unknown', reason: 'the reply of the connector cannot be used' } : { kind: 'ok', value };
    }
    case 'other-content':
      return { kind: 'rejected', refusal: coreRefusal('3106', 'another transfer has this transferId') };
    case 'excluded':
      return { kind: 'rejected', refusal: coreRefusal('5105', `${known.by} was done before`) };
    case 'pending':
    case 'stuck':
      return { kind: 'unknown', reason: known.reason };
  }
}

function notSent(code: string, reason: string): Extract<MoneyOutcome<never>, { kind: 'not-sent' }> {
  return { kind: 'not-sent', refusal: coreRefusal(code, undefined), reason };
}

/** The terms with which the prepare was begun; where it needed no record, those that come with the outcome. */
async function termsOf(records: CoreRecords, { transferId, context }: CoreNotification): Promise<ValueObject | undefined> {
  const state = await records.state('payee', transferId);
  const begun = state?.operations[PREPARE]?.input;
  if (begun !== undefined) return memberOf(readInput(begun), 'quote') as ValueObject | undefined;
  const { quoteRequest, quote, prepare } = context as {
    readonly quoteRequest?: { readonly body?: QuotesPostRequest };
    readonly quote?: { readonly response?: object };
    readonly prepare?: { readonly body?: { readonly amount?: { readonly amount?: string } } };
  };
  const transferAmount = prepare?.body?.amount?.amount;
  if (quoteRequest?.body === undefined || transferAmount === undefined) return undefined;
  return quoteTerms(quoteRequest.body, quote?.response ?? {}, transferAmount);
}

type TransferState = 'PENDING' | 'RESERVED' | 'COMMITTED' | 'ABORTED';

/** What a record says of a transfer. Undefined: it does not know it. */
function stateOf(state: CoreState): TransferState | undefined {
  const { operations, effects } = state;
  if (operations[ABORTED] !== undefined) return 'ABORTED';
  const committed = operations[COMMITTED];
  if (committed !== undefined) return committed.ended === undefined ? 'PENDING' : 'COMMITTED';
  const prepare = operations[PREPARE];
  if (prepare === undefined) return undefined;
  if (prepare.ended === undefined) return 'PENDING';
  if (prepare.ended.kind === 'refused') return 'ABORTED';
  const said = memberOf(parseExactJson(prepare.ended.reply) as ValueObject, 'transferState');
  if (said === 'COMMITTED' || said === 'RESERVED') return said;
  return Object.values(effects).some(({ operation, kind }) => operation === PREPARE && kind === 'credit') ? 'COMMITTED' : 'RESERVED';
}

function claimedIdOf(state: CoreState): { readonly homeTransactionId?: string } {
  const { ended } = state.operations[PREPARE] ?? {};
  const id = ended?.kind === 'reply' ? plain(memberOf(parseExactJson(ended.reply) as ValueObject, 'homeTransactionId')) : undefined;
  return typeof id === 'string' ? { homeTransactionId: id } : {};
}

/** What the payment's own record adds to its outcome: the version that made the price, and when it began. */
function ofPayment({ context }: CoreNotification): { readonly version?: string; readonly paymentBegunAt?: number } {
  const { quote, initiatedTimestamp = '' } = context as {
    readonly quote?: { readonly response?: object };
    readonly initiatedTimestamp?: string;
  };
  const version = versionOfPrice(quote?.response ?? {});
  const begunAt = Date.parse(initiatedTimestamp);
  return { ...(version !== undefined && { version }), ...(!Number.isNaN(begunAt) && { paymentBegunAt: begunAt }) };
}
