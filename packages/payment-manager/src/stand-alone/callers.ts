import { timingSafeEqual } from 'node:crypto';
import { isLoopback, type StandAloneConfig } from '@payment-manager/configuration';
import { bearerCheck, readTokenFile } from '@payment-manager/configuration/files';
import { refuseBackend } from '@payment-manager/core-connector';
import { knowsItsHost } from '@payment-manager/operations/api';
import type { HttpResponse, RequestHead } from '@payment-manager/runtime';

/**
 * Who may call the backend API: no web page, on loopback only who asks for this machine by its address (a page can give itself our address, but not
 * our name), and who bears the token. That it is there may be asked by everybody (`GET /`): balancers do.
 *
 * @throws CredentialsInvalid for a token that cannot be used
 */
export async function strangersTurnedAway({
  host,
  tokenFile,
  tokenHeader,
}: StandAloneConfig['backend']): Promise<(head: RequestHead) => HttpResponse | undefined> {
  const bears = tokenFile === undefined ? undefined : await tokenCheck(tokenFile, tokenHeader);
  return (head) => {
    const { method, target, headers } = head;
    if (headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined) return refused(403, 'web pages may not call this');
    if (isLoopback(host) && !knowsItsHost(head)) return refused(403, 'ask by IP address, or as localhost');
    if (bears === undefined || (method === 'GET' && target === '/') || bears(head)) return undefined;
    return refused(401, 'send the token of the backend API');
  };
}

async function tokenCheck(tokenFile: string, tokenHeader: string): Promise<(head: RequestHead) => boolean> {
  const token = await readTokenFile(tokenFile, 'backend.tokenFile');
  const name = tokenHeader.toLowerCase();
  return name === 'authorization' ? bearerCheck(token) : plainCheck(name, Buffer.from(token.reveal()));
}

/** In constant time, whatever was sent. */
function plainCheck(name: string, token: Buffer): (head: RequestHead) => boolean {
  return ({ headers }) => {
    const given = Buffer.from(headers[name] ?? '');
    return given.length === token.length && timingSafeEqual(given, token);
  };
}

function refused(status: number, message: string): HttpResponse {
  return { ...refuseBackend('malformed-request'), status, body: JSON.stringify({ statusCode: '2001', message }) };
}
