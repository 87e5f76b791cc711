import { isIPv4 } from 'node:net';
import { Secret } from '@payment-manager/runtime';
import type { Doing, Environment } from '@payment-manager/vault';
import type { EgressAddress, Wanted } from './wanted.ts';

/** Where the hub reaches us, and from where we call it. */
export interface Endpoints {
  readonly ingressUrl: string;
  readonly egress: readonly EgressAddress[];
}

/** Endpoints that a person has put in the place of the configured ones. */
export interface KeptEndpoints extends Endpoints {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  readonly why: string;
}

/** Under which id they are kept, beside the environment's secrets: shared by replicas, and apart from other environments. */
const KEPT_ID = 'endpoints';

/** Undefined: those of the configuration count. @throws VaultError */
export async function keptEndpoints({ secrets }: Pick<Environment, 'secrets'>): Promise<KeptEndpoints | undefined> {
  const kept = await secrets.get(KEPT_ID);
  return kept === undefined ? undefined : (JSON.parse(kept.reveal()) as KeptEndpoints);
}

/** From now on these count; undefined: those of the configuration again. @throws VaultError */
export async function keepEndpoints(
  { secrets }: Pick<Environment, 'secrets'>,
  endpoints: Endpoints | undefined,
  now: number,
  doing: Doing,
): Promise<void> {
  if (endpoints === undefined) return secrets.remove(KEPT_ID);
  const { ingressUrl, egress } = endpoints;
  await secrets.put(KEPT_ID, new Secret(JSON.stringify({ ingressUrl, egress, at: now, ...doing })), doing);
}

/** What is wanted, with the endpoints that count. @throws VaultError */
export async function withKeptEndpoints(environment: Pick<Environment, 'secrets'>, wanted: Wanted): Promise<Wanted> {
  const kept = await keptEndpoints(environment);
  return kept === undefined ? wanted : { ...wanted, ingressUrl: kept.ingressUrl, egress: kept.egress };
}

const MOST_ADDRESSES = 50;
const MOST_PORTS = 20;

/**
 * What is wrong with endpoints, as half a sentence; undefined: nothing. The hub checks our certificate by the name by which it calls, so an https address
 * must have one of the names that our server certificate is made with.
 */
export function endpointsFault({ ingressUrl, egress }: Endpoints, { dnsNames, ips }: Pick<Wanted, 'dnsNames' | 'ips'>): string | undefined {
  const url = URL.canParse(ingressUrl) ? new URL(ingressUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || ingressUrl.length > 300)
    return 'the address where the hub calls us is not an http or https URL';
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    return 'the address where the hub calls us has a user name, a query or a fragment';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const names = [...dnsNames, ...ips];
  if (url.protocol === 'https:' && names.length > 0 && !names.some((name) => name.toLowerCase() === host))
    return `our server certificate does not have the name ${host} (connectionManager.dnsNames and connectionManager.ips say ${names.join(', ')})`;
  if (egress.length === 0) return 'no address is given from which we call the hub';
  if (egress.length > MOST_ADDRESSES) return `more than ${MOST_ADDRESSES} addresses are given from which we call the hub`;
  const wrong = egress.find((one) => !isAddress(one.address) || one.ports.length > MOST_PORTS || !one.ports.every(isPorts));
  return wrong === undefined
    ? undefined
    : `${JSON.stringify(wrong.address.slice(0, 40))} with the ports ${JSON.stringify(wrong.ports.join('+').slice(0, 80))} is not an IPv4 address or prefix with ports`;
}

function isAddress(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  return isIPv4(address) && more.length === 0 && (prefix === undefined || (/^\d{1,2}$/.test(prefix) && Number(prefix) <= 32));
}

/** `443`, or a range such as `8000-8010`. */
function isPorts(text: string): boolean {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [low, high] = [Number(from), Number(to)];
  return low >= 1 && low <= high && high <= 65_535;
}
