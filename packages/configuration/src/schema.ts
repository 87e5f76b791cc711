import type { Static } from 'typebox';
import { alerts } from './alerts-schema.ts';
import { connectionManager, sdkControl } from './connection-schema.ts';
import { acceptance, core, deduplication, jws, ladder, lifetimes, timeouts, versions } from './connector-schema.ts';
import { CONFIG_FORMAT } from './format.ts';
import { businessDay, journal, messages, readModel } from './journal-schema.ts';
import {
  bytes,
  decimalsByCurrency,
  durationMs,
  environmentOf,
  flag,
  fspId,
  group,
  integer,
  list,
  oneOf,
  optional,
  path,
  port,
  text,
  url,
} from './leaf.ts';
import { management } from './management-schema.ts';
import { reconciliation } from './reconciliation-schema.ts';
import { crlFile, inbound, outbound, tlsFiles } from './servers-schema.ts';
import { vault } from './vault-schema.ts';

const hub = group('The hub of the scheme, and how it is reached.', {
  id: fspId({
    description: 'The FSP id under which the hub itself sends. No peer, and not this DFSP, may bear it.',
    default: 'switch',
    example: 'switch',
  }),
  baseUrl: url({ description: 'Base URL of the hub; each resource is a path below it.', example: 'https://hub.example.org/fspiop' }),
  partiesUrl: optional(
    url({ description: 'Base URL for parties, where it differs from `hub.baseUrl`.', example: 'https://als.example.org' }),
  ),
  participantsUrl: optional(url({ description: 'Base URL for participants, where it differs.', example: 'https://als.example.org' })),
  quotesUrl: optional(url({ description: 'Base URL for quotes, where it differs.', example: 'https://quotes.example.org' })),
  transfersUrl: optional(url({ description: 'Base URL for transfers, where it differs.', example: 'https://transfers.example.org' })),
  tls: group('TLS towards the hub.', {
    enabled: flag({
      description: 'Use the files below, or the keys of the vault; then every URL of the hub must be https.',
      default: false,
      example: 'true',
    }),
    ...tlsFiles,
    caFile: optional(
      path({
        description:
          'Bundle of the CAs that the hub’s certificates must come from, PEM. With a vault only where its servers have certificates of another CA than the hub’s own, such as a public one: then these are trusted beside that for them.',
        example: 'tls/ca.pem',
      }),
    ),
    crlFile: crlFile('the certificates of the hub’s servers'),
  }),
  oauth: group('OAuth 2.0 client credentials towards the hub, where it asks for a bearer token.', {
    tokenUrl: optional(
      url({ description: 'Token endpoint. Left out: no token is sent.', example: 'https://auth.hub.example.org/realms/dfsps/token' }),
    ),
    clientId: optional(text({ description: 'Client ID. Default: `fspId`.', example: 'greenbank' })),
    clientSecret: optional(
      text({
        description: 'Its secret. Give it in the environment, or leave it out and keep it in the vault as secret `hub-oauth`.',
        example: '…',
      }),
    ),
    scope: optional(text({ description: 'Scope to ask for.', example: 'fspiop' })),
    caFile: optional(
      path({
        description: 'Bundle of the CAs that the token server’s certificate must come from, PEM. Default: the system’s.',
        example: 'tls/hub-public-ca.pem',
      }),
    ),
  }),
  maxConnections: integer({ description: 'Connections to each host of the hub.', default: 64, example: '64' }, 1, 10_000),
  maxQueued: integer(
    {
      description: 'Requests that may wait for a connection to the hub; above it they count as not sent.',
      default: 10_000,
      example: '10000',
    },
    1,
    1_000_000,
  ),
  connectTimeoutMs: durationMs({
    description: 'Longest time to open a connection to the hub, TLS included.',
    default: 5000,
    example: '5000',
  }),
  maxAnswerBytes: bytes(
    { description: 'Largest answer of the hub that is read.', default: 1_048_576, example: '1048576' },
    1024,
    104_857_600,
  ),
});

