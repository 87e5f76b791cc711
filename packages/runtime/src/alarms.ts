/**
 * Every alarm of the product that is not an exception of a payment. `stands`: a condition that ends by itself or when it is mended; `once`: it
 * happened, and does not end. docs/alarms.md says the same of each, and a test compares.
 */
export const ALARM_KINDS = {
  ACTION_FAILED: 'once',
  ALERTS_NOT_DELIVERED: 'stands',
  ANCHOR_FAILED: 'stands',
  ARTEFACT_FAILING: 'stands',
  CALLBACK_FOR_ANOTHER_FSP: 'once',
  CALLBACK_FROM_STRANGER: 'once',
  CALLBACK_UNEXPECTED: 'once',
  CALLER_IS_NOT_THE_HUB: 'once',
  CERTIFICATE_EXPIRED: 'stands',
  CERTIFICATE_EXPIRING: 'stands',
  CORE_CALLS_FAILING: 'once',
  CORE_FULFILMENT_IGNORED: 'once',
  CORE_NOT_ANSWERING: 'stands',
  CREDENTIALS_NOT_TAKEN: 'stands',
  ERROR_AFTER_FULFIL: 'once',
  FLOW_FAILED: 'once',
  FOREIGN_KEY_SEEN: 'stands',
  HUB_KEY_CHANGED: 'stands',
  HUB_NOT_ANSWERING: 'stands',
  HUB_TOKEN_REFUSED: 'stands',
  HUB_TOKEN_UNAVAILABLE: 'stands',
  JOURNAL_NOT_BACKED_UP: 'stands',
  JOURNAL_NOT_WRITABLE: 'stands',
  MESSAGES_LOST: 'stands',
  NOTIFICATION_WITHOUT_TRANSFER: 'once',
  OTHER_ERROR_AFTER_THE_END: 'once',
  PATCH_ERROR: 'once',
  PAYMENTS_NOT_RUNNING: 'stands',
  PAYMENTS_SLOW: 'stands',
  PEER_KEYS_MISSING: 'stands',
  POSITION_NEAR_CAP: 'stands',
  READ_MODEL_BEHIND: 'stands',
  SERVED_CERTIFICATE_WRONG: 'stands',
  SIGNING_LIMITED: 'stands',
  STATEMENT_NOT_PULLED: 'stands',
  SUCCESS_RATE_LOW: 'stands',
  TRANSFER_CALLBACK_TOO_EARLY: 'once',
  TRUST_CHANGED: 'stands',
  TRUST_WAITS: 'stands',
  VAULT_ELSEWHERE: 'stands',
} as const satisfies Readonly<Record<string, 'stands' | 'once'>>;

export type AlarmCode = keyof typeof ALARM_KINDS;

/** Something that happened outside of any payment, or that a payment's record does not keep: as the operations API and the webhook tell it. */
export interface AlarmEntry {
  readonly id: string;
  readonly level: 'alarm';
  readonly code: AlarmCode;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** It happened once and does not end. */
  readonly momentary?: true;
}
