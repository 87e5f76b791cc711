import type { PayeeHappening, PayerHappening } from '@payment-manager/management-api/types';

/** Codes, ids, amounts (already written as the language writes them) and instants of what happened. */
export type Values = Readonly<Record<string, string>>;
export type Told = (values: Values) => string;

const OPERATIONS: Values = {
  'party.get': 'find the customer',
  'quote.create': 'say what it costs',
  'transfer.prepare': 'reserve or book the money',
  'transfer.finalise': 'take the outcome',
  'send.check': 'say whether the customer may pay',
  'send.hold': 'hold the customer’s money',
  'send.capture': 'take the held money for good',
  'send.release': 'give the held money back',
};
/** An operation of the connector as what it is for; with its outcome, where its name has one. */
const operation = ({ operation: name = '' }: Values): string => {
  const [what = '', outcome] = name.split(' ');
  const said = OPERATIONS[what] ?? what;
  return outcome === undefined ? said : `${said} (${outcome})`;
};

/** What happened to payments, for people who run a bank and not a protocol. */
const EN = {
  /** We pay. */
  out: {
    'payment-started': () => 'Our core asked to send money',
    'simple-transfer-started': (v) => `Our core asked for a transfer to ${v['destination']}`,
    'party-found': (v) => `The receiver was found${v['fsp'] === undefined ? '' : ` at ${v['fsp']}`}`,
    'quote-requested': (v) => `${v['destination']} was asked what it costs`,
    'quote-received': (v) => `${v['source']} offered ${v['amount']}`,
    'quote-accepted': (v) => `The offer was accepted: ${v['amount']} are to move`,
    'prepare-sent': (v) =>
      v['outcome'] === 'acknowledged'
        ? 'The hub took our transfer'
        : v['outcome'] === 'refused'
          ? 'The hub refused our transfer'
          : 'Our transfer could not be handed to the hub; it may have arrived',
    fulfilled: (v) => `${v['source']} completed it: the hub says COMMITTED`,
    'not-committed': (v) =>
      v['said'] === 'never-left' ? 'It never left us: no money moves' : `The transfer ended without money: error ${v['error']}`,
    failed: (v) => `It failed before any money was asked for: error ${v['error']}`,
    aborted: () => 'The offer was not wanted: nothing was sent',
    'hub-asked': (v) => `The hub took our question how it ended (${Number(v['rung'] ?? 0) + 1})`,
    inquired: (v) =>
      v['by'] === 'ladder' ? 'No answer in time: the hub is asked how it ended' : 'Our core wants to know: the hub is asked',
    'exception-raised': (v) => `It needs a person: ${v['code']}`,
    contradicted: (v) => `${v['source']} says ${v['says']}, against what was said before`,
    'confirmation-asked': () => 'Asked again by our core: the hub is asked whether the first attempt is over',
    confirmed: () => 'The hub confirmed that the attempt is over',
    restored: () => 'The journal was put back to an older copy: the hub is asked what happened since',
    reported: () => 'Reported by a person: the journal had forgotten it',
    pruned: () => 'Older events are in the archive',
    'person-acted': (v) => `A person decided: ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  } satisfies Readonly<Record<PayerHappening, Told>> as Readonly<Record<PayerHappening, Told>>,
  /** We are paid. */
  in: {
    'quote-requested': (v) => `${v['source']} asked what a payment of ${v['amount']} would cost`,
    'quote-answered': (v) => `We offered ${v['amount']}`,
    'quote-refused': (v) => `We refused to offer a price: error ${v['error']}`,
    'quote-callback-settled': (v) => (v['acknowledged'] === 'true' ? 'The hub took our answer' : 'The hub did not take our answer'),
    'prepare-received': (v) => `${v['source']} sends ${v['amount']}`,
    'prepare-refused': (v) => `We refused the transfer: error ${v['error']}`,
    'core-transfer-started': (v) => `Our core was asked to book it${v['attempt'] === '1' ? '' : ` (attempt ${v['attempt']})`}`,
    'core-transfer-ok': (v) =>
      `Our core ${v['mode'] === 'reserve' ? 'reserved' : 'credited'} the money${v['late'] === 'true' ? ', but too late' : ''}`,
    'core-transfer-refused': (v) => `Our core refused it: error ${v['error']}`,
    'core-transfer-unknown': (v) =>
      v['forgotten'] === 'true'
        ? 'The journal was put back to an older copy: core and hub are asked'
        : 'Our core gave no clear answer: it may have booked it',
    'core-asked': (v) =>
      v['found'] === 'pending'
        ? 'Our core says that it is still working on it'
        : v['found'] === 'not-found'
          ? 'Our core does not know it'
          : 'Our core did not answer',
    'core-quiet': () => 'Our core can no longer book it late; what it did, only it can say',
    'core-said': (v) => `Our core, asked by a person, says: ${v['found']}`,
    'fulfil-decided': () => 'We confirm the transfer to the hub',
    'callback-settled': (v) =>
      v['acknowledged'] === 'true' ? 'The hub took our confirmation; how it ended, it says later' : 'The hub did not take our confirmation',
    'hub-error-said': (v) => `The hub reports error ${v['error']} about our confirmation; it is asked how it ended`,
    'confirmation-asked': (v) => `The hub took our question how it ended (${Number(v['nth'] ?? 0) + 1})`,
    'confirmation-ended': () => 'The hub took our confirmation and does not say how it ended; reconciliation asks again',
    'outcome-known': (v) =>
      v['said'] === 'acknowledgement'
        ? 'The hub took our confirmation in time'
        : v['state'] === 'COMMITTED'
          ? 'The hub says COMMITTED: the money has moved'
          : 'The hub says ABORTED: no money moves',
    'notification-started': (v) =>
      `Our core is told that it ${v['state'] === 'COMMITTED' ? 'is completed' : 'ended without money'}${v['attempt'] === '1' ? '' : ` (attempt ${v['attempt']})`}`,
    'notification-acknowledged': () => 'Our core took that',
    'notification-failed': (v) =>
      v['kind'] === 'rejected'
        ? 'Our core refused the outcome'
        : v['kind'] === 'not-sent'
          ? 'Our core could not be reached'
          : 'Our core did not say whether it took it',
    'commit-withdrawn': () => 'Too late for our core to book; it is released when the hub has ended the transfer',
    'commit-held': () => 'Too late to tell our core again, and it may have booked: it is told nothing more',
    'hub-asked': (v) => `The hub took our question how it ended (${Number(v['rung'] ?? 0) + 1})`,
    'exception-raised': (v) => `It needs a person: ${v['code']}`,
    contradicted: (v) => `${v['source']} says ${v['says']}, against what was said before`,
    reported: () => 'Reported by a person: the journal had forgotten it',
    pruned: () => 'Older events are in the archive',
    'person-acted': (v) => `A person decided: ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  } satisfies Readonly<Record<PayeeHappening, Told>> as Readonly<Record<PayeeHappening, Told>>,
  /** At our core: what its connector does, and our customers' payments. `core:` and `send:` and the kind of the event. */
  core: {
    'core:operation-begun': (v) =>
      `Our core is asked to ${operation(v)}${v['undoes'] === undefined ? '' : ', to undo what was done before'}`,
    'core:operation-failed': (v) => `Our core did not answer: it is asked again to ${operation(v)}`,
    'core:operation-ended': (v) =>
      v['kind'] === 'reply' ? `Our core has finished: ${operation(v)}` : `Our core refused to ${operation(v)}: error ${v['code']}`,
    'core:person-acted': (v) => `${v['by']} looked at the core and said: ${v['what']}`,
    'core:stuck': (v) => `It cannot go on by itself at our core: ${operation(v)}`,
    'core:effect-started': (v) => `Our core gets step “${v['effect']}”${v['attempt'] === '1' ? '' : ` (attempt ${v['attempt']})`}`,
    'core:effect-ended': (v) =>
      v['outcome'] === 'ok'
        ? `Our core has done step “${v['effect']}”`
        : v['outcome'] === 'refused'
          ? `Our core refused step “${v['effect']}”: error ${v['code']}`
          : `Step “${v['effect']}” is taken back`,
    'core:effect-unknown': (v) => `Nobody knows whether our core has done step “${v['effect']}”: it is asked`,
    'core:effect-not-sent': (v) => `Step “${v['effect']}” could not be sent to our core`,
    'core:effect-pending': (v) => `Our core took step “${v['effect']}”, and has not decided yet`,
    'core:effect-hinted': (v) => `Our core calls back about step “${v['effect']}”: it is asked`,
    'core:effect-asked': (v) =>
      v['said'] === 'pending'
        ? `Our core still works on step “${v['effect']}”`
        : v['said'] === 'absent'
          ? `Our core does not know step “${v['effect']}”`
          : `Our core did not say what became of step “${v['effect']}”`,
    'core:hold-renewed': () => 'Our core keeps the money held for longer',
    'core:renewal-failed': () => 'Our core does not keep the money held for longer',
    'core:reversal-failed': (v) => `Our core did not take step “${v['effect']}” back`,
    'core:exception-raised': (v) => `It needs a person: ${v['code']}`,
    'send:send-begun': () => 'Our customer wants to pay',
    'send:checked': (v) => `Our core says that the customer may pay, for a fee of ${v['fee']}`,
    'send:payment-known': () => 'The payment is begun in the scheme',
    'send:offered': () => 'The customer is shown the price',
    'send:accepted': (v) =>
      v['by'] === 'customer'
        ? `The customer accepts: ${v['total']} in all`
        : `The price is within the customer’s limit: ${v['total']} in all`,
    'send:accepting': () => 'The money is held, and the price is accepted',
    'send:taken': () => 'The scheme took it',
    'send:given-up': (v) => `It is given up${v['code'] === undefined ? '' : `: error ${v['code']}`}`,
    'send:committed': () => 'The payment is completed: the money is to be taken for good',
    'send:not-committed': (v) => `The payment ended without money${v['code'] === undefined ? '' : `: error ${v['code']}`}`,
    'send:captured': () => 'Our core has taken the held money for good',
    'send:released': () => 'Our core has given the held money back',
    'send:rejected': () => 'The offer was not wanted: the scheme is told',
    'send:exception-raised': (v) => `It needs a person: ${v['code']}`,
    'send:person-acted': (v) => `${v['by']} did it by hand at the core`,
    'send:restored': () => 'The journal was put back to an older copy: how far it had come is not known',
  } as Readonly<Record<string, Told>>,
};

export default EN;
export type HappeningTexts = typeof EN;