export const operations = group('The API for operators: health, metrics, what needs a person. Keep it inside.', {
  host: text({ description: 'Address that the operations API listens on.', default: '127.0.0.1', example: '127.0.0.1' }),
  port: port({ description: 'Port of the operations API; 0 takes any free one.', default: 4004, example: '4004' }),
  tlsEndedBy: optional(
    text({
      description:
        'Name of the proxy or mesh that ends TLS before this API, which has none of its own, and alone reaches this address. Outside a sandbox the only way to listen on another address than loopback: the token and what it opens would cross the network as they are. Told at each start and by the health report. Persons may act on loopback only, whatever stands here.',
      example: 'mesh of the payments cluster',
    }),
  ),
  tokenFile: optional(
    path({
      description:
        'File with the token that the operations API wants, made at the start when it is not there, with mode 0600: who may read it may resolve, prune and see payments. The command line reads it automatically. `/health/live`, `/health/ready` and `/metrics` want none; in the sandbox nothing that only looks does. Default: `operations.token` in the data folder.',
      example: '/run/secrets/operations-token',
    }),
  ),
  hostNames: list(text({ description: 'Host name' }), {
    description:
      'Names by which the operations API may be asked, beside `localhost` and IP addresses; a request with another `Host` is refused.',
    default: [],
    example: '[payment-manager.payments.svc]',
  }),
  minimumFreeBytes: bytes(
    {
      description: 'Below this much free space in the data folder the product reports that it is not ready.',
      default: 67_108_864,
      example: '67108864',
    },
    0,
    Number.MAX_SAFE_INTEGER,
  ),
  alarmWebhook: group('An address that is notified when an alarm or an exception begins and when it ends.', {
    url: optional(
      url({
        description:
          'Each notice is sent there by POST, as JSON, until it answers 2xx (docs/alarms.md). Give it in the environment if its path is a secret. Left out: no notices are sent.',
        example: 'https://alarms.greenbank.example.org/payment-manager',
      }),
    ),
    secret: optional(
      text({
        description:
          'Key of the HMAC-SHA256 of the body in `x-payment-manager-signature`. Give it in the environment. Left out: no signature.',
        example: '…',
      }),
    ),
    caFile: optional(
      path({
        description: 'Bundle of the CAs that its certificate must come from, PEM. Default: the system’s.',
        example: 'tls/internal-ca.pem',
      }),
    ),
  }),
});

export const log = group('Log lines: JSON on standard output.', {
  level: oneOf(['debug', 'info', 'warn', 'error'], {
    description: 'Least important level that is written.',
    default: 'info',
    example: 'info',
  }),
  pretty: flag({ description: 'Lines for people instead of JSON; for trying things out.', default: false, example: 'false' }),
});

const limits = group('How much at once. Above a limit new work is answered 503 with Retry-After; callbacks are not.', {
  inFlightPayments: integer(
    {
      description:
        'Payments and quotes that are not finished, those that wait for a person or the other side included. How much may be worked on at once is found by the product itself, up to this number.',
      default: 2000,
      example: '2000',
    },
    1,
    1_000_000,
  ),
  restingRecords: integer(
    { description: 'Payments kept in memory after they came to rest; the journal has them all.', default: 1000, example: '1000' },
    0,
    10_000_000,
  ),
});

const tracing = group('Traces of payments (OpenTelemetry), sent to a collector, best effort. Off unless `otlpUrl` is given.', {
  otlpUrl: optional(
    url({
      description: 'Where OTLP over HTTP is taken, with its path (docs/operations/tracing.md).',
      example: 'http://127.0.0.1:4318/v1/traces',
    }),
  ),
  caFile: optional(
    path({
      description: 'Bundle of the CAs that its certificate must come from, PEM. Default: the system’s.',
      example: 'tls/internal-ca.pem',
    }),
  ),
  samplePercent: integer(
    {
      description: 'Of the payments whose caller gave no trace so many in a hundred are recorded; a caller decides about its own.',
      default: 100,
      example: '10',
    },
    0,
    100,
  ),
});

