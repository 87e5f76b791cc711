import type { Static } from 'typebox';
import { core } from './connector-schema.ts';
import { CONFIG_FORMAT } from './format.ts';
import { journal, messages } from './journal-schema.ts';
import { durationMs, flag, fspId, group, integer, optional, path, text, url } from './leaf.ts';
import { log, operations } from './schema.ts';
import { server, tlsFiles } from './servers-schema.ts';

/** The API that a Mojaloop SDK, or a Payment Manager, calls. */
const backend = group('The backend API that a connector of its own process speaks, as the Mojaloop SDK calls it.', {
  ...server('the backend API', { host: '127.0.0.1', port: 3100, maxBodyBytes: 1_048_576 }),
  tokenFile: optional(
    path({
      description:
        'File with a token, 32 to 512 characters, that every request must bear, but for `GET /`, which says that the API is there. Read at the start.',
      example: '/run/secrets/backend-token',
    }),
  ),
  tokenHeader: text({
    description: 'Header with the token: in `authorization` it stands after `Bearer `, in any other as it is (an API key).',
    default: 'authorization',
    example: 'x-api-key',
  }),
  callMs: durationMs(
    {
      description:
        'An operation is answered within this time, and a transfer that has not begun at the core by then never will. Who calls waits longer, and takes “not found” for proof only this long after its call (`core.quietMs` of a Payment Manager).',
      default: 8000,
      example: '8000',
    },
    500,
  ),
  tls: group('TLS of the backend API.', {
    enabled: flag({ description: 'Speak https. Demanded on another address than loopback.', default: false, example: 'true' }),
    ...tlsFiles,
    requireClientCertificate: flag({
      description:
        'Demand a client certificate that `backend.tls.caFile` vouches for. On another address than loopback either this or `backend.tokenFile` is demanded.',
      default: true,
      example: 'true',
    }),
  }),
});

/** The other direction: payments of our own customers. */
const sdk = group('The Mojaloop SDK (or Payment Manager) over whose outbound API payments of our own customers are made (`/sendmoney`).', {
  baseUrl: optional(
    url({
      description:
        'Base URL of its outbound API. It must not accept prices by itself (`AUTO_ACCEPT_QUOTES=false`). Left out: `/sendmoney` is not served.',
      example: 'http://127.0.0.1:4001',
    }),
  ),
  tokenFile: optional(
    path({ description: 'File with the token that it wants as `Authorization: Bearer TOKEN`.', example: '/run/secrets/outbound-token' }),
  ),
  clockSkewMs: durationMs(
    {
      description: 'A price is accepted only this long before it expires, and later by what the core needs.',
      default: 2000,
      example: '2000',
    },
    0,
  ),
  tls: group('TLS towards it.', tlsFiles),
});

/** Every key of the file of `./pm connector run`. A key that `payment-manager.yaml` has, too, means the same here. */
export const standAloneSchema = group('All keys of a connector that runs in a process of its own (`./pm connector run`).', {
  format: integer({ description: 'Format of this file.', default: CONFIG_FORMAT, example: String(CONFIG_FORMAT) }, 1, CONFIG_FORMAT),
  fspId: fspId({ description: 'FSP id of this DFSP in the scheme.', example: 'greenbank' }),
  environment: text({ description: 'Name of the environment, for alarms and health.', default: 'production', example: 'sandbox' }),
  sandbox: flag({ description: 'No real money moves.', default: false, example: 'false' }),
  dataFolder: path({
    description: 'Folder of the journal and of its key; made when missing. Back up both, apart from each other.',
    default: 'data',
    example: '/var/lib/core-connector',
  }),
  journalFile: path({ description: 'Journal file, relative to the data folder.', default: 'journal.db', example: 'journal.db' }),
  journal,
  messages,
  core,
  backend,
  sdk,
  operations,
  limits: group('How much at once.', {
    restingRecords: integer(
      { description: 'Records kept in memory after they came to rest; the journal has them all.', default: 1000, example: '1000' },
      0,
      10_000_000,
    ),
  }),
  log,
  shutdown: group('Leaving.', {
    drainMs: durationMs(
      {
        description: 'After SIGTERM `/health/ready` says 503 at once, and everything is still taken for this long.',
        default: 0,
        example: '5000',
      },
      0,
    ),
    graceMs: durationMs(
      { description: 'Then nothing new is taken, and what runs may finish for this long.', default: 15_000, example: '15000' },
      0,
    ),
  }),
});

/** What a connector in a process of its own is configured with. */
export type StandAloneConfig = Static<typeof standAloneSchema>;
