import { actedLine, type HistoryLine, plainValues, type Teller } from '../transfer/history-line.ts';
import type { PayerEvent } from './events.ts';

/** What a line of such a history may tell of. */
export type PayerHappening = PayerEvent['type'];

type Lines = { readonly [T in PayerEvent['type']]: (event: Extract<PayerEvent, { type: T }>) => readonly [Teller, string] };

/** One line per kind of event; codes and ids only, no names, no texts of others. */
const lines: Lines = {
  'payment-started': ({ quoteId }) => ['us', `the DFSP started the payment (quote ${quoteId})`],
  'simple-transfer-started': ({ destination }) => ['us', `the DFSP started a transfer to ${destination} of its own making`],
  'party-found': ({ party }) => ['hub', `the party is at ${party.partyIdInfo.fspId ?? 'an unnamed FSP'}`],
  'quote-requested': ({ destination, by }) => [
    'us',
    `a quote is asked of ${destination}${by === 'automatic' ? ' (party accepted automatically)' : ''}`,
  ],
  'quote-received': ({ source, response }) => [
    'hub',
    `${source} quotes ${response.transferAmount.amount} ${response.transferAmount.currency}, until ${response.expiration}`,
  ],
  'quote-accepted': ({ prepare, by }) => [
    'us',
    `the quote was accepted${by === 'automatic' ? ' automatically' : ''}; the transfer of ${prepare.amount.amount} ${prepare.amount.currency} to ${prepare.payeeFsp} expires ${prepare.expiration}`,
  ],
  'prepare-sent': ({ outcome }) => [outcome === 'acknowledged' ? 'hub' : 'us', `the prepare: ${outcome}`],
  fulfilled: ({ source }) => ['hub', `${source} says COMMITTED, with the right fulfilment`],
  'not-committed': ({ said, errorInformation }) => [
    said === 'never-left' ? 'us' : 'hub',
    said === 'never-left' ? 'no byte of the prepare ever left' : `not committed: error ${errorInformation.errorCode}, said by the ${said}`,
  ],
  failed: ({ errorInformation }) => ['us', `failed before a prepare: ${errorInformation.errorCode}`],
  aborted: () => ['us', 'aborted before a prepare'],
  'hub-asked': ({ rung }) => ['hub', `took enquiry ${rung + 1} of the ladder`],
  inquired: ({ by }) => [
    'us',
    by === 'ladder' ? 'the transfer has expired: the hub is asked' : 'the DFSP asked: an enquiry to the hub beside the ladder',
  ],
  'exception-raised': ({ code }) => ['us', `exception ${code}`],
  contradicted: ({ source, says, reason }) => ['hub', `contradiction: ${source} says ${says}, but ${reason}`],
  'confirmation-asked': () => ['us', 'a repeat of the request: the hub is asked whether this attempt is dead'],
  confirmed: () => ['hub', 'confirmed that this attempt is dead'],
  restored: () => ['us', 'the journal was put back to an older copy: what happened since is not known, and the hub is asked'],
  reported: () => ['person', 'reported after a restore: the journal had forgotten it'],
  pruned: ({ version }) => ['us', `${version} facts from before are in the archive (./pm prune)`],
  'person-acted': (event) => ['person', actedLine(event)],
};

/** What happened to a payment that we make, in words. */
export function payerHistory(events: readonly PayerEvent[]): readonly HistoryLine[] {
  return events.map((event) => {
    const [who, what] = (lines[event.type] as (event: PayerEvent) => readonly [Teller, string])(event);
    return { at: event.at, who, what, event: event.type, values: plainValues(event) };
  });
}
