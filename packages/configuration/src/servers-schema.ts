import { bytes, durationMs, flag, group, integer, list, optional, path, port, text } from './leaf.ts';

/** Files of one side of TLS. */
export const tlsFiles = {
  certificateFile: optional(
    path({ description: 'Own certificate with its chain, PEM. Read again when the file changes.', example: 'tls/server.pem' }),
  ),
  keyFile: optional(
    path({ description: 'Private key of the certificate, PEM (PKCS#8), not encrypted; mode 0600.', example: 'tls/server.key' }),
  ),
  caFile: optional(
    path({ description: "Bundle of the CAs that the other side's certificate must come from, PEM.", example: 'tls/ca.pem' }),
  ),
};

/** Revocation lists of one side. `whose`: the certificates that they are about, for the description. */
export function crlFile(whose: string) {
  return optional(
    path({
      description: `Certificate revocation lists (PEM, one for each CA) of the CAs that ${whose} come from. Read again when the file changes: a revoked certificate is not served any more, on open connections neither. A list whose time is over counts all the same, with an alarm.`,
      example: 'tls/revoked.pem',
    }),
  );
}

/** Keys of one of our servers. */
export function server(what: string, defaults: { host: string; port: number; maxBodyBytes: number }) {
  return {
    host: text({ description: `Address that ${what} listens on.`, default: defaults.host, example: '127.0.0.1' }),
    port: port({ description: `Port of ${what}; 0 takes any free one.`, default: defaults.port, example: String(defaults.port) }),
    maxBodyBytes: bytes(
      { description: 'Largest body of a request that is read.', default: defaults.maxBodyBytes, example: '1048576' },
      1024,
      // The API itself takes no more.
      defaults.maxBodyBytes,
    ),
    requestTimeoutMs: durationMs(
      { description: 'A request that is not complete after this time is refused.', default: 60_000, example: '60000' },
      100,
    ),
    keepAliveTimeoutMs: durationMs(
      { description: 'An idle connection is closed after this time.', default: 72_000, example: '72000' },
      100,
    ),
    maxConnections: integer(
      { description: 'Open connections; above it a new one is closed at once.', default: 2000, example: '2000' },
      1,
      100_000,
    ),
    maxRequestsInFlight: integer(
      {
        description: 'Requests handled at once, new work up to one half of it; above it the answer is 503 with Retry-After.',
        default: 10_000,
        example: '10000',
      },
      1,
      1_000_000,
    ),
  };
}

/** The API that the hub calls. */
export const inbound = group('The API that the hub calls.', {
  ...server('the API that the hub calls', { host: '0.0.0.0', port: 4000, maxBodyBytes: 5_242_880 }),
  tlsEndedBy: optional(
    text({
      description:
        'Name of the proxy or mesh that ends the hub’s TLS before this API, lets in nobody but the hub (by the name in its client certificate), and alone reaches this address. Outside a sandbox the only way to have no mutual TLS here; told at each start and by the health report. The hub’s messages must then be signed, and no certificate in a header is believed.',
      example: 'ingress of the payments cluster',
    }),
  ),
  tls: group('TLS of the API that the hub calls.', {
    enabled: flag({
      description: 'Speak https. Demanded outside a sandbox, unless `inbound.tlsEndedBy` names who does.',
      default: false,
      example: 'true',
    }),
    ...tlsFiles,
    crlFile: crlFile('the hub’s client certificates'),
    hubNames: list(text({ description: 'Name' }), {
      description:
        'Names of the hub: its client certificate must have one of them as CN or as alternative name (DNS, IP address or URI), else its connection is closed. Demanded outside a sandbox where the CA is not our own. Our own CA signs the hub’s certificate for `connectionManager.connectorFqdn`, which is always among them.',
      default: [],
      example: '[hub.example.org]',
    }),
    requireClientCertificate: flag({
      description: 'Demand a client certificate that `inbound.tls.caFile` vouches for (mutual TLS).',
      default: true,
      example: 'true',
    }),
  }),
});

/** The API that the DFSP calls. */
export const outbound = group('The API that the DFSP calls.', {
  ...server('the API that the DFSP calls', { host: '127.0.0.1', port: 4001, maxBodyBytes: 1_048_576 }),
  tokenFile: optional(
    path({
      description:
        'File with a token, 32 to 512 characters, that every request must bear as `Authorization: Bearer TOKEN`, but for `GET /`, which says that the API is there. Read at the start. Left out: whoever reaches the port may pay.',
      example: '/run/secrets/outbound-token',
    }),
  ),
  hostNames: list(text({ description: 'Host name' }), {
    description:
      'Names under which the DFSP calls this API, without port, beside IP addresses and `localhost`. A request to another name is refused: a web page can give itself our address, but not our name.',
    default: [],
    example: '[payment-manager.greenbank.internal]',
  }),
  openToNetwork: flag({
    description:
      'Listen on another address than loopback without asking for client certificates, because the network lets in nobody but the core. Outside a sandbox told at each start and by the health report.',
    default: false,
    example: 'true',
  }),
  tls: group('TLS of the API that the DFSP calls.', {
    enabled: flag({ description: 'Speak https towards the DFSP.', default: false, example: 'true' }),
    ...tlsFiles,
    requireClientCertificate: flag({
      description: 'Demand a client certificate that `outbound.tls.caFile` vouches for.',
      default: false,
      example: 'true',
    }),
  }),
});
