import { PAYEE, PAYER } from '../scheme/running-scheme.ts';
import { aroundEach, type CrashCase } from './crash-case.ts';

/** The hub's outcome and its first answer to our question get lost, so that the ladder is climbed. */
const outcomeLost = [
  { at: 'hub', operation: 'PUT /transfers', direction: 'out', fspId: PAYER, count: 2, action: { kind: 'drop' } },
] as const;
const patchLost = [
  { at: 'hub', operation: 'PATCH /transfers', direction: 'out', action: { kind: 'drop' } },
  { at: 'hub', operation: 'PUT /transfers', direction: 'out', fspId: PAYEE, count: 1, action: { kind: 'drop' } },
] as const;
const transferRefused = [
  { at: 'payee core', operation: 'POST /transfers', action: { kind: 'reject', status: 400, errorCode: '5104' } },
] as const;
const answerLost = [{ at: 'payee core', operation: 'POST /transfers', count: 1, action: { kind: 'execute-then-reset' } }] as const;

/** A payment in three steps, its process killed around every append and every send of the payer. */
export const payerCases: readonly CrashCase[] = [
  ...aroundEach(['payer.append.*.fulfilled', 'send.*.POST /transfers', 'payer.append.*.quote-accepted'], {
    victim: 'payer',
    end: 'COMPLETED',
  }),
  ...aroundEach(['payer.append.*.quote-received', 'send.*.POST /quotes', 'payer.append.*.quote-requested'], { victim: 'payer' }),
  // before the first append nothing was begun; the core asks again with the same key
  ...aroundEach(['payer.append.*.party-found', 'send.*.GET /parties', 'payer.append.*.payment-started'], { victim: 'payer' }),
];

/** The payer's payment fails. */
export const payerFailureCases: readonly CrashCase[] = [
  ...aroundEach(['payer.append.*.not-committed'], { victim: 'payer', faults: transferRefused, end: 'ERROR_OCCURRED' }),
  ...aroundEach(['payer.append.*.failed'], { victim: 'payer', to: 'LOST', end: 'ERROR_OCCURRED' }),
];

/** The payer does not hear how it ended, and its process is killed while it asks. */
export const payerLadderCases: readonly CrashCase[] = aroundEach(
  ['payer.append.*.hub-asked', 'send.*.GET /transfers', 'payer.append.*.inquired'],
  { victim: 'payer', faults: outcomeLost, end: 'COMPLETED' },
);

/** A payee whose core can be asked and called again: every payment must end by itself. */
export const payeeCases: readonly CrashCase[] = [
  ...aroundEach(
    [
      'core.*.notify',
      'payee.append.*.notification-started',
      'send.*.PUT /transfers',
      'payee.append.*.fulfil-decided',
      'core.*.transfer',
      'payee.append.*.core-transfer-started',
    ],
    { victim: 'payee', end: 'COMPLETED' },
  ),
  ...aroundEach(['send.*.PUT /quotes', 'payee.append.*.quote-answered', 'payee.append.*.quote-requested', 'send.*.PUT /parties'], {
    victim: 'payee',
  }),
];

/** What a payee whose core is behind a connector does beside that: around the start and the end of an effect. */
export const connectorCases: readonly CrashCase[] = aroundEach(['core.append.*.effect-started', 'core.append.*.operation-ended'], {
  victim: 'payee',
  end: 'COMPLETED',
});

/** The payee refuses, does not hear how it ended, or loses its core's answer. */
export const payeeTroubleCases: readonly CrashCase[] = [
  ...aroundEach(['send.*.PUT /quotes/error', 'payee.append.*.quote-refused'], { victim: 'payee', to: 'SIPHO', end: 'ERROR_OCCURRED' }),
  ...aroundEach(['send.*.PUT /transfers/error', 'payee.append.*.core-transfer-refused'], {
    victim: 'payee',
    faults: transferRefused,
    end: 'ERROR_OCCURRED',
  }),
  ...aroundEach(['payee.append.*.hub-asked', 'send.*.GET /transfers'], { victim: 'payee', faults: patchLost, end: 'COMPLETED' }),
  // the answer of a call that may be repeated was lost: the repeat's start is journalled before the repeat
  ...aroundEach(['payee.append.*.core-transfer-started'], { victim: 'payee', faults: answerLost, end: 'COMPLETED' }).map((one) => ({
    ...one,
    failpoint: `${one.failpoint}:2`,
  })),
];

/** A core that credits at the prepare and can be asked and called again. */
export const creditingCases: readonly CrashCase[] = aroundEach(
  ['send.*.PUT /transfers', 'payee.append.*.fulfil-decided', 'core.*.transfer', 'payee.append.*.core-transfer-started'],
  { victim: 'payee', end: 'COMPLETED' },
);
