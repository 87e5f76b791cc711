import { actedLine, type HistoryLine, plainValues, type Teller } from '../transfer/history-line.ts';
import type { PayeeEvent } from './events.ts';

/** What a line of such a history may tell of. */
export type PayeeHappening = PayeeEvent['type'];

type Lines = { readonly [T in PayeeEvent['type']]: (event: Extract<PayeeEvent, { type: T }>) => readonly [Teller, string] };

/** One line per kind of event; codes and ids only, no names, no texts of others. */
const lines: Lines = {
  'quote-requested': ({ asked, quote }) => [
    'hub',
    `${asked.source} asks for a quote (${quote.quoteId}) of ${quote.amount.amount} ${quote.amount.currency}`,
  ],
  'quote-answered': ({ response }) => [
    'us',
    `quoted ${response.transferAmount.amount} ${response.transferAmount.currency}, until ${response.expiration}`,
  ],
  'quote-refused': ({ errorInformation }) => ['us', `the quote was refused: ${errorInformation.errorCode}`],
  'quote-callback-settled': ({ acknowledged }) => [
    'hub',
    acknowledged ? 'took the answer to the quote' : 'did not take the answer to the quote',
  ],
  'prepare-received': ({ prepare, asked }) => [
    'hub',
    `${asked.source} prepares ${prepare.amount.amount} ${prepare.amount.currency}, expires ${prepare.expiration}`,
  ],
  'prepare-refused': ({ errorInformation }) => ['us', `the prepare was refused: ${errorInformation.errorCode}`],
  'core-transfer-started': ({ attempt }) => ['us', `the core is called (attempt ${attempt})`],
  'core-transfer-ok': ({ mode, late, homeTransactionId }) => [
    'core',
    `it ${mode === 'reserve' ? 'reserved' : 'credited'}${late ? ', too late to fulfil' : ''}${homeTransactionId === undefined ? '' : ` (${homeTransactionId})`}`,
  ],
  'core-transfer-refused': ({ errorInformation }) => ['core', `it refused: ${errorInformation.errorCode}`],
  'core-transfer-unknown': ({ forgotten }) =>
    forgotten
      ? [
          'us',
          'the journal was put back to an older copy and may have forgotten it: core and hub are asked, nothing is executed or refused',
        ]
      : ['core', 'no answer that says what it did: it may have executed the transfer'],
  'core-asked': ({ found }) => ['core', ASKED[found]],
  'core-quiet': () => [
    'us',
    'the time in which the core may have executed the call late is over; whether it did, only its own word can tell',
  ],
  'core-said': ({ found }) => ['core', `asked by a person, it says: ${CORE_WORDS[found]}`],
  'fulfil-decided': ({ transferState }) => ['us', `the hub is sent ${transferState}, with the fulfilment`],
  'callback-settled': ({ acknowledged }) => [
    'hub',
    acknowledged ? 'took our last word on the transfer' : 'did not take our last word on the transfer',
  ],
  'hub-error-said': ({ said, errorInformation }) => [
    'hub',
    `says error ${errorInformation.errorCode} about our fulfilment (${said === 'error' ? 'PUT' : 'PATCH'}); it is asked how the transfer ended`,
  ],
  'confirmation-asked': ({ nth }) => ['hub', `took enquiry ${nth + 1} about our COMMITTED`],
  'confirmation-ended': () => ['us', 'the hub has acknowledged our COMMITTED and does not say how it ended; reconciliation asks again'],
  'outcome-known': ({ state, said, errorInformation }) => [
    'hub',
    `${said === 'acknowledgement' ? 'took our' : 'says'} ${state} (${said === 'acknowledgement' ? 'in time' : said}${errorInformation === undefined ? '' : ` ${errorInformation.errorCode}`})`,
  ],
  'notification-started': ({ state, attempt, resent }) => [
    'us',
    `the core is notified: ${state} (attempt ${attempt}${resent ? ', for a person' : ''})`,
  ],
  'notification-acknowledged': () => ['core', 'took the outcome'],
  'notification-failed': ({ kind }) => ['core', NOT_TOLD[kind]],
  'commit-withdrawn': () => ['us', 'too late to tell the core COMMITTED, and it has not booked: it is released when the hub has aborted'],
  'commit-held': () => ['us', 'too late to tell the core COMMITTED again, and it may have booked: it is told nothing more'],
  'hub-asked': ({ rung }) => ['hub', `took enquiry ${rung + 1} of the ladder`],
  'exception-raised': ({ code }) => ['us', `exception ${code}`],
  contradicted: ({ source, says, reason }) => ['hub', `contradiction: ${source} says ${says}, but ${reason}`],
  reported: () => ['person', 'reported after a restore: the journal had forgotten it'],
  pruned: ({ version }) => ['us', `${version} facts from before are in the archive (./pm prune)`],
  'person-acted': (event) => ['person', actedLine(event)],
};

const ASKED = {
  'not-found': 'asked, it does not know the transfer (yet)',
  pending: 'asked, it goes on there',
  'no-answer': 'asked, it gave no answer',
};

const NOT_TOLD = {
  rejected: 'refused the outcome',
  'not-sent': 'could not be reached with the outcome',
  unknown: 'gave no answer to the outcome that says whether it took it',
};

/** What a core says when it is asked, in words. */
export const CORE_WORDS = {
  reserve: 'reserved',
  credit: 'credited',
  aborted: 'aborted',
  'not-found': 'not known here',
  pending: 'it goes on',
  'no-answer': 'no answer',
};

/** What happened to a quote of ours and its transfer, in words. */
export function payeeHistory(events: readonly PayeeEvent[]): readonly HistoryLine[] {
  return events.map((event) => {
    const [who, what] = (lines[event.type] as (event: PayeeEvent) => readonly [Teller, string])(event);
    return { at: event.at, who, what, event: event.type, values: plainValues(event) };
  });
}
