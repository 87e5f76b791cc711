import type { VirtualTime } from '@payment-manager/runtime';
import type { Chance } from '../chance.ts';
import { NETWORK_FAULTS, type NetworkFault } from '../scenario/mishaps.ts';
import { type Dfsp, inboundHost, type LinkKind } from '../scenario/parties.ts';
import type { Kept, Scenario } from '../scenario/scenario.ts';

/** Which fault strikes which exchange. */
export interface NetworkWeather {
  readonly latencyMsMax: number;
  faultOf(link: LinkKind, from: string, host: string, operation: string, label: string): NetworkFault | undefined;
  /** All exchanges with a server fail from now on, until the outage is ended. */
  beginOutage(host: string, how: NetworkFault): void;
  endOutage(host: string): void;
  /** Half of the hand-shakes between a DFSP and the hub fail from now on, either way, until this is ended. */
  beginMistrust(fspId: Dfsp): void;
  endMistrust(fspId: Dfsp): void;
}

export interface WeatherParts {
  readonly scenario: Scenario;
  readonly kept: Kept;
  readonly time: VirtualTime;
  readonly chance: Chance;
}

/** Makes the weather of a scenario. Until it is calm, each exchange is struck by chance; latency stays. */
export function networkWeather({ scenario, kept, time, chance }: WeatherParts): NetworkWeather {
  const outages = new Map<string, NetworkFault>();
  const byLink = new Map<LinkKind, readonly (readonly [NetworkFault, number])[]>();
  for (const link of ['to-hub', 'from-hub', 'to-core', 'from-core'] as const) {
    byLink.set(
      link,
      scenario.weather.rates.filter(([fault]) => (NETWORK_FAULTS[fault] as readonly string[]).includes(link)),
    );
  }
  const mistrusted = new Set<Dfsp>();
  const isMistrusted = (link: LinkKind, from: string, host: string): boolean =>
    [...mistrusted].some((fspId) => (link === 'to-hub' && from === fspId) || host === inboundHost(fspId));
  const { deduplicates } = scenario.cores.bluewallet;
  return {
    latencyMsMax: scenario.weather.latencyMsMax,
    faultOf(link, from, host, operation, label) {
      const outage = outages.get(host);
      if (outage !== undefined) return outage;
      if (mistrusted.size > 0 && isMistrusted(link, from, host) && chance(`${label} mistrusted`) < 0.5) return 'tls-refused';
      if (time.monotonic() >= scenario.calmFrom) return undefined;
      for (const [fault, rate] of byLink.get(link) ?? []) {
        if (chance(`${label} ${fault}`) >= rate || !canStrike(fault, link, operation, deduplicates)) continue;
        if (kept.faults?.has(`${fault} ${label}`) ?? true) return fault;
      }
      return undefined;
    },
    beginOutage: (host, how) => void outages.set(host, how),
    endOutage: (host) => void outages.delete(host),
    beginMistrust: (fspId) => void mistrusted.add(fspId),
    endMistrust: (fspId) => void mistrusted.delete(fspId),
  };
}

/** A call that arrives twice at a core that books every call is booked twice, whoever called once: no Payment Manager can help it. */
function canStrike(fault: NetworkFault, link: LinkKind, operation: string, coreDeduplicates: boolean): boolean {
  if (link !== 'to-core') return true;
  const movesMoney = operation === 'POST /transfers' || operation === 'PUT /transfers';
  if (fault === 'duplicate') return !movesMoney || coreDeduplicates;
  // only the first call can be refused by a core that has booked it; a notification has no such answer
  if (fault === 'done-then-refused' || fault === 'refused-then-done') return operation === 'POST /transfers';
  return true;
}

/** `PUT /transfers/error`: method and resource, as protocol and history name a message. */
export function operationOf(method: string, target: string): string {
  const end = target.indexOf('/', 1);
  const resource = end < 0 ? target : target.slice(0, end);
  return target.endsWith('/error') ? `${method} ${resource}/error` : `${method} ${resource}`;
}
