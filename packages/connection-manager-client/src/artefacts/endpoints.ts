import type { PublishedAddress } from '../api/connection-manager-api.ts';
import { sameSet } from '../certificates/request.ts';
import { withKeptEndpoints } from '../kept-endpoints.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Wanted } from '../wanted.ts';

/** Where the server thinks we are. */
export interface EndpointsObserved {
  readonly egress: readonly PublishedAddress[] | undefined;
  readonly ingress: string | undefined;
}

export type EndpointsAction = { readonly do: 'publish-egress' } | { readonly do: 'publish-ingress' };

/** What is wanted is posted when the server has something else; nothing is ever posted empty. */
export function decideEndpoints({ egress, ingress }: EndpointsObserved, wanted: Wanted): Decision<EndpointsAction> {
  const missing = incomplete(wanted);
  if (missing !== undefined)
    return {
      actions: [],
      standing: {
        state: 'Failed',
        reason: 'CONFIGURATION_INCOMPLETE',
        message: `Our endpoints are not published: ${missing}.`,
        nextStep: 'Configure it and restart.',
      },
    };
  const actions: EndpointsAction[] = [];
  if (!sameAddresses(egress ?? [], wanted.egress)) actions.push({ do: 'publish-egress' });
  if (ingress !== wanted.ingressUrl) actions.push({ do: 'publish-ingress' });
  const where = `${wanted.ingressUrl}, and from ${wanted.egress.map(({ address }) => address).join(', ')}`;
  return {
    actions,
    standing:
      actions.length > 0
        ? { state: 'Progressing', reason: 'IN_PROGRESS', message: 'Our endpoints are published.' }
        : { state: 'Ready', reason: 'IN_ORDER', message: `The Connection Manager has our endpoints: ${where}.` },
  };
}

function incomplete({ ingressUrl, egress }: Wanted): string | undefined {
  if (!/^https?:\/\/[^/\s]+/i.test(ingressUrl)) return 'the URL where the hub calls us (ingress) is not an http or https URL';
  if (egress.length === 0) return 'no address is given from which we call the hub (egress)';
  const wrong = egress.find(({ address }) => !/^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?$/.test(address));
  if (wrong) return `${JSON.stringify(wrong.address.slice(0, 80))} is not an IPv4 address or prefix`;
  return undefined;
}

/** The server refuses a list in which an entry comes twice. */
function withoutRepeats(list: readonly PublishedAddress[]): readonly PublishedAddress[] {
  return [...new Map(list.map(({ address, ports }) => [lineOf({ address, ports }), { address, ports }])).values()];
}

function lineOf({ address, ports }: PublishedAddress): string {
  return `${address} ${[...ports].sort().join(',')}`;
}

function sameAddresses(one: readonly PublishedAddress[], other: readonly PublishedAddress[]): boolean {
  return sameSet(one.map(lineOf), other.map(lineOf));
}

/** Keeps our endpoints known: those of the configuration, or the ones that a person has put in their place. */
export function endpoints({ api, environment, wanted: configured, clock }: Surroundings): Reconciler {
  const { fspId } = configured;
  return reconciler<EndpointsObserved & { readonly wanted: Wanted }, EndpointsAction>(
    {
      artefact: 'ENDPOINTS',
      async observe() {
        const wanted = await withKeptEndpoints(environment, configured);
        return { egress: await api.egress(fspId), ingress: await api.ingress(fspId), wanted };
      },
      decide: ({ wanted, ...observed }) => decideEndpoints(observed, wanted),
      async act(action) {
        const wanted = await withKeptEndpoints(environment, configured);
        if (action.do === 'publish-ingress') await api.publishIngress(fspId, wanted.ingressUrl);
        else await api.publishEgress(fspId, withoutRepeats(wanted.egress));
      },
      certificates: async () => [],
    },
    clock,
  );
}
