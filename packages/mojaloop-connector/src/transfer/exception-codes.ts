/** Why a payment needs a person. Each is explained in docs/errors.md; tests hold log, metrics, alarms, doctor and documents to this list. */
export const EXCEPTION_CODES = [
  'OUTCOME_UNKNOWN',
  'CORE_OUTCOME_UNKNOWN',
  'CORE_CREDITED_HUB_ABORTED',
  'CORE_MAY_HAVE_CREDITED',
  'CORE_CREDITED_TOO_LATE',
  'CORE_NOT_TOLD',
  'FULFILMENT_WRONG',
  'FULFILMENT_MISSING',
  'CONTRADICTION',
  'JOURNAL_RESTORED',
  'TRANSFER_UNKNOWN',
] as const;

export type ExceptionCode = (typeof EXCEPTION_CODES)[number];
