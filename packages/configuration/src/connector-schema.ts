import {
  bytes,
  durationMs,
  feeLimitsByCurrency,
  flag,
  fspId,
  group,
  integer,
  list,
  oneOf,
  optional,
  path,
  pathsByName,
  text,
  textsByName,
  url,
} from './leaf.ts';

const RESOURCE_VERSIONS = ['1.0', '1.1', '2.0'] as const;

/** The DFSP's core: where it is and what it can do (docs/money-rules.md, 1: declared, never assumed). */
export const core = group('The DFSP’s core (or its core connector), and what it can do.', {
  baseUrl: optional(
    url({ description: 'Base URL of the backend API. Either this, or `core.connector`.', example: 'http://127.0.0.1:4100' }),
  ),
  connector: optional(
    path({
      description:
        'Folder of a core connector (`connector.yaml` and `operations/`): the core is reached as it says, in this process. Then there is no `core.baseUrl`, and what the core can do follows from the connector.',
      example: 'connectors/rest-core',
    }),
  ),
  settings: textsByName({
    description:
      'Values of the settings that the connector declares, by name, as texts; those of type `secret` in `core.secretFiles`. A change of one is another version of the connector: payments under way keep theirs.',
    default: {},
    example: "{ baseUrl: 'https://core.example.org/api', branch: '0012' }",
  }),
  secretFiles: pathsByName({
    description:
      'Files with the secrets that the connector declares (settings of type `secret`), by name; read at the start and at `./pm connector reload`, without the newline at the end.',
    default: {},
    example: '{ clientSecret: /run/secrets/core-client-secret }',
  }),
  allowedHosts: list(text({ description: 'Host name, with a port where only that one is meant' }), {
    description:
      'Hosts that the connector may call, beside which none is: a setting or an edited file that leads elsewhere is refused at the start and at a reload. Empty: those that its settings name.',
    default: [],
    example: '[core.example.org, iam.example.org:8443]',
  }),
  tls: group('TLS towards the core.', {
    enabled: flag({ description: 'Use the files below; then `core.baseUrl` must be https.', default: false, example: 'true' }),
    certificateFile: optional(
      path({ description: 'Own client certificate, PEM, where the core demands one.', example: 'tls/core-client.pem' }),
    ),
    keyFile: optional(path({ description: 'Private key of that certificate, PEM.', example: 'tls/core-client.key' })),
    caFile: optional(
      path({ description: 'Bundle of the CAs that the core’s certificate must come from, PEM.', example: 'tls/core-ca.pem' }),
    ),
  }),
  atPrepare: oneOf(['credit', 'reserve'], {
    description:
      'What the core does when a transfer is prepared: `credit` books the money at once (we answer COMMITTED); `reserve` holds it and books at the notification (we answer RESERVED).',
    default: 'credit',
    example: 'reserve',
  }),
  reserveWithoutPatch: oneOf(['refuse', 'commit-first'], {
    description:
      'With transfers 1.0 there is no notification of the final state. What happens then to a reserving core: the prepare is refused, or the core is told COMMITTED before our answer leaves.',
    default: 'refuse',
    example: 'refuse',
  }),
  transferRepeatable: flag({
    description: '`POST /transfers` honours our Idempotency-Key: a repeat has no second effect.',
    default: false,
    example: 'true',
  }),
  notificationRepeatable: flag({
    description: '`PUT /transfers/{id}` may be repeated: a repeat has no second effect.',
    default: true,
    example: 'true',
  }),
  transferAskable: flag({ description: '`GET /transfers/{id}` tells what became of a transfer.', default: false, example: 'true' }),
  notificationReadsState: flag({
    description:
      'The notification handler looks at the state, so it is notified of ABORTED as well. Otherwise it is notified of COMMITTED only.',
    default: true,
    example: 'true',
  }),
  confirmAcknowledged: oneOf(['always', 'near-expiration', 'never'], {
    description:
      'The hub’s 200 to our COMMITTED is a receipt and not an outcome. Whether the hub is asked automatically how the transfer ended (at its expiration or after 60 s, whichever is earlier): always, only where the 200 came within 5 s of the time at which it counts no more, or never. Reconciliation asks about what is left.',
    default: 'always',
    example: 'always',
  }),
  repeatKeepsRefusals: flag({
    description:
      'A repeated `POST /transfers` gets the refusal of the first, never a new one. Otherwise a refusal of a repeat says nothing about the call before it: the core may remember its successes only.',
    default: false,
    example: 'true',
  }),
  emptyAnswerIsOk: flag({
    description:
      'A 2xx answer to `POST /transfers` that has neither `homeTransactionId` nor `transferState` means that the transfer was executed. Otherwise its outcome is unknown.',
    default: false,
    example: 'true',
  }),
  quietMs: durationMs(
    { description: '“Not found” proves “not executed” only this long after the call’s deadline.', default: 5000, example: '5000' },
    0,
  ),
  minimumMs: durationMs(
    {
      description: 'Time that the core needs at least for a transfer; a prepare that leaves less is refused (3303).',
      default: 500,
      example: '500',
    },
    0,
  ),
  maxConnections: integer(
    {
      description:
        'Connections to the core, and so calls of it at once: an eighth is kept for each kind (look-ups, quotes, transfers, outcomes), the rest goes to whoever comes first.',
      default: 64,
      example: '64',
    },
    1,
    10_000,
  ),
  maxQueued: integer(
    {
      description: 'Calls of one kind that may wait for their turn at the core; above it they count as not sent.',
      default: 10_000,
      example: '10000',
    },
    1,
    1_000_000,
  ),
  connectTimeoutMs: durationMs({
    description: 'Longest time to open a connection to the core, TLS included.',
    default: 5000,
    example: '5000',
  }),
  maxAnswerBytes: bytes(
    { description: 'Largest answer of the core that is read.', default: 1_048_576, example: '1048576' },
    1024,
    104_857_600,
  ),
});

