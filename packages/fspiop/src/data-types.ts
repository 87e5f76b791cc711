import { Type } from 'typebox';
import { DATE_PATTERN, DATE_TIME_PATTERN } from './datetime.ts';
import { CORRELATION_ID_PATTERN } from './ids.ts';

/**
 * The data types of FSPIOP (docs/protocol.md, 6) as schemas. Lengths count code points. `title` is how the rest of this room
 * recognises a type in a message: see `Currency` in `validation.ts`.
 */

/** Text of 1 to `limit` characters. */
export const text = (limit: number) => Type.String({ minLength: 1, maxLength: limit });
const pattern = (source: string) => Type.String({ pattern: source });

export const Amount = pattern('^(?:0|[1-9]\\d{0,17})(?:\\.\\d{0,3}[1-9])?$');
/** Three capitals; that the code is on the list is checked after the schema, because deployments extend the list. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', title: 'Currency' });
export const CorrelationId = pattern(CORRELATION_ID_PATTERN);
export const DateTime = pattern(DATE_TIME_PATTERN);
export const DateOfBirth = pattern(DATE_PATTERN);
export const FspId = text(32);
export const IlpCondition = pattern('^[A-Za-z0-9_-]{43}$');
export const IlpFulfilment = IlpCondition;
export const IlpPacket = Type.String({ pattern: '^[A-Za-z0-9_-]+={0,2}$', minLength: 1, maxLength: 32_768 });
export const ErrorCode = pattern('^[1-9]\\d{3}$');
export const Latitude = pattern('^[+-]?(?:90(?:\\.0{1,6})?|(?:\\d|[1-8]\\d)(?:\\.\\d{1,6})?)$');
export const Longitude = pattern('^[+-]?(?:180(?:\\.0{1,6})?|(?:\\d|[1-9]\\d|1[0-7]\\d)(?:\\.\\d{1,6})?)$');
export const MerchantClassificationCode = pattern('^\\d{1,4}$');
export const BalanceOfPayments = pattern('^[1-9]\\d{2}$');
export const TransactionSubScenario = pattern('^[A-Z_]{1,32}$');
/** FirstName, MiddleName and LastName: letters of any script; not only blanks. */
export const PersonName = pattern("^(?!\\s*$)[\\p{L}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d .,'-]{1,128}$");

export const AmountType = Type.Enum(['SEND', 'RECEIVE']);
export const PartyIdType = Type.Enum(['MSISDN', 'EMAIL', 'PERSONAL_ID', 'BUSINESS', 'DEVICE', 'ACCOUNT_ID', 'IBAN', 'ALIAS']);
export const TransactionScenario = Type.Enum(['DEPOSIT', 'WITHDRAWAL', 'TRANSFER', 'PAYMENT', 'REFUND']);
export const TransactionInitiator = Type.Enum(['PAYER', 'PAYEE']);
export const TransactionInitiatorType = Type.Enum(['CONSUMER', 'AGENT', 'BUSINESS', 'DEVICE']);
export const TransferState = Type.Enum(['RECEIVED', 'RESERVED', 'COMMITTED', 'ABORTED']);
/** What a PATCH may say: the final states only (docs/protocol.md, 7.2). */
export const FinalTransferState = Type.Enum(['COMMITTED', 'ABORTED']);
export const CurrencyConverter = Type.Enum(['PAYER', 'PAYEE']);

export const Money = Type.Object({ currency: Currency, amount: Amount });

export const ExtensionListSchema = Type.Object({
  extension: Type.Array(Type.Object({ key: text(32), value: text(128) }), { minItems: 1, maxItems: 16 }),
});

export const PartyIdInfo = Type.Object(
  {
    partyIdType: PartyIdType,
    partyIdentifier: text(128),
    partySubIdOrType: Type.Optional(text(128)),
    fspId: Type.Optional(FspId),
    extensionList: Type.Optional(ExtensionListSchema),
  },
  { title: 'PartyIdInfo' },
);

export const PersonalInfo = Type.Object(
  {
    complexName: Type.Optional(
      Type.Object({ firstName: Type.Optional(PersonName), middleName: Type.Optional(PersonName), lastName: Type.Optional(PersonName) }),
    ),
    dateOfBirth: Type.Optional(DateOfBirth),
    kycInformation: Type.Optional(text(2048)),
  },
  { title: 'PersonalInfo' },
);

export const Party = Type.Object(
  {
    partyIdInfo: PartyIdInfo,
    merchantClassificationCode: Type.Optional(MerchantClassificationCode),
    name: Type.Optional(text(128)),
    personalInfo: Type.Optional(PersonalInfo),
    supportedCurrencies: Type.Optional(Type.Array(Currency, { maxItems: 16 })),
  },
  { title: 'Party' },
);

export const TransactionType = Type.Object({
  scenario: TransactionScenario,
  subScenario: Type.Optional(TransactionSubScenario),
  initiator: TransactionInitiator,
  initiatorType: TransactionInitiatorType,
  refundInfo: Type.Optional(Type.Object({ originalTransactionId: CorrelationId, refundReason: Type.Optional(text(128)) })),
  balanceOfPayments: Type.Optional(BalanceOfPayments),
});

export const GeoCode = Type.Object({ latitude: Latitude, longitude: Longitude });

export const ErrorInformationSchema = Type.Object({
  errorCode: ErrorCode,
  errorDescription: text(128),
  extensionList: Type.Optional(ExtensionListSchema),
});
