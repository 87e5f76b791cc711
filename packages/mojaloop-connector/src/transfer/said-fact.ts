/**
 * One thing that is known of a payment: a code with its values (codes, ids, amounts, instants in milliseconds), so that it can be told in any language. No
 * names, no texts of others. The sentences in English stand beside it, in `known`.
 */
export interface SaidFact {
  readonly code: SaidCode;
  readonly values?: Readonly<Record<string, string>>;
}

/** Every code there is: who shows them has words for each (a test of the portal compares). */
export const SAID_CODES = [
  'hub-COMMITTED',
  'hub-ABORTED',
  'hub-ACKNOWLEDGED',
  'hub-UNKNOWN',
  'hub-NOT_SENT',
  'hub-REFUSED',
  'hub-elsewhere',
  'core-ASKED_US',
  'core-NOT_CALLED',
  'core-UNKNOWN',
  'core-RESERVED',
  'core-CREDITED',
  'core-REFUSED',
  'core-TOLD_COMMITTED',
  'core-TOLD_ABORTED',
  'core-look',
  'no-record',
  'enquiries',
  'confirmations',
  'error',
  'doubted',
  'contradicted',
  'payment-stage',
  'transfer-stage',
  'expires',
  'prepare',
  'callback',
  'refused',
  'exception',
  'resolved',
  'core-id',
  'notified',
  'core-said',
  'core-effect',
  'send',
] as const;
export type SaidCode = (typeof SAID_CODES)[number];

/** A fact of a side; values that are not there are left out. */
export function saidFact(code: SaidCode, values: Readonly<Record<string, string | number | undefined>> = {}): SaidFact {
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]));
  return given.length === 0 ? { code } : { code, values: Object.fromEntries(given) };
}

/** What each side says. */
export type SaidFacts = Readonly<Record<'hub' | 'us' | 'core', readonly SaidFact[]>>;
