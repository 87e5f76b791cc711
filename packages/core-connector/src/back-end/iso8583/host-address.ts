import { isOnThisMachine } from '../local-host.ts';
import { SettingMissing } from '../setting.ts';

/** How a host is reached. */
export interface HostAddress {
  readonly host: string;
  readonly port: number;
  /** No TLS: false. `ca` undefined: the well-known ones. */
  readonly tls: false | { readonly ca: string | undefined; readonly certificate: string | undefined; readonly key: string | undefined };
}

interface Given {
  readonly address: string;
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly allowedHosts: readonly string[] | undefined;
}

/** Reads `host:port`. @throws SettingMissing */
export function hostAddressOf({ address, ca, certificate, key, allowedHosts }: Given): HostAddress {
  const url = /^[^/@?#\s]+:\d{1,5}$/.test(address) && URL.canParse(`tcp://${address}`) ? new URL(`tcp://${address}`) : undefined;
  if (url === undefined || url.hostname === '' || url.port === '' || Number(url.port) === 0)
    throw new SettingMissing('the address of a host is written host:port');
  if (allowedHosts !== undefined && !allowedHosts.includes(url.host) && !allowedHosts.includes(url.hostname))
    throw new SettingMissing(`${url.host} is not among the hosts that may be called`);
  if (ca === undefined && !isOnThisMachine(url.hostname))
    throw new SettingMissing('a host on another machine is reached by TLS (`tls`), or through a tunnel that begins on this one');
  if ((certificate === undefined) !== (key === undefined))
    throw new SettingMissing('our own certificate for a host and its key belong together');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port),
    tls: ca !== undefined && { ca: ca === 'public' ? undefined : ca, certificate, key },
  };
}
