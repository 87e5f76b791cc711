import { dataTypes, type Party, type QuotesPostRequest } from '@payment-manager/fspiop';
import { type CoreNotification, type CoreTransferRequest, toFspiopParty } from '@payment-manager/mojaloop-connector/core-client';
import { type Static, type TObject, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * What a Mojaloop SDK sends to a backend, as far as it is used (docs/protocol.md, 17.3): strict in amounts, currencies and ids, tolerant of every
 * further member.
 */
const { Amount, AmountType, Currency, text } = dataTypes;
const Optional = Type.Optional;
const Extensions = Type.Array(Type.Object({ key: text(32), value: text(128) }), { maxItems: 16 });
const Id = Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' });

const PartyBody = Type.Object({
  idType: text(32),
  idValue: text(128),
  idSubValue: Optional(text(128)),
  fspId: Optional(text(32)),
  displayName: Optional(text(128)),
  firstName: Optional(text(128)),
  middleName: Optional(text(128)),
  lastName: Optional(text(128)),
  dateOfBirth: Optional(text(10)),
  merchantClassificationCode: Optional(text(4)),
  kycInformation: Optional(text(2048)),
  extensionList: Optional(Extensions),
});

/** What both a quote and the transfer on it say. */
const TERMS = {
  transactionRequestId: Optional(Id),
  to: PartyBody,
  from: PartyBody,
  amountType: AmountType,
  amount: Amount,
  currency: Currency,
  transactionType: text(32),
  subScenario: Optional(text(32)),
  initiator: Optional(text(32)),
  initiatorType: Optional(text(32)),
  note: Optional(text(128)),
};

const QuoteBody = Type.Object({
  quoteId: Id,
  transactionId: Id,
  ...TERMS,
  feesAmount: Optional(Amount),
  feesCurrency: Optional(Currency),
  geoCode: Optional(dataTypes.GeoCode),
  expiration: Optional(text(32)),
  extensionList: Optional(Extensions),
});

const TransferBody = Type.Object({
  transferId: Id,
  ...TERMS,
  /** Our own answer to the request for a price, as it was given. */
  quote: Type.Object({}),
  transferAmount: Optional(Amount),
  quoteRequestExtensions: Optional(Extensions),
  ilpPacket: Optional(Type.Object({ data: Optional(Type.Object({})) })),
  extensionList: Optional(Extensions),
});

const NotificationBody = Type.Object({
  currentState: Optional(text(32)),
  homeTransactionId: Optional(Type.String()),
  finalNotification: Optional(
    Type.Object({
      completedTimestamp: Optional(text(32)),
      transferState: Optional(text(32)),
      extensionList: Optional(Extensions),
    }),
  ),
});

/** A body that cannot be used: which member, and never its value. */
export class BodyInvalid extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'BodyInvalid';
  }
}

/** @throws BodyInvalid */
function checkerOf<S extends TObject>(schema: S): (body: unknown) => Static<S> {
  const check = Compile(schema);
  return (body) => {
    const present = withoutNothing(body);
    if (check.Check(present)) return present as Static<S>;
    const [fault] = check.Errors(present);
    throw new BodyInvalid(`${(fault?.instancePath ?? '').slice(1).replaceAll('/', '.') || 'the body'} ${fault?.message ?? 'is no object'}`);
  };
}

/** Members that are null, or texts of nothing, say nothing. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === null || member === '' ? [] : [[name, withoutNothing(member)]])),
  );
}

const quoteBody = checkerOf(QuoteBody);
const transferBody = checkerOf(TransferBody);
const notificationBody = checkerOf(NotificationBody);

/** The quote that a body asks for, in the protocol's terms. @throws BodyInvalid */
export function quoteOf(body: unknown): QuotesPostRequest {
  const { quoteId, transactionId, feesAmount, feesCurrency, geoCode, expiration, extensionList, ...terms } = quoteBody(body);
  return {
    quoteId,
    transactionId,
    ...termsOf(terms),
    ...(feesAmount !== undefined && { fees: { amount: feesAmount, currency: feesCurrency ?? terms.currency } }),
    ...(geoCode !== undefined && { geoCode }),
    ...(expiration !== undefined && { expiration }),
    ...(extensionList !== undefined && { extensionList: { extension: extensionList } }),
  } as QuotesPostRequest;
}

type Terms = Omit<Static<typeof TransferBody>, 'transferId' | 'quote'>;

