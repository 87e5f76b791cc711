import { isIP } from 'node:net';
import type { HttpHandler, HttpRequest } from '@payment-manager/runtime';
import { requestRefused } from './answers.ts';

/**
 * Lets no web page use this API, which asks nobody who they are: a page that a clerk has open reaches it by their browser, also at an
 * address that no other machine reaches. Refused (403) before anything else is looked at:
 *
 * - what has an `Origin`: browsers name the page from which a request is made; a core has none
 * - what a browser says to be for another site (`Sec-Fetch-Site`): its own pages and typed addresses are let in, so that `/docs` is readable
 * - what was sent to another name than an IP address, `localhost` or one of `hostNames`: a page may give its own name our address (DNS
 *   rebinding), and then nothing is foreign to it but that name
 */
export function refuseWebPages(handler: HttpHandler, hostNames: readonly string[]): HttpHandler {
  const names = new Set(['localhost', ...hostNames.map((name) => name.toLowerCase())]);
  return (request) => {
    const objection = objectionTo(request, names);
    return objection === undefined ? handler(request) : Promise.resolve(requestRefused(objection, 403));
  };
}

function objectionTo({ headers }: HttpRequest, names: ReadonlySet<string>): string | undefined {
  if (headers['origin'] !== undefined) return 'Web pages may not use this API: the request has an Origin.';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin')
    return 'Web pages may not use this API: the request is from another site (Sec-Fetch-Site).';
  if (knows(names, headers['host'])) return undefined;
  return 'This API is called by IP address, as localhost, or by a name that `outbound.hostNames` lists. The Host of this request is none of them.';
}

function knows(names: ReadonlySet<string>, host = ''): boolean {
  const name = host.replace(/:[0-9]{0,5}$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(name) !== 0 || names.has(name.toLowerCase());
}
