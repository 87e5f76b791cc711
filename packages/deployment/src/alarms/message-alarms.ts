import type { AlarmEntries } from './alarm-entry.ts';

const OF_ONE_PAYMENT = '`./pm payment ID --messages`: what was said; the id is in the log’s line';

/** Alarms of what hub, peers and core say and should not. Each is a fact about one message: money moves by none of them. */
export const MESSAGE_ALARMS = {
  CALLBACK_FROM_STRANGER: {
    kind: 'once',
    means: 'A callback came from an FSP that was not asked. It was ignored; the payment goes on.',
    look: ['the log: which FSP, which payment', OF_ONE_PAYMENT],
    act: ['Once: nothing. Again: tell the hub’s operator who sends it; the hub should not let it through.'],
  },
  CALLBACK_UNEXPECTED: {
    kind: 'once',
    means:
      'A callback came for something that nobody waits for, on none of the replicas: most often an answer after its time. It was ignored.',
    look: ['the log: from whom, and of what', 'the dashboard “Payments”: whether the hub or that peer is slow'],
    act: ['Nothing, unless it happens often: then the peer or the hub is slower than `timeouts.callbackMs`; tell it.'],
  },
  CALLBACK_FOR_ANOTHER_FSP: {
    kind: 'once',
    means: 'The hub delivered a callback that is addressed to another FSP. It was ignored; that FSP may wait for it.',
    look: ['the log: for whom it was', '`fspId` of the configuration: it must be exactly as the scheme has it'],
    act: ['Tell the hub’s operator: addresses of two participants may be mixed up.'],
  },
  NOTIFICATION_WITHOUT_TRANSFER: {
    kind: 'once',
    means: 'The hub notified us of a transfer that was never prepared here. Nothing was booked for it.',
    look: [OF_ONE_PAYMENT, 'whether the journal was restored: `./pm exceptions`'],
    act: [
      'Tell the hub’s operator. In the next `./pm reconcile` with the hub’s statement it shows as `HUB_UNKNOWN_TO_US` where the hub counts it.',
    ],
  },
  TRANSFER_CALLBACK_TOO_EARLY: {
    kind: 'once',
    means: 'An outcome other than COMMITTED was reported for a payment whose prepare had not left. It was ignored; the payment goes on.',
    look: [OF_ONE_PAYMENT],
    act: ['Tell the sender, which the reason names.'],
  },
  OTHER_ERROR_AFTER_THE_END: {
    kind: 'once',
    means: 'Another error was reported for a payment that had failed already. It stays failed.',
    look: [OF_ONE_PAYMENT],
    act: ['Nothing, unless it happens often: then tell the sender.'],
  },
  ERROR_AFTER_FULFIL: {
    kind: 'once',
    means:
      'After our fulfilment the hub reported an error that decides nothing. It is kept, and the hub is asked how the transfer ended; the alarm of that payment stands until it has said so.',
    look: [OF_ONE_PAYMENT, '`./pm exceptions`: whether it has become one'],
    act: ['Nothing. Where it does not end, ask the hub’s operator; book and release nothing before.'],
  },
  PATCH_ERROR: {
    kind: 'once',
    means:
      'The hub reported an error by PATCH about a transfer that had ended, or had got no fulfilment of ours. Nothing was changed by it.',
    look: [OF_ONE_PAYMENT],
    act: [
      'Nothing, where the payment agrees with the hub (`./pm reconcile --date DAY`). Else tell the hub’s operator the code in the reason.',
    ],
  },
  CORE_FULFILMENT_IGNORED: {
    kind: 'once',
    means: 'The core sent a fulfilment of its own. Ours, which matches the condition, is used; nothing is wrong with the payment.',
    look: ['the core, or its connector: the answer of `POST /transfers` has a member `fulfilment`'],
    act: ['Switch it off there ([core-api.md](../core-api.md)).'],
  },
} as const satisfies AlarmEntries;
