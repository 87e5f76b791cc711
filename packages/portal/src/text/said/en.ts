import type { SaidCode } from '@payment-manager/management-api/types';

/** Codes, ids, amounts and instants (already written as the language writes them) of what is said. */
export type SaidValues = Readonly<Record<string, string>>;
export type Said = (values: SaidValues) => string;

/** A value of the product as it is called in a sentence; one that is not listed is shown as it is. */
type Names = Readonly<Record<string, string>>;

const STAGES: Names = {
  lookup: 'the receiver is being looked up',
  'party-offered': 'the receiver is found, and our core must agree',
  quoting: 'the price is being asked for',
  quoted: 'we have said what it costs',
  'quote-refused': 'we refused to give a price',
  'quote-offered': 'the price is known, and our core must agree',
  open: 'the transfer is under way',
  'calling-core': 'our core is being called',
  'core-unknown': 'nobody knows what our core did',
  late: 'our core was too late',
  'commit-first': 'the hub decides before our core books',
  fulfilling: 'we are confirming to the hub',
  acknowledged: 'the hub took our confirmation',
  refused: 'we refused it',
  completed: 'completed',
  committed: 'completed',
  aborted: 'ended without money',
  failed: 'failed',
};
const FOUND: Names = {
  reserve: 'the money is reserved',
  credit: 'the customer has the money',
  aborted: 'it is ended without money',
  'not-found': 'it does not know the transfer',
  pending: 'it is still working on it',
  'no-answer': 'no answer',
};
const STATUSES: Names = {
  started: 'called, no answer yet',
  ok: 'done',
  refused: 'refused by our core',
  reversed: 'taken back',
  unknown: 'nobody knows whether it was done',
  'not-sent': 'could not be sent',
  pending: 'taken by our core, not decided yet',
};
const HOLDS: Names = {
  none: 'nothing is held',
  asked: 'our core was asked to hold the money',
  held: 'the money is held',
  captured: 'the money is taken for good',
  released: 'the money is free again',
};
const named = (names: Names, value = ''): string => names[value] ?? value;

/** What each side says of a payment. */
const EN: Readonly<Record<SaidCode, Said>> = {
  'hub-COMMITTED': () => 'It says that the money has moved (COMMITTED).',
  'hub-ABORTED': () => 'It says that no money has moved (ABORTED).',
  'hub-ACKNOWLEDGED': () => 'It took our confirmation in time, and has not said yet that the money has moved.',
  'hub-UNKNOWN': () => 'It has not said how the transfer ended.',
  'hub-NOT_SENT': () => 'No transfer was ever sent to it.',
  'hub-REFUSED': () => 'It was told that we refused; without our confirmation it moves no money.',
  'hub-elsewhere': () => 'It is not asked from here: see the payment where it is made.',
  'core-ASKED_US': () => 'It asked us to pay, and holds the money until it learns the outcome.',
  'core-NOT_CALLED': () => 'It was not called.',
  'core-UNKNOWN': () => 'It was called, and nobody knows what it did: it may have booked the transfer.',
  'core-RESERVED': () => 'It has reserved the money, and has not taken the outcome yet.',
  'core-CREDITED': () => 'It has credited the customer.',
  'core-REFUSED': () => 'It refused, or it is proven that it booked nothing.',
  'core-TOLD_COMMITTED': () => 'It took the outcome: the money has moved.',
  'core-TOLD_ABORTED': () => 'It took the outcome: no money has moved.',
  'core-look': () => 'Nobody knows: look in its books.',
  'no-record': () => 'No record knows this transfer: the journal may have forgotten it.',
  enquiries: (v) => `It took ${v['count']} of our questions how it ended, the last ${v['at']}.`,
  confirmations: (v) => `It took ${v['count']} questions about our confirmation, the last ${v['at']}.`,
  error: (v) => `It reports error ${v['error']}.`,
  doubted: (v) => `It reported error ${v['error']} after our confirmation, which decides nothing.`,
  contradicted: (v) => `${v['at']}: ${v['source']} said ${v['says']}, against what was said before.`,
  'payment-stage': (v) => `The payment: ${named(STAGES, v['stage'])}.`,
  'transfer-stage': (v) => `The transfer: ${named(STAGES, v['stage'])}.`,
  expires: (v) => `It is valid until ${v['at']}.`,
  prepare: (v) =>
    v['outcome'] === 'acknowledged'
      ? 'The hub took our transfer.'
      : v['outcome'] === 'refused'
        ? 'The hub refused our transfer.'
        : 'Our transfer could not be handed to the hub; it may have arrived.',
  callback: (v) => `${v['taken'] === 'yes' ? 'The hub took our confirmation' : 'Our confirmation was sent to the hub'} (${v['state']}).`,
  refused: (v) => `We refused it with error ${v['error']}.`,
  exception: (v) => `It needs a person: ${v['code']}${v['at'] === undefined ? '' : `, since ${v['at']}`}.`,
  resolved: (v) => `${v['by']} resolved it as ${v['as']}, ${v['at']}: ${v['reason']}`,
  'core-id': (v) => `Its own id of the transfer is ${v['id']}.`,
  notified: (v) => `It is told the outcome ${v['state']}, attempt ${v['attempt']}.`,
  'core-said': (v) => `Asked ${v['at']}, it said: ${named(FOUND, v['found'])}.`,
  'core-effect': (v) =>
    `Step “${v['name']}”${v['amount'] === undefined ? '' : `, ${v['amount']}`}: ${named(STATUSES, v['status'])}${v['code'] === undefined ? '' : ` (error ${v['code']})`}.`,
  send: (v) => `Our customer’s payment: ${named(HOLDS, v['hold'])}.`,
};

export default EN;
export type SaidTexts = typeof EN;
