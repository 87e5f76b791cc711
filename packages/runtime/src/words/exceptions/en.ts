/** Why a payment needs a person (docs/errors.md): what it is, what it means for the money, what to do. */
interface Explained {
  readonly title: string;
  readonly meaning: string;
  readonly advice: string;
}

/** Reasons for which a payment needs a person. */
const EN = {
  codes: {
    OUTCOME_UNKNOWN: {
      title: 'The hub has not said how it ended',
      meaning: 'The money may or may not have moved. The hub was asked as often as is planned, and is asked on, ever more rarely.',
      advice: 'Ask the hub, or its operator. Release, book and refund nothing by hand before the hub has said.',
    },
    CORE_OUTCOME_UNKNOWN: {
      title: 'Nobody knows what our core did',
      meaning: 'Our core was called and gave no answer that tells whether it executed the transfer.',
      advice: 'Look in the core whether the transfer is booked, and compare with the hub.',
    },
    CORE_CREDITED_HUB_ABORTED: {
      title: 'Our core credited, the hub aborted',
      meaning: 'Our customer has money that we do not get: no money has moved between the institutions.',
      advice: 'Reverse the booking in the core, then resolve as aborted.',
    },
    CORE_MAY_HAVE_CREDITED: {
      title: 'The hub aborted, our core may have credited',
      meaning: 'No money has moved between the institutions. Nobody knows whether our core has booked.',
      advice: 'Look in the core; reverse the booking if it is there.',
    },
    CORE_CREDITED_TOO_LATE: {
      title: 'Our core credited too late',
      meaning: 'Our core booked after the time for it was over, so that no confirmation was sent to the hub.',
      advice: 'Wait for the hub’s word; it is asked. If it aborts, reverse the booking.',
    },
    CORE_NOT_TOLD: {
      title: 'Our core does not take the outcome',
      meaning: 'The transfer has ended, and our core refuses to be told. What it holds stays held.',
      advice: 'Find out why the core refuses it; book or release by hand if it stays so.',
    },
    FULFILMENT_WRONG: {
      title: 'Reported as committed with a wrong fulfilment',
      meaning: 'The proof of the other side does not fit the payment, so that it is not taken as ended. It is asked for.',
      advice: 'Tell the hub’s operator.',
    },
    FULFILMENT_MISSING: {
      title: 'Reported as committed without a fulfilment',
      meaning: 'The proof of the other side is missing, so that it is not taken as ended. It is asked for.',
      advice: 'Tell the hub’s operator.',
    },
    CONTRADICTION: {
      title: 'Two final words contradict each other',
      meaning: 'The first one stands, both are kept. Nothing is booked the other way round by itself.',
      advice: 'Compare the hub’s ledger with the payment and with the core; tell the hub’s operator.',
    },
    JOURNAL_RESTORED: {
      title: 'The journal was put back to an older copy',
      meaning: 'It may have forgotten payments, so that no new one is taken.',
      advice: 'Read in what was paid since the copy, then have the mark lifted by an administrator.',
    },
    TRANSFER_UNKNOWN: {
      title: 'The hub knows a transfer that we do not',
      meaning: 'The journal may have forgotten it, or the hub means somebody else.',
      advice: 'Look whether the core holds or booked money for it. Put it right, then resolve it.',
    },
    CORE_EFFECT_UNKNOWN: {
      title: 'Nobody knows whether our core executed a step',
      meaning: 'The connector has begun something in the core; repeats and questions have not settled what came of it.',
      advice: 'Look in the core for the effect that is named, and compare with the payment.',
    },
    CORE_EFFECT_STUCK: {
      title: 'Our core refuses what must be done',
      meaning: 'The payment cannot go on in the core, or the connector no longer fits what was begun.',
      advice: 'Read the reason. Put the earlier version of the connector back, or do by hand in the core what is missing.',
    },
    CORE_HOLD_EXPIRES: {
      title: 'Our core will soon let go of a hold',
      meaning: 'The payment has no outcome yet, and the customer’s money may become free.',
      advice: 'Ask the hub’s operator for the outcome; hold the money anew by hand.',
    },
    SEND_OUTCOME_UNKNOWN: {
      title: 'Our customer’s payment has no known end',
      meaning: 'The money stays held. It is asked on, and a final word that comes later ends it by itself.',
      advice: 'Ask the hub’s operator.',
    },
    SEND_WITHOUT_HOLD: {
      title: 'Our customer pays, and nothing is held',
      meaning: 'The payment moves, or has moved, money for which the core holds nothing.',
      advice: 'Look in the core’s books. Take the money by hand where it is committed, then say that it is done.',
    },
  } as Readonly<Record<string, Explained>>,
  otherCode: {
    title: 'Needs a person',
    meaning: 'What it means stands in the product’s words.',
    advice: 'Look at the payment.',
  } as Explained,
};

export default EN;
export type ExceptionWords = typeof EN;
