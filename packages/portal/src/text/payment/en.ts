/** How payments are spoken of, on every page. "Completed" is said only where the hub said COMMITTED. */
const EN = {
  states: {
    completed: 'Completed',
    pending: 'In progress',
    unknown: 'Outcome unknown',
    acknowledged: 'Not confirmed yet',
    failed: 'Failed',
    declined: 'Declined',
    quoted: 'Price given',
    unread: 'Not readable',
  },
  stateHelp: {
    completed: 'The hub said that the transfer is committed: the money has moved.',
    pending: 'It goes on by itself; how it ends is not known yet.',
    unknown: 'It was sent, and nobody has said yet how it ended. The money may or may not have moved; it is being asked.',
    acknowledged: 'The hub took our confirmation, and has not said that the transfer is committed. The money may or may not have moved.',
    failed: 'It ended without money.',
    declined: 'The customer did not want what was offered. No money has moved.',
    quoted: 'We said what it would cost. No transfer has come.',
    unread: 'A newer version of the product wrote something that this one does not know.',
  },
  directions: { out: 'Out', in: 'In' },
  directionHelp: { out: 'We pay', in: 'We are paid' },
  attention: 'Needs a person',
  alarm: 'Somebody should look',
  pruned: 'Archived: names and numbers are removed',
};

export default EN;
export type PaymentWords = typeof EN;
