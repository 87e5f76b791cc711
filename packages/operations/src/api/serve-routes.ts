import { ConnectionFault } from '@payment-manager/connection-manager-client/fault';
import { JournalUnavailable } from '@payment-manager/journal';
import { type HttpHandler, type HttpRequest, type HttpResponse, router } from '@payment-manager/runtime';
import { VaultError } from '@payment-manager/vault/error';
import { answer } from '../access/answer.ts';
import { readBody } from './read-body.ts';
import { type Call, RequestRefused, type Route } from './route.ts';

/**
 * The handler of an API's routes. Every request is checked in this order: path and method (HEAD where there is GET), who may act, JSON, schema.
 * Errors have one shape: `{code, message}`, with what was expected of which member in the message.
 */
export function serveRoutes(routes: readonly Route[], mayAct: boolean): HttpHandler {
  const find = router(routes);
  return async (request) => {
    const found = find(request.method === 'HEAD' ? 'GET' : request.method, request.target);
    switch (found.kind) {
      case 'route':
        return answered(found.route, found.params, request, mayAct);
      case 'no-method':
        return onlyMethods(found.allowed);
      case 'malformed':
        return answer(400, { code: 'BAD_REQUEST', message: 'The path is not percent-encoded properly.' });
      case 'no-path':
        return answer(404, { code: 'NOT_FOUND', message: `There is: ${[...new Set(routes.map(({ path }) => path))].join(', ')}.` });
    }
  };
}

function onlyMethods(served: readonly string[]): HttpResponse {
  const allow = served.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return answer(405, { code: 'METHOD_NOT_ALLOWED', message: `Only ${allow}.` }, { allow });
}

async function answered(route: Route, params: Call['params'], request: HttpRequest, mayAct: boolean): Promise<HttpResponse> {
  const refusal = route.acts === true ? refuseActor(mayAct, request) : undefined;
  if (refusal !== undefined) return refusal;
  try {
    const body = route.body === undefined ? undefined : readBody(route.body, request.body);
    return await route.handle({ params, query: queryOf(request.target), body });
  } catch (error) {
    return refused(error, route);
  }
}

function queryOf(target: string): URLSearchParams {
  const at = target.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : target.slice(at + 1));
}

/** Why this request may not do anything. Browsers send forms anywhere without asking; none of them sends JSON, and each names the page's origin. */
function refuseActor(mayAct: boolean, { headers }: HttpRequest): HttpResponse | undefined {
  if (headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined)
    return answer(403, { code: 'FROM_A_BROWSER', message: 'Web pages may not act here.' });
  if (!/^application\/json(;|$)/.test(headers['content-type'] ?? ''))
    return answer(415, { code: 'NOT_JSON', message: 'The content type must be application/json.' });
  if (!mayAct) return answer(403, { code: 'NOT_LOCAL', message: 'Persons may act only where operations.host is a loopback address.' });
  return undefined;
}

/** What the world refuses, in the words of this API; a defect of ours is thrown on. */
function refused(error: unknown, { whenNotStored }: Route): HttpResponse {
  if (error instanceof RequestRefused) return answer(error.status, { code: error.code, message: error.message });
  if (error instanceof JournalUnavailable) {
    const message = `The journal cannot store or read now${whenNotStored === undefined ? '' : `; ${whenNotStored}`}.`;
    return answer(503, { code: error.code, message });
  }
  if (error instanceof VaultError) return answer(503, { code: error.code, message: error.message });
  if (error instanceof ConnectionFault) return answer(502, { code: error.code, message: error.message, nextStep: error.nextStep });
  throw error;
}
