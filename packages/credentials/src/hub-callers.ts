import type { X509Certificate } from 'node:crypto';
import { type AlarmEntry, certificateNames, type World } from '@payment-manager/runtime';

/** Who may call the API of the hub, and who tried. */
export interface HubCallers {
  /** Whether this client certificate, which a trusted CA vouches for, is the hub's. */
  admit(certificate: X509Certificate): boolean;
  alarms(): readonly AlarmEntry[];
}

/** Others that are remembered; above it only the metric counts. */
const MOST_OTHERS = 20;
const LONGEST_NAMES = 200;

/**
 * Lets in whose certificate bears one of these names, in capital or small letters; with no names, whoever the CA vouches for. Where `issuers`
 * tells our own CAs, one of them must itself have signed it: TLS needs the root above ours, too, and a bank's root has signed for many. Others
 * are an alarm (`CALLER_IS_NOT_THE_HUB`), once for each of them.
 */
export function hubCallers(
  names: readonly string[],
  issuers: (() => readonly X509Certificate[] | undefined) | undefined,
  { clock, log, metrics }: Pick<World, 'clock' | 'log' | 'metrics'>,
): HubCallers {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const others = new Map<string, AlarmEntry>();
  const refused = metrics.counter(
    'pm_inbound_connections_refused_total',
    'Connections to the API of the hub whose certificate a trusted CA vouches for, and that is not the hub’s',
  );
  return {
    admit(certificate) {
      const ours = issuers?.();
      const isIssued = ours === undefined || ours.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
      const found = certificateNames(certificate);
      if (isIssued && (wanted.size === 0 || found.some((name) => wanted.has(name)))) return true;
      refused.add(1);
      const shown = found.length === 0 ? 'no name' : found.join(', ').slice(0, LONGEST_NAMES);
      if (others.has(shown) || others.size >= MOST_OTHERS) return false;
      const reason = `Somebody with a certificate for ${shown} called as the hub; the connection was closed. ${isIssued ? `The hub’s names are ${names.join(', ')}: if that is the hub, add the name to \`inbound.tls.hubNames\`.` : 'Not our own CA has signed it, but another one below the same root.'}`;
      others.set(shown, {
        id: 'inbound-caller',
        level: 'alarm',
        code: 'CALLER_IS_NOT_THE_HUB',
        reason,
        since: clock.now(),
        momentary: true,
      });
      log.warn('a connection that is not the hub’s was closed', { names: shown, fingerprint: certificate.fingerprint256 });
      return false;
    },
    alarms: () => [...others.values()],
  };
}