/** Signatures of messages (docs/protocol.md, 12; docs/money-rules.md, 5). */
export const jws = group('Signatures of messages (JWS).', {
  sign: flag({ description: 'Sign what we send.', default: true, example: 'true' }),
  verify: flag({ description: 'Demand and verify signatures of what arrives.', default: true, example: 'true' }),
  signingKeyFile: optional(
    path({
      description: 'Our private key, PEM (RSA from 2048 bits on); needed when `jws.sign` is on. Read again when the file changes.',
      example: 'keys/greenbank.key',
    }),
  ),
  peerKeysFolder: optional(
    path({
      description:
        'Watched folder with one public key (or certificate) per peer, `<fspId>.pem`; the hub’s own key is `<hub.id>.pem`. Needed when `jws.verify` is on.',
      example: 'keys/peers',
    }),
  ),
  keyOverlapMs: durationMs(
    {
      description:
        'When the file of a peer changes, the old key goes on to verify for this long beside the new one. A file that is removed is distrusted at once: to replace a compromised key, remove it first.',
      default: 3_600_000,
      example: '3600000',
    },
    0,
  ),
  signPutParties: flag({
    description: 'Sign `PUT /parties`, too. Off by custom, because hubs may rewrite that body.',
    default: false,
    example: 'false',
  }),
  verifyPutParties: flag({
    description: 'Demand a signature on `PUT /parties`; one that is there is verified in any case.',
    default: false,
    example: 'false',
  }),
  acceptEs256: flag({ description: 'Accept ES256 signatures of peers.', default: true, example: 'true' }),
  rawOnlyPeers: list(fspId({ description: 'FSP id' }), {
    description: 'Peers for which only a signature over the exact bytes counts, not one over a re-serialised form.',
    default: [],
    example: '[bluewallet]',
  }),
  hubMayBeUnsigned: flag({
    description: 'The hub’s own messages may come without signature. Needs mutual TLS at `inbound`, else the product refuses to start.',
    default: false,
    example: 'true',
  }),
  pinHubKey: flag({
    description:
      'Another JWS key of the hub than the one that is trusted is not taken from the Connection Manager before a person has accepted it (`./pm keys accept`). Each change is an alarm in any case.',
    default: false,
    example: 'true',
  }),
  maxDateAgeMs: durationMs(
    { description: 'How far a signed message’s Date may be from our clock; 0: not checked.', default: 0, example: '0' },
    0,
  ),
});

