import type { AlarmEntries } from './alarm-entry.ts';

/** Alarms of hub, core, journal and of the process itself. */
export const SERVICE_ALARMS = {
  HUB_NOT_ANSWERING: {
    kind: 'stands',
    means:
      'The hub has answered no call of one kind for five seconds, three calls at least. No payment ends; what is under way keeps its hold and is asked about. It ends with the first answer.',
    look: ['`./pm doctor`: DNS, connection, TLS and answer are told apart', 'the reason: the address, and how the last call ended'],
    act: ['[hub-down.md](hub-down.md). Do not restart, and do not pay again by hand.'],
  },
  CORE_NOT_ANSWERING: {
    kind: 'stands',
    means:
      'The core, or a back end of its connector, has answered no call of one kind for five seconds, three calls at least. Payments to our customers are refused, and outcomes wait to be told. Nothing is booked twice when it is back. It ends with the first answer.',
    look: ['`./pm doctor`', 'the dashboard “Payments”: calls of the core by outcome'],
    act: ['[core-down.md](core-down.md)'],
  },
  CORE_CALLS_FAILING: {
    kind: 'once',
    means:
      '16 of the last 20 calls of the core of one kind failed or timed out within ten seconds. New look-ups, quotes or prepares are refused with 2003 before anything moves; then one call a second tries.',
    look: ['`pm_core_breaker`: 2 while nothing is called', 'the dashboard “Payments”: calls of the core', 'the core’s own log'],
    act: ['The core is slow or fails: [core-down.md](core-down.md). Nothing is to be done here when it answers again.'],
  },
  JOURNAL_NOT_BACKED_UP: {
    kind: 'stands',
    means:
      'No copy of the journal could be made into `journal.backup.folder`, or one is not there after three times its pause. Payments go on, and the copies that are there stay; what was paid since the newest would be lost with the disk. It is tried again after 10 seconds, then less often, and ends with the next copy.',
    look: [
      'the reason: the folder, and what was wrong',
      '`df -h` of `journal.backup.folder`, and whether it is mounted',
      '`pm_backup_kept_seconds`: up to when everything is copied',
    ],
    act: [
      'Make room there, or mount it again: [backup.md](backup.md#copies-by-itself). Until then copy by hand to another place: `./pm backup FILE`.',
    ],
  },
  JOURNAL_NOT_WRITABLE: {
    kind: 'stands',
    means:
      'Less than `operations.minimumFreeBytes` is free, the last commit failed, or the database does not answer. `/health/ready` is 503. Where room is scarce, payments that arrive still go on; once a write fails, new ones get 503 and what is under way waits. It ends when the journal takes again.',
    look: ['`./pm doctor`: free space', '`df -h` of the data folder', 'the log: `DATABASE_FULL`, `DATABASE_UNREACHABLE`'],
    act: ['[disk-full.md](disk-full.md); PostgreSQL: [database-down.md](database-down.md). What is owed goes on by itself.'],
  },
  PAYMENTS_NOT_RUNNING: {
    kind: 'stands',
    means:
      'Management runs, and has heard of no process with the role `payments` for half a minute: no payment is made or received. What was begun is in the journal. It ends with the first that says something.',
    look: ['the processes or containers with the role `payments`, and their logs', 'whether they and this one use the same database'],
    act: [
      'Start one: [service.md](service.md), [containers.md](containers.md), [kubernetes.md](kubernetes.md). Why it ended: [database-down.md](database-down.md).',
    ],
  },
  SUCCESS_RATE_LOW: {
    kind: 'stands',
    means:
      'Of the payments that ended in the last minutes fewer completed than `alerts.successRate.belowPercent` says; payments of our customers and to them are looked at each by itself. It ends when the share is five in a hundred better, or nearly nobody pays.',
    look: [
      'the reason: which side, how many of how many',
      'the list of payments in the portal, filtered by failed; `./pm payment ID` of one of them: where it ended, and with which code',
    ],
    act: [
      'By the first digit of the code:\n\n- 1 and 2, or no answer: the hub or the way to it ([hub-down.md](hub-down.md))\n- 3: what was asked for does not exist, nobody’s fault\n- 4: our side; 4001: the net debit cap ([portal.md](portal.md#positions)); our core: [core-down.md](core-down.md)\n- 5: the payee’s side',
    ],
  },
  PAYMENTS_SLOW: {
    kind: 'stands',
    means:
      'More than one in twenty requests of the DFSP took longer than `alerts.latency.aboveMs` in the last minutes. Customers wait, and some pay twice in another way. It ends when fewer than one in twenty-five do, or nearly nobody pays.',
    look: ['the dashboard “Payments”: the time in each stage, calls of the core, messages to the hub', '`./pm doctor`'],
    act: [
      'Where the time goes is the cause: hub ([hub-down.md](hub-down.md)), core ([core-down.md](core-down.md)), or this machine ([performance.md](../performance.md)).',
    ],
  },
  POSITION_NEAR_CAP: {
    kind: 'stands',
    means:
      'What we owe in a currency, by our own payments, has reached `management.positionWarnPercent` of the net debit cap that was entered in the portal, or the cap itself. At the cap the hub refuses every payment of our customers in this currency (4001). It ends below it, or with another cap.',
    look: ['the page Positions of the portal'],
    act: [
      'Add liquidity at the settlement bank, or have the cap raised by the hub’s operator; where a settlement has been, enter in the portal since when payments count ([portal.md](portal.md#positions)).',
    ],
  },
  ANCHOR_FAILED: {
    kind: 'stands',
    means:
      'The end of the journal’s chain cannot be kept outside. Payments go on. What is written until it ends is proven by nothing outside: who cut it off could not be told. It is tried again by itself, and ends with the next anchor.',
    look: ['the reason: the file, or what the webhook answers', '`./pm verify`: how much was written since the last anchor'],
    act: [
      'Mend disk or rights of `journal.anchor.file`, or the server of `journal.anchor.webhookUrl` ([verify.md](../verify.md#anchors)).',
    ],
  },
  READ_MODEL_BEHIND: {
    kind: 'stands',
    means:
      'The read model lacks what was stored more than a minute ago. Payments go on; lists and totals that people look at lack the last minutes. It ends when it is less than ten seconds behind.',
    look: ['the reason: why it cannot be fed', '`./pm readmodel status`'],
    act: [
      'Room on the disk of the data folder, or PostgreSQL ([database-down.md](database-down.md)). Where it does not catch up: `./pm readmodel rebuild`.',
    ],
  },
  MESSAGES_LOST: {
    kind: 'stands',
    means:
      'The bytes of messages (`messages.keepDays`) are not kept: the disk is full or slow, or PostgreSQL cannot be reached. Payments go on; of some nobody can show later what was said. It ends with the next that is kept.',
    look: ['the reason in the log', 'free space of the messages’ folder: twice `operations.minimumFreeBytes` is left free'],
    act: [
      'Make room ([disk-full.md](disk-full.md)), or keep them for fewer days. What was lost stays unknown; the journal is whole ([payment-history.md](payment-history.md)).',
    ],
  },
  STATEMENT_NOT_PULLED: {
    kind: 'stands',
    means:
      'A statement of core or hub for an ended day has not come three times, cannot be read, or not all of the day could be compared; or days of a long standstill are not caught up with. Payments go on; differences of that day are found by nobody meanwhile. It ends when it comes, or a person compares the day.',
    look: ['the reason: day, side and cause', 'the page Reconciliation of the portal'],
    act: [
      'Have the cause mended, or upload the statement: `./pm reconcile --date DAY --core FILE`; what can be pulled again: `./pm reconcile --date DAY --pull core hub` ([exceptions.md](../exceptions.md#pulled-by-itself)).',
    ],
  },
  ALERTS_NOT_DELIVERED: {
    kind: 'stands',
    means:
      'The webhook or the mail server of `alerts` has not taken an alert three times, or its secret is missing: people are not told that way. It is tried again for three days, and ends when something is taken.',
    look: ['the reason: what it answered', '`./pm alerts`: what is open, and who was told'],
    act: [
      'Mend address, password or server ([alert-delivery.md](alert-delivery.md)), then `./pm alerts test`. Until then look at `./pm doctor` yourself.',
    ],
  },
  FLOW_FAILED: {
    kind: 'once',
    means:
      'A defect of the product: an input of a payment could not be decided. That payment stays as it was and stands still; others go on.',
    look: ['the log: the line with this code names the payment', '`./pm payment ID`'],
    act: [
      'Send the line and `./pm --version` to whoever supports you ([support.md](support.md)); the payment goes on with a mended version.',
    ],
  },
  ACTION_FAILED: {
    kind: 'once',
    means:
      'A defect of the product: an action failed in a way that must not be. What may be repeated comes again by itself, after seconds to 5 minutes; a call of the core that may be begun only once counts as unknown.',
    look: ['the log: the line with this code names the payment', '`./pm payment ID`; `./pm exceptions`: whether it has become one'],
    act: [
      'Send the line and `./pm --version` to whoever supports you ([support.md](support.md)). An exception: [exceptions.md](../exceptions.md#act).',
    ],
  },
} as const satisfies AlarmEntries;
