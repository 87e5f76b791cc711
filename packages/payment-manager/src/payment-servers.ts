import type { Config } from '@payment-manager/configuration';
import { bearerCheck, readTokenFile } from '@payment-manager/configuration/files';
import type { HubCallers, LoadedKeys } from '@payment-manager/credentials';
import { type Connector, outboundTokenWanted, refuseInbound, refuseOutbound, refuseWebPages } from '@payment-manager/mojaloop-connector';
import {
  type HttpHandler,
  type HttpResponse,
  type HttpServer,
  type HttpServerOptions,
  type RequestHead,
  type Secret,
  startHttpServer,
  type World,
} from '@payment-manager/runtime';

function serverOptions(
  side: 'inbound' | 'outbound',
  config: Config,
  keys: LoadedKeys,
  callers?: HubCallers,
): Omit<HttpServerOptions, 'handler' | 'refuse'> {
  const { host, port, maxBodyBytes, requestTimeoutMs, keepAliveTimeoutMs, maxConnections, maxRequestsInFlight, tls } = config[side];
  const watched = keys[side];
  return {
    host,
    port,
    maxBodyBytes,
    requestTimeoutMs,
    keepAliveTimeoutMs,
    maxConnections,
    maxRequestsInFlight,
    ...(watched === undefined
      ? {}
      : {
          tls: {
            credentials: watched.credentials,
            requireClientCertificate: tls.requireClientCertificate,
            ...(callers && { admitClient: callers.admit }),
          },
        }),
  };
}

/** The API that the hub calls. With client certificates it lets in the hub alone. */
export async function startInbound(
  config: Config,
  world: World,
  connector: Connector,
  keys: LoadedKeys,
  callers: HubCallers,
): Promise<HttpServer> {
  const options = {
    ...serverOptions('inbound', config, keys, config.inbound.tls.requireClientCertificate ? callers : undefined),
    handler: connector.inbound,
    admit: connector.gates.inbound,
    refuse: refuseInbound,
  };
  const server = await startHttpServer(options, world.log.child({ api: 'inbound' }));
  keys.inbound?.onChange((credentials) => server.setCredentials(credentials));
  return server;
}

/**
 * The API that the DFSP calls; no web page does. `callbacks`: of the core behind a connector, at the same port; who calls back shows who it is in its
 * own way, bears no token of the DFSP, and is never shed.
 *
 * @throws CredentialsInvalid for a token that cannot be used
 */
export async function startOutbound(
  config: Config,
  world: World,
  connector: Connector,
  keys: LoadedKeys,
  callbacks: HttpHandler | undefined,
): Promise<HttpServer> {
  const { tokenFile } = config.outbound;
  const token = tokenFile === undefined ? undefined : await readTokenFile(tokenFile, 'outbound.tokenFile');
  const api = refuseWebPages(connector.outbound, [config.outbound.host, ...config.outbound.hostNames]);
  const isCallback = ({ target }: { readonly target: string }): boolean => callbacks !== undefined && target.startsWith('/callbacks/');
  const turnAway = token && withoutToken(token);
  const options: HttpServerOptions = {
    ...serverOptions('outbound', config, keys),
    handler: (request) => (callbacks !== undefined && isCallback(request) ? callbacks(request) : api(request)),
    ...(turnAway && { turnAway: (head: RequestHead) => (isCallback(head) ? undefined : turnAway(head)) }),
    admit: (head) => (isCallback(head) ? { isNew: false, leave: () => {} } : connector.gates.outbound(head)),
    refuse: refuseOutbound,
  };
  const server = await startHttpServer(options, world.log.child({ api: 'outbound' }));
  keys.outbound?.onChange((credentials) => server.setCredentials(credentials));
  return server;
}

/** The DFSP's API is for who bears the token. That it is there may be asked by everybody (`GET /`): balancers do. */
function withoutToken(token: Secret<string>): (head: RequestHead) => HttpResponse | undefined {
  const bears = bearerCheck(token);
  return (head) => ((head.method === 'GET' && head.target === '/') || bears(head) ? undefined : outboundTokenWanted());
}
