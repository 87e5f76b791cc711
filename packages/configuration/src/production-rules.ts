import { isIP } from 'node:net';
import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/**
 * What must hold where real money moves: no door is open that somebody forgot to close. A sandbox lifts all of it, and says so.
 */
export function productionChecks(config: Config): ConfigProblem[] {
  if (config.sandbox) return [];
  return [
    ...unverified(config),
    ...openInbound(config),
    ...namelessHub(config),
    ...unsignedHub(config),
    ...openOutbound(config),
    ...openOperations(config),
    ...plainTrust(config),
  ];
}

/** A check that was lifted: the key that lifts it, and what nobody looks at since. For people. */
export interface Exemption {
  readonly key: string;
  readonly says: string;
}

/** What a configuration exempts itself from. Told at each start, and by the health report. */
export function exemptionsOf(config: Config): readonly Exemption[] {
  const { inbound, outbound, operations, management } = config;
  if (config.sandbox) return [{ key: 'sandbox', says: 'checks that production needs are lifted' }];
  return [
    ...(inbound.tlsEndedBy === undefined
      ? []
      : [{ key: 'inbound.tlsEndedBy', says: `that only the hub calls is for ${inbound.tlsEndedBy} to see to, not for this product` }]),
    ...(outbound.openToNetwork && isOpen(config)
      ? [{ key: 'outbound.openToNetwork', says: 'whoever reaches the API of the DFSP may pay: it asks for no client certificate' }]
      : []),
    ...(operations.tlsEndedBy === undefined || isLoopback(operations.host)
      ? []
      : [
          {
            key: 'operations.tlsEndedBy',
            says: `that the operations API is reached by TLS alone is for ${operations.tlsEndedBy} to see to, not for this product`,
          },
        ]),
    ...(management.tlsEndedBy === undefined || !management.enabled
      ? []
      : [
          {
            key: 'management.tlsEndedBy',
            says: `that the portal is reached by TLS alone is for ${management.tlsEndedBy} to see to, not for this product`,
          },
        ]),
    ...(management.enabled && management.singleSignOn.issuer !== undefined && management.singleSignOn.secondFactorAtProvider
      ? [
          {
            key: 'management.singleSignOn.secondFactorAtProvider',
            says: 'that people who come by single sign-on have a second factor is for the provider to see to, not for this product',
          },
        ]
      : []),
  ];
}

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The names that the hub's client certificate must have one of: those that are configured, and the one that we sign it for. Empty: any. */
export function hubNamesOf({ inbound, vault, connectionManager }: Config): readonly string[] {
  const { connectorFqdn, dnsNames } = connectionManager;
  const signed = vault.store === 'none' ? undefined : (connectorFqdn ?? dnsNames[0]);
  return [...new Set([...inbound.tls.hubNames, ...(signed === undefined ? [] : [signed])])];
}

/** Anybody could speak in anybody's name, the hub's among them. */
function unverified({ jws }: Config): ConfigProblem[] {
  if (jws.verify) return [];
  return [
    {
      where: 'jws.verify',
      expected: 'true outside a sandbox',
      found: 'false: whoever reaches the port could say in another’s name that a payment is committed',
      advice: 'Remove it, and give `jws.peerKeysFolder` or a vault; or set `sandbox: true` where no real money moves.',
    },
  ];
}

function openInbound({ inbound }: Config): ConfigProblem[] {
  if (inbound.tlsEndedBy !== undefined) return [];
  const proxied =
    'Or, where a proxy or a mesh ends TLS, lets in nobody but the hub, and alone reaches this address: name it in `inbound.tlsEndedBy`.';
  if (!inbound.tls.enabled)
    return [
      {
        where: 'inbound.tls.enabled',
        expected: 'true outside a sandbox',
        found: 'false: whoever reaches the port is taken for the hub',
        advice: `Give certificate, key and CA in \`inbound.tls\`, or a vault. ${proxied}`,
      },
    ];
  if (inbound.tls.requireClientCertificate) return [];
  return [
    {
      where: 'inbound.tls.requireClientCertificate',
      expected: 'true outside a sandbox',
      found: 'false: whoever reaches the port is taken for the hub',
      advice: `Remove it. ${proxied}`,
    },
  ];
}