function termsOf(terms: Terms): Omit<QuotesPostRequest, 'quoteId' | 'transactionId'> {
  const { transactionRequestId, to, from, amountType, amount, currency, transactionType, subScenario, initiator, initiatorType, note } =
    terms;
  return {
    ...(transactionRequestId !== undefined && { transactionRequestId }),
    payee: partyOf(to),
    payer: partyOf(from),
    amountType,
    amount: { amount, currency },
    transactionType: {
      scenario: transactionType,
      ...(subScenario !== undefined && { subScenario }),
      initiator: initiator ?? 'PAYER',
      initiatorType: initiatorType ?? 'CONSUMER',
    } as QuotesPostRequest['transactionType'],
    ...(note !== undefined && { note }),
  };
}

function partyOf(party: Static<typeof PartyBody>): Party {
  const { partyIdInfo, ...others } = toFspiopParty(party, party.fspId ?? '');
  const { fspId, ...info } = partyIdInfo;
  return { partyIdInfo: { ...info, ...(fspId !== undefined && fspId !== '' && { fspId }) }, ...others };
}

/**
 * The transfer that a body asks for. Its quote is what was asked for when it was priced, where the price brings that along (`request`); what both
 * say must be the same.
 *
 * @throws BodyInvalid
 */
export function transferOf(body: unknown, requestOf: (price: object) => QuotesPostRequest | undefined): CoreTransferRequest {
  const { transferId, quote: price, transferAmount, ilpPacket, quoteRequestExtensions, extensionList, ...terms } = transferBody(body);
  const said = termsOf(terms as Terms);
  const { transferAmount: priced, quoteId = '', transactionId = transferId } = price as Readonly<Record<string, unknown>>;
  const amount = transferAmount ?? priced;
  if (typeof amount !== 'string') throw new BodyInvalid('transferAmount is missing, and so is that of `quote`');
  const asked = requestOf(price);
  if (asked !== undefined && !sameTerms(asked, said)) throw new BodyInvalid('the terms are others than those of `quote`');
  const quote = asked ?? {
    ...said,
    quoteId: String(quoteId),
    transactionId: String(transactionId),
    ...(quoteRequestExtensions !== undefined && { extensionList: { extension: quoteRequestExtensions } }),
  };
  return {
    transferId,
    quote,
    coreQuote: price,
    amount: { amount, currency: terms.currency },
    transactionType: quote.transactionType,
    ...(extensionList !== undefined && { extensionList: { extension: extensionList } }),
    transaction: ilpPacket?.data ?? {},
  };
}

/** Who is paid how much by whom: what may not differ between the price and the transfer. */
function sameTerms(asked: QuotesPostRequest, said: Omit<QuotesPostRequest, 'quoteId' | 'transactionId'>): boolean {
  const of = ({ payee, payer, amount, amountType }: typeof said): string =>
    JSON.stringify([
      ...[payee, payer].flatMap(({ partyIdInfo }) => [partyIdInfo.partyIdType, partyIdInfo.partyIdentifier, partyIdInfo.partySubIdOrType]),
      ...[amountType, amount.amount, amount.currency],
    ]);
  return of(asked) === of(said);
}

/** The outcome that a body tells; undefined: it tells none, and neither COMMITTED nor ABORTED may be made of it. @throws BodyInvalid */
export function notificationOf(transferId: string, body: unknown, now: number): CoreNotification | undefined {
  const { currentState, homeTransactionId, finalNotification = {} } = notificationBody(body);
  const { transferState, completedTimestamp, extensionList } = finalNotification;
  // where the hub's own word is there, only that counts
  const state = transferState ?? WORDS[currentState ?? ''];
  if (state !== 'COMMITTED' && state !== 'ABORTED') return undefined;
  return {
    transferId,
    transferState: state,
    completedTimestamp: completedTimestamp ?? new Date(now).toISOString(),
    ...(homeTransactionId !== undefined && { homeTransactionId }),
    ...(extensionList !== undefined && { extensionList: { extension: extensionList } }),
    context: body as object,
  };
}

/** The outcome in the words of the SDK. ERROR_OCCURRED is none: it may be a time-out. */
const WORDS: Readonly<Record<string, 'COMMITTED' | 'ABORTED'>> = { COMPLETED: 'COMMITTED', ABORTED: 'ABORTED' };
