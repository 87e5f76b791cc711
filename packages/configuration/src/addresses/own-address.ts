/** Where one of our own servers listens. */
export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** The host to call from this machine: an address that means all addresses is none to call. */
export function ownHost({ host }: OwnAddress): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** The origin to call from this machine, `http://127.0.0.1:4004`. */
export function ownOrigin(scheme: 'http' | 'https', address: OwnAddress): string {
  const host = ownHost(address);
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
