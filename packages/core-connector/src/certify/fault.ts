/**
 * What happens to a call of the core. `applied`: the core has executed it; `told`: its answer comes.
 *
 * | fault | what happens |
 * |---|---|
 * | `not-sent` | no byte leaves: connection refused, no such host, TLS fails |
 * | `lost-before` | the connection is lost before the core has executed it |
 * | `lost-after` | executed; the connection is lost before the answer |
 * | `silent` | not executed, and no answer until the time is over |
 * | `late` | no answer; the core executes it only later |
 * | `cut` | executed; the answer ends early |
 * | `empty` | executed; the answer has no body. Of a read, too |
 * | `huge` | executed; the answer is larger than is read |
 * | `page` | not executed: a gateway answers 502 with a page |
 * | `error` | not executed: 500 with a JSON body |
 * | `error-after` | executed; 503 all the same |
 * | `limit` | not executed: 429 |
 * | `refuse` | the core refuses it, and keeps that under its key as it keeps refusals |
 * | `refuse-lost` | as `refuse`, and the answer is lost |
 * | `refuse-repeat` | something before the core refuses it: nothing is executed and nothing kept, whatever was executed before |
 * | `taken` | the core takes it, says so, and executes it later |
 * | `taken-refused` | it takes it and refuses it later |
 * | `taken-for-ever` | it takes it and never decides |
 * | `unauthorized` | not executed: 401, and every token before is void |
 * | `deep` | executed; the answer is nested deeper than is read |
 */
export type Fault =
  | 'not-sent'
  | 'lost-before'
  | 'lost-after'
  | 'silent'
  | 'late'
  | 'cut'
  | 'empty'
  | 'huge'
  | 'page'
  | 'error'
  | 'error-after'
  | 'limit'
  | 'refuse'
  | 'refuse-lost'
  | 'refuse-repeat'
  | 'taken'
  | 'taken-refused'
  | 'taken-for-ever'
  | 'unauthorized'
  | 'deep';

/** Faults that leave it open whether a call was executed, and those before it that say that it was not. Each settles by itself. */
export const LOSSES: readonly Fault[] = [
  ...(['not-sent', 'lost-before', 'lost-after', 'silent', 'late', 'cut', 'huge', 'page', 'error', 'error-after', 'limit'] as const),
  ...(['unauthorized', 'deep'] as const),
];

const LOSS_IDS: Readonly<Partial<Record<Fault, string>>> = {
  'not-sent': 'TT-01',
  silent: 'TT-02',
  'lost-after': 'TT-03',
  'lost-before': 'TT-04',
  late: 'TT-06',
};

/** The case in which a call that moves money is lost in this way, on either side of a payment. */
export function lossId(fault: Fault): string {
  return LOSS_IDS[fault] ?? 'TT-07';
}

/** What a read can meet. */
export const READ_FAULTS: readonly Fault[] = [
  'not-sent',
  'lost-before',
  'silent',
  'cut',
  'empty',
  'huge',
  'page',
  'error',
  'limit',
  'unauthorized',
  'deep',
];
