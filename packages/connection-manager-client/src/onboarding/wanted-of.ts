import type { Config } from '@payment-manager/configuration';
import type { EgressAddress, Wanted } from '../wanted.ts';

/** What this DFSP wants to be towards the scheme, as the configuration has it. What it leaves out has its default here. */
export function wantedOf({ fspId, connectionManager }: Config): Wanted {
  const { subject, dnsNames, ips, connectorFqdn, ingressUrl, egress, keyAlgorithm, jwsKeyDays } = connectionManager;
  return {
    fspId,
    subject: { ...subject, commonName: subject.commonName ?? fspId },
    dnsNames,
    ips,
    connectorFqdn: connectorFqdn ?? dnsNames[0] ?? '',
    ingressUrl: ingressUrl ?? '',
    egress: egress.map(egressAddress),
    keyAlgorithm,
    ...(jwsKeyDays === undefined ? {} : { jwsKeyDays }),
  };
}

/** `ADDRESS:PORTS`; the configuration has checked the form. */
export function egressAddress(text: string): EgressAddress {
  const at = text.lastIndexOf(':');
  return { address: text.slice(0, at), ports: text.slice(at + 1).split('+') };
}
