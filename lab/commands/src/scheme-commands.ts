import { type CommandEntry, FOLDER_OPTION } from '@payment-manager/payment-manager';

/** A whole scheme on this machine, and a payment in it. */
export const schemeCommands: readonly CommandEntry[] = [
  {
    name: 'start',
    arguments: '',
    summary: 'start a whole scheme on this machine: hub, two DFSPs, two Payment Managers',
    description:
      'Starts a sandbox scheme: a hub with its Connection Manager, two DFSPs with a demo core each (a Fineract, and one that offers the API of the connector rest-core), and a Payment Manager for each, which comes into the scheme by itself. Prints what runs where. State is kept; Ctrl-C stops everything.',
    options: [
      FOLDER_OPTION,
      {
        flags: '--base-port <port>',
        description: 'first of the ports that are used, one after the other; 0 takes free ones',
        default: '4000',
      },
      {
        flags: '--postgres',
        description: 'journals in a PostgreSQL of the sandbox’s own instead of files; each way has payments of its own',
      },
      { flags: '--workers <number>', description: 'with --postgres: how many processes of each Payment Manager (default: 1)' },
      {
        flags: '--connector <connectors...>',
        description:
          'by which core connector the demo core of a DFSP is reached: the folder of a template or of a copy of it, or none (default: greenbank=connectors/fineract-savings bluewallet=connectors/rest-core)',
      },
      {
        flags: '--core <cores...>',
        description:
          'your own core in place of a demo core, and what it can do: greenbank=http://127.0.0.1:4100,reserve,repeatable,askable (docs/core-api.md)',
      },
      {
        flags: '--outside <fspIds...>',
        description: 'DFSPs whose Payment Manager you start yourself, with FOLDER/FSPID/payment-manager.yaml: in a container, say',
      },
    ],
    example: './pm start',
    load: async () => (await import('./start/start.ts')).start,
  },
  {
    name: 'send',
    arguments: '<amount> <currency> to <idType> <idValue>',
    summary: 'send money in the running sandbox',
    description:
      'Pays from one DFSP of the running sandbox to a person at the other: shows the payee’s name and the fees, asks for confirmation, prints each step with its time, and the balances. Exit code 0 only when the payment is COMPLETED.',
    options: [
      { flags: '--from <msisdn>', description: 'MSISDN of the payer (default: the first account of the first DFSP)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      FOLDER_OPTION,
    ],
    example: './pm send 25.00 USD to MSISDN 27713803912',
    load: async () => (await import('./send/send.ts')).send,
  },
  {
    name: 'traffic',
    arguments: '',
    summary: 'payments in the running sandbox, with failures at every hop',
    description:
      'Makes payments in the running sandbox: both ways, in the currencies that the customers have, small amounts, one in five with something that goes wrong: no money, declined, a number of nobody, a hub or core that refuses, breaks or answers too late, messages that are lost or broken on the way back (faults of the sandbox, each of which strikes once). Tells how far it is, and at its end what was made. The same seed makes the same plan.',
    options: [
      { flags: '--rate <number>', description: 'payments a second, 1 to 100 (default: 5)' },
      { flags: '--seconds <number>', description: 'for so long (default: 60); Ctrl-C ends it sooner' },
      { flags: '--seed <number>', description: 'of the mix (default: 1)' },
      FOLDER_OPTION,
    ],
    example: './pm traffic --rate 20',
    load: async () => (await import('./traffic/traffic.ts')).traffic,
  },
];
