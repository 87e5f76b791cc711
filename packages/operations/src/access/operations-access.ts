import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { bearerCheck } from '@payment-manager/configuration/files';
import type { HttpHandler, HttpRequest, HttpResponse, Secret } from '@payment-manager/runtime';
import { answer } from './answer.ts';

export interface OperationsAccess {
  readonly token: Secret<string>;
  /** Names by which it may be asked, beside localhost and IP addresses. */
  readonly hostNames: readonly string[];
  /** In the sandbox everybody may look; only who acts needs the token. */
  readonly openToRead: boolean;
}

/** What probes and Prometheus ask. */
const ALWAYS_OPEN: readonly string[] = ['/health/live', '/health/ready', '/metrics'];
/** Looks, although it is a POST. */
const LOOKS = '/connection/look';

/** The file with the token that the command line reads: whoever may read it may act. */
export function operationsTokenFile({ operations, dataFolder }: Pick<Config, 'operations' | 'dataFolder'>): string {
  return operations.tokenFile ?? join(dataFolder, 'operations.token');
}

/**
 * The operations API for who may ask it. Before any path: the Host must be one of its own, since a page of a foreign site that gave itself
 * our address (DNS rebinding) still bears the site's name. Health and metrics are open to all who reach the port; all else wants the token.
 */
export function guarded(handler: HttpHandler, { token, hostNames, openToRead }: OperationsAccess): HttpHandler {
  const bears = bearerCheck(token);
  return async (request) => {
    if (!knowsItsHost(request, hostNames)) return foreignHost;
    if (isOpen(request, openToRead) || bears(request)) return handler(request);
    return answer(
      401,
      {
        code: 'TOKEN_NEEDED',
        message:
          'Send Authorization: Bearer TOKEN. The token is in `operations.token` of the data folder, or in the file that `operations.tokenFile` names; the command line reads it automatically.',
      },
      { 'www-authenticate': 'Bearer' },
    );
  };
}

function isOpen({ method, target }: HttpRequest, openToRead: boolean): boolean {
  const [path = ''] = target.split('?', 1);
  const reads = method === 'GET' || method === 'HEAD';
  if (reads && ALWAYS_OPEN.includes(path)) return true;
  return openToRead && (reads || path === LOOKS);
}

const foreignHost: HttpResponse = answer(403, {
  code: 'FOREIGN_HOST',
  message: 'Ask by IP address, as localhost, or by one of `operations.hostNames`.',
});

/** Whether a request was meant for us, by its Host. */
export function knowsItsHost({ headers }: Pick<HttpRequest, 'headers'>, names: readonly string[] = []): boolean {
  const host = (headers['host'] ?? '')
    .replace(/:[0-9]+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return host === 'localhost' || isIP(host) !== 0 || names.some((name) => name.toLowerCase() === host);
}
