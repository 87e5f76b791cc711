/** Who says something of a payment, what a person may do about it, and what that does for money: the same words on every page. */
const EN = {
  places: { hub: 'Hub', us: 'We', core: 'Our core', person: 'Person' },
  knownBy: { hub: 'Hub', us: 'Payment Manager', core: 'Core' },
  actions: {
    title: 'What you can do now',
    none: 'Nothing is left to do: a final word that comes later takes effect by itself.',
    notAllowed: 'Your role may look, and not act.',
    nowRefused: 'not possible any more',
    'ask-hub': 'Ask the hub',
    'ask-core': 'Ask our core',
    'resend-outcome': 'Tell our core the outcome again',
    settle: 'Resolve',
    'core-executed': 'The core has executed it',
    'core-not-executed': 'The core has not executed it',
    'core-done': 'Done at the core by hand',
    as: 'How it ended',
    ends: { COMMITTED: 'Committed: the money has moved', ABORTED: 'Aborted: no money has moved' },
    reason: 'Reason',
    reasonPlaceholder: 'For example: ticket 4711 at the hub',
    facts: 'What the core calls it (JSON, where a later step needs it)',
    outcome: (state: string) => `Outcome: ${state}`,
    confirm: 'I have looked in the core’s books: it has not booked this yet',
    do: 'Do it',
    ask: 'Ask a second person',
    done: 'Done.',
    asked: 'Asked for. It is done as soon as a second person agrees.',
    unanswered: 'No answer came: it may have been done. Close this and look at what happened before you repeat it.',
    fourEyes: 'A second person must agree before anything is done.',
  },
  /** What an action does for money. */
  effects: {
    'ask-hub': 'Moves no money. The hub’s answer takes effect like any other.',
    'ask-core': 'Moves no money. If nobody knew what the core did, the payment goes on from its answer.',
    'resend-committed':
      'Our core is told once more that it is committed, and books the money for our customer. A core that does not recognise repeats books twice.',
    'resend-aborted': 'Our core is told once more that it is aborted, and releases what it has reserved.',
    'settle-payer':
      'Closes the exception. Our core takes the customer’s money for good when it learns “committed”, and gives it back when it learns “aborted”. Nothing is sent to the hub.',
    'settle-payer-committed':
      'Closes the exception. When our core next asks, it learns that the payment is committed, and takes the customer’s money for good. Nothing is sent to the hub.',
    'settle-payer-aborted':
      'Closes the exception. When our core next asks, it learns that the payment has failed, and gives the customer the money back. Nothing is sent to the hub.',
    'settle-payee':
      'Closes the exception in our records alone. Neither hub nor core is told: book or release in the core by hand, or tell it the outcome afterwards.',
    'core-executed': 'You have looked in the core: it was executed there. The payment goes on from that; it is not executed again.',
    'core-not-executed':
      'You have looked in the core: it was not executed, and never will be. It is done again or given up, as the connector says.',
    'core-done': 'It was done by hand in the core. Nothing is called for it any more.',
  },
};

export default EN;
export type ActTexts = typeof EN;