/** Every key of `payment-manager.yaml`. The reference (docs/configuration.md), the types and the checks come from here. */
export const configSchema = group('All keys of payment-manager.yaml.', {
  format: integer(
    {
      description:
        'Format of this file. A file of a later one than this version reads is refused before anything else in it is looked at, with exit code 78.',
      default: CONFIG_FORMAT,
      example: String(CONFIG_FORMAT),
    },
    1,
    CONFIG_FORMAT,
  ),
  fspId: fspId({ description: 'FSP id of this DFSP in the scheme.', example: 'greenbank' }),
  environment: environmentOf({
    description:
      'The environment that this process belongs to: one of `environments`, if the file has any. The vault has its keys under this name, and each environment’s apart.',
    default: 'production',
    example: 'sandbox',
  }),
  sandbox: flag({
    description: 'This Payment Manager belongs to a sandbox or test scheme: no real money. Lifts the checks that production needs.',
    default: false,
    example: 'false',
  }),
  role: oneOf(['all', 'payments', 'management'], {
    description:
      'What this process does: `all`, or on one PostgreSQL either `payments` (both APIs, the engine, the core or its connector) or `management` (portal, management API, read model, and what keeps us connected to the scheme); then each needs the other. What goes from one to the other are rows of the database (docs/operations/roles.md).',
    default: 'all',
    example: 'payments',
  }),
  dataFolder: path({
    description:
      'Folder of the journal and of its key; made when missing. What to back up, and the keys apart from it: docs/operations/backup.md. Replicas have one each, with the same journal.key.',
    default: 'data',
    example: '/var/lib/payment-manager',
  }),
  journalFile: path({ description: 'Journal file, relative to the data folder.', default: 'journal.db', example: 'journal.db' }),
  journal,
  messages,
  readModel,
  businessDay,
  reconciliation,
  inbound,
  outbound,
  operations,
  alerts,
  management,
  hub,
  core,
  jws,
  vault,
  connectionManager,
  sdkControl,
  versions,
  ilpVersion: oneOf([1, 4], { description: 'Version of the ILP packets in our quotes.', default: 1, example: '1' }),
  acceptance,
  timeouts,
  lifetimes,
  ladder,
  deduplication,
  extraCurrencies: decimalsByCurrency({
    description:
      'Currencies to accept besides those of the protocol, with their number of decimals; a code that the protocol has but no decimals are known of (GGP, IMP, JEP, MRO, SPL, STD, TVD, VEF, XDR, ZWD) can be given them here.',
    default: {},
    example: '{ SLE: 2, MRU: 2 }',
  }),
  limits,
  log,
  tracing,
  files: group('Watching of certificates, keys and peers’ keys.', {
    pollMs: durationMs(
      { description: 'How often the files are looked at, besides the notices of the file system.', default: 2000, example: '2000' },
      100,
    ),
    openToOthers: oneOf(['auto', 'refuse', 'warn'], {
      description:
        'What happens at the start when others may read a private key, a token or a configuration with a secret in it, or may change a configuration or what says whom we trust: `refuse` ends it (exit code 78), `warn` says so in the log, `auto` warns in the sandbox and in a container, where what is mounted is often open to all, and refuses elsewhere.',
      default: 'auto',
      example: 'refuse',
    }),
  }),
  shutdown: group('Leaving.', {
    drainMs: durationMs(
      {
        description:
          'After SIGTERM `/health/ready` says 503 at once, and everything is still taken for this long. Behind a load balancer: longer than it takes to notice, and than clients use an idle connection again (ours: 4 s).',
        default: 0,
        example: '5000',
      },
      0,
    ),
    graceMs: durationMs(
      { description: 'Longest time for running requests after SIGTERM or SIGINT.', default: 10_000, example: '10000' },
      0,
    ),
  }),
});

/** The effective configuration: what the file, the environment and the defaults make together. */
export type Config = Static<typeof configSchema>;

/** What every process with a journal is configured with, whatever it does. */
export type JournalConfig = Pick<Config, 'fspId' | 'environment' | 'sandbox' | 'dataFolder' | 'journalFile' | 'journal' | 'operations'>;