/** Versions per resource (docs/protocol.md, 3). */
export const versions = group('Versions of the API, per resource.', {
  parties: oneOf(RESOURCE_VERSIONS, {
    description: 'Version of parties in conversations that we start.',
    default: '1.1',
    example: "'1.1'",
  }),
  participants: oneOf(RESOURCE_VERSIONS, {
    description: 'Version of participants in conversations that we start.',
    default: '1.1',
    example: "'1.1'",
  }),
  quotes: oneOf(RESOURCE_VERSIONS, { description: 'Version of quotes in conversations that we start.', default: '1.1', example: "'1.1'" }),
  transfers: oneOf(RESOURCE_VERSIONS, {
    description: 'Version of transfers in conversations that we start.',
    default: '1.1',
    example: "'1.1'",
  }),
  supported: list(oneOf(RESOURCE_VERSIONS, { description: 'Version' }), {
    description: 'Versions that we can answer in.',
    default: ['1.0', '1.1', '2.0'],
    example: "['1.0', '1.1']",
  }),
});

/** What is accepted without asking the DFSP. */
export const acceptance = group('What is accepted without asking the DFSP.', {
  party: flag({ description: 'Go on to the quote without asking whether the party is the right one.', default: false, example: 'true' }),
  quote: flag({
    description:
      'Go on to the transfer without asking whether the quote is accepted, within `acceptance.maxFee`, which must then have a limit.',
    default: false,
    example: 'true',
  }),
  maxFee: feeLimitsByCurrency({
    description:
      'What a quote may cost the customer to be accepted without asking, by currency: an amount, a percentage of what was asked for, or both, which then both hold. The cost of a SEND is what does not reach the payee, of a RECEIVE what is paid beyond what the payee was to get. A quote that costs more, that does not say what the payee gets, or whose currency is not listed is offered to the DFSP.',
    default: {},
    example: "{ USD: '1.5 and 2%', XOF: '500' }",
  }),
});

/** How long we wait. */
export const timeouts = group('How long we wait.', {
  callbackMs: durationMs({ description: 'For a callback of the hub.', default: 30_000, example: '30000' }, 100),
  backendMs: durationMs({ description: 'For one call of the core.', default: 15_000, example: '15000' }, 100),
  hubHttpMs: durationMs({ description: 'For one HTTP exchange with the hub.', default: 5000, example: '5000' }, 100),
  patchGraceMs: durationMs(
    { description: 'For the notification after an acknowledged RESERVED; then we ask the hub.', default: 15_000, example: '15000' },
    100,
  ),
  offerMs: durationMs(
    { description: 'For the DFSP to accept a party or a quote; then the payment ends.', default: 600_000, example: '600000' },
    1000,
  ),
});

/** How long what we issue is valid, and how cautious we are with clocks (docs/money-rules.md, 6). */
export const lifetimes = group('How long what we issue is valid, and how cautious we are with clocks.', {
  quoteMs: durationMs({ description: 'Expiration of our quotes where the core gives none.', default: 60_000, example: '60000' }, 1000),
  quoteRequestMs: durationMs(
    { description: 'Expiration of our quote requests where the DFSP gives none.', default: 60_000, example: '60000' },
    1000,
  ),
  prepareMs: durationMs({ description: 'Expiration of our prepares where the DFSP gives none.', default: 30_000, example: '30000' }, 1000),
  clockSkewMs: durationMs(
    { description: 'How far clocks may differ: as payee we are early, as payer late by this much.', default: 2000, example: '2000' },
    0,
  ),
  retryMarginMs: durationMs(
    {
      description: 'After the expiration of a failed attempt, this much more before a repeat may become a new attempt.',
      default: 5000,
      example: '5000',
    },
    0,
  ),
});

/** The ladder of enquiries about an unknown outcome (docs/money-rules.md, 6). */
export const ladder = group('The ladder of enquiries to the hub while an outcome is unknown.', {
  firstMs: durationMs({ description: 'Between the first enquiry and the second.', default: 2000, example: '2000' }, 100),
  factor: integer({ description: 'By how much each further wait is longer.', default: 2, example: '2' }, 1, 10),
  maxMs: durationMs({ description: 'Longest wait between two enquiries.', default: 60_000, example: '60000' }, 100),
  enquiries: integer(
    { description: 'Enquiries that the hub has taken before the payment becomes an exception.', default: 8, example: '8' },
    1,
    100,
  ),
  slowMs: durationMs({ description: 'Between the slow enquiries that go on after that.', default: 300_000, example: '300000' }, 1000),
});

/** How repeats of the DFSP are recognised (docs/money-rules.md, 2). */
export const deduplication = group('How repeats of the DFSP are recognised.', {
  homeTransactionId: flag({
    description:
      'A second request with the same homeTransactionId is the same payment. Switch off where the DFSP sends a constant; Idempotency-Key works in any case.',
    default: true,
    example: 'true',
  }),
});
