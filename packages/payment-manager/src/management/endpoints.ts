import type { Config } from '@payment-manager/configuration';
import { hubServers } from '@payment-manager/configuration/addresses';
import {
  ConnectionFault,
  type Endpoints,
  endpointsFault,
  keepEndpoints,
  keptEndpoints,
  type Wanted,
} from '@payment-manager/connection-manager-client';
import { egressAddress, wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import { type AskedEndpoints, Problem } from '@payment-manager/management-api';
import type { Connection } from '@payment-manager/operations/connection';
import type { Doing } from '@payment-manager/vault';

/** As configured, as changed, and as the Connection Manager has them; where it cannot be asked, why. @throws VaultError */
export async function shownEndpoints(config: Config, { environment, api }: Connection): Promise<object> {
  const kept = await keptEndpoints(environment);
  return {
    fspId: config.fspId,
    configured: asTexts(wantedOf(config)),
    ...(kept && { changed: { ...asTexts(kept), at: kept.at, by: kept.by, why: kept.why } }),
    hub: hubServers(config),
    ...(api && { published: await publishedAt(api, config.fspId) }),
  };
}

async function publishedAt(api: NonNullable<Connection['api']>, fspId: string): Promise<object> {
  try {
    const [ingress = '', egress = []] = [await api.ingress(fspId), await api.egress(fspId)];
    return asTexts({ ingressUrl: ingress, egress });
  } catch (error) {
    if (error instanceof ConnectionFault) return { unknown: error.message };
    throw error;
  }
}

function asTexts({ ingressUrl, egress }: Endpoints): AskedEndpoints {
  return { ingressUrl, egress: egress.map(({ address, ports }) => `${address}:${ports.join('+')}`) };
}

function asEndpoints({ ingressUrl, egress }: AskedEndpoints): Endpoints {
  return { ingressUrl, egress: egress.map(egressAddress) };
}

/** @throws Problem where they cannot be so */
export function demandEndpoints(config: Config, asked: AskedEndpoints): void {
  const wanted: Wanted = wantedOf(config);
  const fault = endpointsFault(asEndpoints(asked), wanted);
  if (fault === undefined) return;
  throw new Problem(400, {
    code: 'REQUEST_INVALID',
    message: `These endpoints cannot be: ${fault}.`,
    place: 'body',
    expected: 'an http or https URL, and ADDRESS:PORTS such as 192.0.2.10:443+8000-8010',
    advice: 'Ask who runs your network.',
  });
}

/** They count from now on, and are told to the Connection Manager at once, where there is one. @throws VaultError */
export async function changedEndpoints(
  config: Config,
  connection: Connection,
  asked: AskedEndpoints | undefined,
  now: number,
  doing: Doing,
): Promise<object> {
  if (asked !== undefined) demandEndpoints(config, asked);
  await keepEndpoints(connection.environment, asked && asEndpoints(asked), now, doing);
  void connection.look();
  return asked ?? asTexts(wantedOf(config));
}
