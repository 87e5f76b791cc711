/** What people are told of an incident: by mail, by webhook and on the page of alerts. */
const EN = {
  severities: { critical: 'Critical', warning: 'Warning' },
  payments: (count: string, one: boolean) => (one ? '1 payment' : `${count} payments`),
  since: 'Since',
  until: 'Until',
  events: { began: 'it began', again: 'there is more of it', ended: 'it has ended' },
  /** Before the page that explains it. */
  where: 'Where to look',
  tested: 'A test of the alerts; nothing has happened',
  /** Of each rule what it is about, what that means for payments, and what to do. */
  rules: {
    exceptions: {
      name: 'Payments need a person',
      means:
        'Nobody but a person can say how they ended. Until then the money of a customer may be on hold, or missing. Resolve them one by one.',
    },
    hub: {
      name: 'The hub cannot be reached',
      means: 'No payment ends. What is under way keeps its hold and is asked about until the hub answers. Call the hub’s operator.',
    },
    core: {
      name: 'The core banking system does not answer',
      means: 'Payments to our customers are refused, and outcomes wait to be told. Nothing is booked twice when it is back.',
    },
    journal: {
      name: 'Payments cannot be stored',
      means:
        'The disk is full, or the database takes nothing: no payment begins, and what is under way waits. Nothing is lost. Make room, or mend the database.',
    },
    'success-rate': {
      name: 'Too many payments fail',
      means: 'None of them is lost; customers cannot pay. Look at the causes of those that failed: which side, which peer.',
    },
    latency: {
      name: 'Payments are slow',
      means: 'Customers wait, and some give up. See where the time goes: hub, core, or the machine of Payment Manager.',
    },
    cap: {
      name: 'A position comes near its cap',
      means: 'When it is reached, the hub refuses payments of our customers. Ask the hub’s operator for liquidity or a settlement.',
    },
    expiry: {
      name: 'A certificate comes to its end',
      means: 'When it has ended, no payment goes through. Renew it, or ask the hub’s operator to sign the new one.',
    },
    trust: {
      name: 'A key or certificate is not the expected one',
      means: 'Ask the hub’s operator whether that was agreed. If it was not, somebody may act in another’s name.',
    },
    'read-model': {
      name: 'Lists and totals are behind',
      means: 'Payments go on; the portal shows the newest later.',
    },
    delivery: {
      name: 'Alerts are not taken',
      means: 'The webhook or the mail server takes no messages. They are sent again for three days.',
    },
    operation: {
      name: 'Something needs an engineer',
      means: 'Payments go on for now. The reason says what is wrong.',
    },
  },
};

export default EN;
export type AlertWords = typeof EN;