/** A CA that signs for others, too, has certificates of many who are not the hub. */
function namelessHub(config: Config): ConfigProblem[] {
  const { inbound } = config;
  if (inbound.tlsEndedBy !== undefined || !inbound.tls.enabled || hubNamesOf(config).length > 0) return [];
  return [
    {
      where: 'inbound.tls.hubNames',
      expected: 'a name in the hub’s client certificate (its CN, or one of its alternative names)',
      found: 'none: whoever has a certificate of that CA, such as another DFSP, is taken for the hub',
      advice:
        'Ask the hub’s operator; or see it in the certificate: openssl x509 -in hub-client.pem -noout -subject -ext subjectAltName. With a vault: `connectionManager.connectorFqdn`, for which our CA signs it.',
    },
  ];
}

/** docs/money-rules.md, 5: an unsigned word of the hub counts only from the hub itself. */
function unsignedHub({ jws, inbound }: Config): ConfigProblem[] {
  if (!jws.hubMayBeUnsigned || !jws.verify) return [];
  if (inbound.tls.enabled && inbound.tls.requireClientCertificate && inbound.tlsEndedBy === undefined) return [];
  return [
    {
      where: 'jws.hubMayBeUnsigned',
      expected: 'false, or mutual TLS that ends at `inbound` (docs/money-rules.md, 5)',
      found:
        'true, and this product cannot see who calls: anybody who reaches the port could say in the hub’s name that a payment is committed',
      advice: 'Switch on `inbound.tls.enabled` and `inbound.tls.requireClientCertificate` without a proxy before it, or have the hub sign.',
    },
  ];
}

/** Whether more than this machine reaches the DFSP's API, and it asks nobody who they are. */
function isOpen({ outbound }: Config): boolean {
  return !isLoopback(outbound.host) && !(outbound.tls.enabled && outbound.tls.requireClientCertificate);
}

function openOutbound(config: Config): ConfigProblem[] {
  if (!isOpen(config) || config.outbound.openToNetwork) return [];
  const { host } = config.outbound;
  return [
    {
      where: 'outbound.host',
      expected: 'a loopback address, or client certificates (`outbound.tls.requireClientCertificate`)',
      found: `${shownHost(host)}: whoever reaches the port may pay with this DFSP’s money`,
      advice:
        'Set it to 127.0.0.1, or give `outbound.tls` with `requireClientCertificate: true`. Or, where the network itself lets in nobody but your core, set `outbound.openToNetwork: true`.',
    },
  ];
}

/** It has no TLS: what bears the token, and what the token opens, would be read on the way. */
function openOperations({ operations }: Config): ConfigProblem[] {
  const { host, tlsEndedBy } = operations;
  if (isLoopback(host) || tlsEndedBy !== undefined) return [];
  return [
    {
      where: 'operations.host',
      expected: 'a loopback address, or the name of who ends TLS before it (`operations.tlsEndedBy`)',
      found: `${shownHost(host)}: the operations API has no TLS, and its token would cross the network as it is`,
      advice:
        'Set it to 127.0.0.1, and let monitoring ask on this machine. Or, where a proxy or a mesh ends TLS before it, and alone reaches this address: name it in `operations.tlsEndedBy`.',
    },
  ];
}

function shownHost(host: string): string {
  return isIP(host) === 0 ? `the name '${host}'` : host;
}

/** Who tells us whom to trust, gives us tokens, or is told what stands wrong, is reached by TLS alone. */
function plainTrust({ connectionManager, hub, operations, journal, reconciliation: { statements } }: Config): ConfigProblem[] {
  const urls = {
    'connectionManager.url': connectionManager.url,
    'connectionManager.tokenUrl': connectionManager.tokenUrl,
    'hub.oauth.tokenUrl': hub.oauth.tokenUrl,
    'operations.alarmWebhook.url': operations.alarmWebhook.url,
    'journal.anchor.webhookUrl': journal.anchor.webhookUrl,
    'reconciliation.statements.core.url': statements.core.url,
    'reconciliation.statements.hub.url': statements.hub.url,
  };
  return Object.entries(urls)
    .filter(([, url]) => url?.startsWith('http:'))
    .map(([where]) => ({
      where,
      expected: 'an https URL outside a sandbox',
      found: 'an http URL: whoever is on the way could say in its name what he likes, and read what we send',
      advice: 'Write https; for a certificate of a CA of your own there is a `caFile` beside it, or the system’s store.',
    }));
}
