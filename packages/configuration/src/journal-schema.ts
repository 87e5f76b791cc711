import { durationMs, flag, group, integer, oneOf, optional, path, text, url } from './leaf.ts';

/** Where payments are recorded. */
export const journal = group('Where payments are recorded: in a file, for one process, or in PostgreSQL, for any number of replicas.', {
  store: oneOf(['sqlite', 'postgres'], {
    description: '`sqlite`: the journal file in the data folder. `postgres`: the server at `journal.postgresUrl`, which replicas share.',
    default: 'sqlite',
    example: 'postgres',
  }),
  postgresUrl: optional(
    text({
      description:
        'PostgreSQL (14 or newer), with user, password and database. Give it in the environment: it is a secret. On another machine it is reached by TLS: with `postgresCaFile`, or with `?sslmode=verify-full` where its certificate comes from a public CA; `?sslmode=disable` where nobody else is on the network between.',
      example: 'postgres://pm:…@db.example.org/payments',
    }),
  ),
  postgresSchema: text({
    description: 'Schema that holds the tables; made when missing. Small letters, digits and `_`.',
    default: 'payment_manager',
    example: 'payment_manager',
  }),
  postgresCaFile: optional(
    path({
      description: 'Bundle of the CAs that the server’s certificate must come from, PEM; then TLS is demanded and its host name checked.',
      example: 'tls/postgres-ca.pem',
    }),
  ),
  postgresCertificateFile: optional(
    path({ description: 'Our certificate towards the server, PEM, where it demands one.', example: 'tls/postgres-client.pem' }),
  ),
  postgresKeyFile: optional(path({ description: 'The key of that certificate, PEM.', example: 'tls/postgres-client-key.pem' })),
  readConnections: integer(
    { description: 'Connections for questions, beside one that writes and one that listens.', default: 4, example: '4' },
    1,
    100,
  ),
  leaseMs: durationMs(
    {
      description:
        'The work of a replica that has stopped is taken over within this time, also when all others were just started. A replica that is halted for half of it must restart.',
      default: 10_000,
      example: '10000',
    },
    1000,
  ),
  replicaId: optional(
    text({
      description: 'Name of this replica; no two that run at once may bear the same. When left out: host name, process id and chance.',
      example: 'greenbank-1',
    }),
  ),
  backup: group(
    'Copies of the embedded journal, and of the portal’s users and audit log, made while the product runs (docs/operations/backup.md).',
    {
      folder: optional(
        path({
          description:
            'Folder of the copies, on another disk than the data. Left out: none are made. Not for PostgreSQL, which has its own means.',
          example: '/mnt/copies',
        }),
      ),
      everyMs: durationMs(
        {
          description:
            'Time between two copies, when anything was written: so much is lost with the disk. After a copy that took long, nine times as long passes.',
          default: 300_000,
          example: '300000',
        },
        1000,
      ),
      keep: integer(
        { description: 'So many copies are kept; older ones are removed when a new one is whole.', default: 24, example: '24' },
        2,
        10_000,
      ),
    },
  ),
  anchor: group('Keeping the ends of the journal’s chain outside, so that a journal that was rewritten or cut off shows (`./pm verify`).', {
    file: optional(
      path({
        description:
          'File that anchors are added to, each a line of JSON. Put it where whoever can write the journal cannot: another machine’s disk. Processes that share the journal may share the file.',
        example: '/mnt/audit/greenbank.anchors',
      }),
    ),
    webhookUrl: optional(
      url({
        description: 'Address that each anchor is sent to by POST; it answers 2xx when it has kept it.',
        example: 'https://audit.example.org/anchors',
      }),
    ),
    webhookSecret: optional(
      text({
        description:
          'Key of the HMAC-SHA256 of the body in `x-payment-manager-signature`, as for alarms. Give it in the environment. Left out: no signature.',
        example: '…',
      }),
    ),
    everyMs: durationMs(
      {
        description: 'Time between two anchors. What was written after the last one is not proven to be whole.',
        default: 60_000,
        example: '60000',
      },
      1000,
    ),
  }),
});

/** Where the bytes of messages are kept. */
export const messages = group(
  'The bytes of every message to and from hub and core, sealed, in a store of their own that no payment waits for (`./pm payment ID --messages`).',
  {
    keepDays: integer(
      {
        description:
          'Days that messages are kept besides today. 0: none are kept, those that are there are removed at the start, and nothing is spent on them.',
        default: 30,
        example: '30',
      },
      0,
      3_660,
    ),
    folder: optional(
      path({
        description:
          'Folder of their files. Default: `messages` in the data folder. With `journal.store` postgres they are in PostgreSQL, and there is none.',
        example: '/var/lib/payment-manager/messages',
      }),
    ),
  },
);

/** Payments as rows. */
export const readModel = group(
  'The read model: payments as rows, for lists, search and totals, made of the journal and kept up to date beside it.',
  {
    enabled: flag({
      description:
        'Keep it. In a folder of the data folder, or in PostgreSQL with the journal; about as large as half of the journal. Switched off, what is there is removed, since pruning would not reach it.',
      default: false,
      example: 'true',
    }),
  },
);

/** When a day begins, for totals, reports and reconciliation. */
export const businessDay = group('When a business day begins and ends: for totals, reports and reconciliation.', {
  zone: text({ description: 'Time zone, by its IANA name.', default: 'UTC', example: 'Africa/Dar_es_Salaam' }),
  cutOff: text({
    description:
      'Local time at which one business day ends and the next begins. From 12:00 on, what comes later is the next day’s; before 12:00, what comes earlier is the day before’s. 00:00: the calendar day.',
    default: '00:00',
    example: '22:00',
  }),
});
