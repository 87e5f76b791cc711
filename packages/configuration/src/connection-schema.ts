import { durationMs, group, integer, list, oneOf, optional, path, port, text, url } from './leaf.ts';

const subject = group('Whom our certificates name, as the scheme wants it.', {
  commonName: optional(text({ description: 'CN of our client certificate. Default: `fspId`.', example: 'greenbank' })),
  organization: optional(text({ description: 'O.', example: 'Green Bank' })),
  organizationalUnit: optional(text({ description: 'OU.', example: 'Payments' })),
  locality: optional(text({ description: 'L.', example: 'Nairobi' })),
  state: optional(text({ description: 'ST.', example: 'Nairobi County' })),
  country: optional(text({ description: 'C: two capital letters (ISO 3166).', example: 'KE' })),
});

const KEY_ALGORITHMS = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-P256'] as const;

/** How this DFSP gets and stays connected through the scheme's Connection Manager. */
export const connectionManager = group(
  'The scheme’s Connection Manager: with it, certificates, keys and endpoints are got and renewed without hands. Needs a vault.',
  {
    url: optional(
      url({ description: 'Its API. Left out: this DFSP’s vault is filled by hand.', example: 'https://mcm.hub.example.org/pm4mlapi' }),
    ),
    tokenUrl: optional(
      url({
        description: 'OAuth 2.0 token endpoint for client credentials. Left out: no token is sent.',
        example: 'https://keycloak.hub.example.org/realms/dfsps/protocol/openid-connect/token',
      }),
    ),
    clientId: optional(text({ description: 'Client ID at the token endpoint. Default: `fspId`.', example: 'greenbank' })),
    clientSecret: optional(
      text({
        description: 'Its secret. Give it in the environment, or leave it out and keep it in the vault as secret `connection-manager`.',
        example: '…',
      }),
    ),
    caFile: optional(
      path({
        description: 'Bundle of the CAs that the certificates of both must come from, PEM. Default: the system’s.',
        example: 'tls/hub-public-ca.pem',
      }),
    ),
    pinnedHubCa: list(text({ description: 'Fingerprint' }), {
      description:
        'What the hub’s CA must be, whatever the Connection Manager says: SHA-256 fingerprints of its root (64 hexadecimal digits, with colons or without), or `certified-by-former`: a new root must be certified by one that is trusted. Another CA waits for a person (`./pm keys accept`), and what was trusted stays. Left out: the Connection Manager’s word counts, and each change is an alarm.',
      default: [],
      example: '[certified-by-former]',
    }),
    subject,
    dnsNames: list(text({ description: 'Host name' }), {
      description: 'Host names under which the hub calls us: the names in our server certificate.',
      default: [],
      example: '[connector.greenbank.example.org]',
    }),
    ips: list(text({ description: 'IP address' }), {
      description: 'IP addresses under which the hub calls us, where it uses no names.',
      default: [],
      example: '[192.0.2.10]',
    }),
    connectorFqdn: optional(
      text({
        description: 'CN of the hub’s client certificate that we sign. Default: the first of `connectionManager.dnsNames`.',
        example: 'connector.greenbank.example.org',
      }),
    ),
    ingressUrl: optional(url({ description: 'Where the hub calls us back.', example: 'https://connector.greenbank.example.org:4000' })),
    egress: list(text({ description: 'Address' }), {
      description: 'From where we call the hub: `ADDRESS:PORTS`, an IPv4 address or prefix, and ports or ranges divided by `+`.',
      default: [],
      example: "['192.0.2.10:443', '192.0.2.0/28:443+8000-8010']",
    }),
    keyAlgorithm: oneOf(KEY_ALGORITHMS, {
      description: 'Of TLS keys. Connection Managers take RSA only, and many ask for RSA-4096.',
      default: 'RSA-4096',
      example: 'RSA-2048',
    }),
    jwsKeyDays: optional(
      integer(
        { description: 'After how many days our JWS key is replaced. Left out: when somebody asks for it.', example: '365' },
        1,
        3650,
      ),
    ),
    pollMs: durationMs(
      { description: 'How often the Connection Manager is asked what has changed.', default: 60_000, example: '60000' },
      100,
    ),
    propagationMs: durationMs(
      {
        description: 'From the publication of a new key until every peer has it: the scheme says so. We sign with it after that.',
        default: 120_000,
        example: '1200000',
      },
      0,
    ),
    overlapMs: durationMs(
      {
        description: 'How long what was replaced (a peer’s key, a CA) stays trusted beside its successor.',
        default: 86_400_000,
        example: '86400000',
      },
      0,
    ),
  },
);

/** For a DFSP that keeps its Mojaloop SDK beside Payment Manager. */
export const sdkControl = group(
  'A WebSocket on 127.0.0.1 that gives an unmodified Mojaloop SDK (`PM4ML_ENABLED=true`) its keys and certificates out of the vault, and tells it each change. It hands out private keys. Off unless `port` is given.',
  {
    port: optional(port({ description: 'Where it listens; `MGMT_API_WS_PORT` of the SDK.', example: '4005' })),
    tokenFile: optional(
      path({
        description:
          'File with the token that the SDK must bring, 32 characters or more: `MGMT_API_WS_URL=sdk:TOKEN@127.0.0.1`. The SDK writes it into its own log.',
        example: '/run/secrets/sdk-token',
      }),
    ),
  },
);
