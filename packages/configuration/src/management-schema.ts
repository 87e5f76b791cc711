import { flag, group, list, oneOf, optional, path, port, text, url } from './leaf.ts';

/** What may be done with four eyes only, by the names of the management API. */
export const APPROVED_ACTIONS = ['rotate-keys', 'change-endpoints', 'resolve-exception', 'lift-restored'] as const;

/** The API behind the portal, and the portal. */
export const management = group(
  'The management API and the portal: people sign in, look, and act, each according to their role (docs/operations/portal.md). Off: nothing of it is loaded.',
  {
    enabled: flag({ description: 'Serve it. `./pm start` does.', default: false, example: 'true' }),
    host: text({ description: 'Address that the management API listens on.', default: '127.0.0.1', example: '0.0.0.0' }),
    port: port({ description: 'Port of the management API; 0 takes any free one.', default: 4005, example: '4005' }),
    publicUrl: optional(
      url({
        description:
          'Address under which people open the portal, scheme and host alone: links lead there, passkeys belong to it, and requests to another host or from another page are refused. Demanded outside a sandbox; in one the default is `http://localhost:PORT`.',
        example: 'https://payments.greenbank.example.org',
      }),
    ),
    tlsEndedBy: optional(
      text({
        description:
          'Name of the proxy or mesh that ends TLS before the management API, says in `X-Forwarded-For` whom it speaks for, and alone reaches this address. Outside a sandbox either this or `management.tls` is demanded. Told at each start and by the health report.',
        example: 'ingress of the payments cluster',
      }),
    ),
    tls: group('TLS of the management API.', {
      enabled: flag({ description: 'Speak https to browsers.', default: false, example: 'true' }),
      certificateFile: optional(
        path({ description: 'Certificate with its chain, PEM. Read again each minute.', example: 'tls/portal.pem' }),
      ),
      keyFile: optional(
        path({ description: 'Private key of the certificate, PEM (PKCS#8), not encrypted; mode 0600.', example: 'tls/portal.key' }),
      ),
    }),
    approvals: list(oneOf(APPROVED_ACTIONS, { description: 'Action' }), {
      description:
        'What is done through the management API only when a second person agrees: keys and certificates made anew, endpoints changed, exceptions resolved, the mark of a restored journal lifted. `[]`: nothing.',
      default: [...APPROVED_ACTIONS],
      example: '[rotate-keys, lift-restored]',
    }),
  },
);
