import type { HttpHandler, HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { type JsonObject, RequestInvalid, readChoice, readObject, readOptionalText, readText } from '../request-body.ts';
import { json, Problem } from './api/problem.ts';
import { FLAWS } from './certificates/hub-authority.ts';
import { ConnectionManagerFaultInvalid, parseFault } from './faults/fault.ts';
import type { Operator } from './operator.ts';
import type { ConnectionManagerSettings } from './server-parts.ts';

/** What the hub's people do, over HTTP. For a local port only: it asks nobody who they are. */
export function operatorApi(operator: Operator): HttpHandler {
  return async (request) => {
    try {
      return await routed(request, operator);
    } catch (error) {
      if (error instanceof Problem) return json(error.status, { message: error.message || 'not found' });
      if (error instanceof RequestInvalid || error instanceof ConnectionManagerFaultInvalid || error instanceof RangeError)
        return json(400, { message: error.message });
      throw error;
    }
  };
}

async function routed(request: HttpRequest, operator: Operator): Promise<HttpResponse> {
  const [, resource = '', id = '', part = '', entry = '', verb = ''] = (request.target.split('?')[0] ?? '').split('/').map(decoded);
  const body = (): JsonObject => (request.body.length === 0 ? {} : readObject(request.body));
  if (resource === 'dfsps') return dfsps(request, { id, part, entry, verb }, body, operator);
  if (resource === 'faults') return faults(request, id, operator);
  switch (`${request.method} ${[resource, id, part].filter(Boolean).join('/')}`) {
    case 'GET ':
      return json(200, { settings: operator.settings, hub: operator.hub, logins: operator.logins, faults: operator.faults.list().length });
    case 'PUT settings':
      return json(200, operator.change(settingsOf(body())));
    case 'POST hub/ca':
      return json(201, { rootCertificate: await operator.rotateHubCa(readOptionalText(body(), 'name', 64)) });
    case 'POST hub/retire':
      return done(() => operator.retireHubCas());
    case 'POST hub/server-certificate':
      return done(() => operator.reissueServerCertificate());
    case 'PUT hub/jws':
      return done(() => operator.putJws(readOptionalText(body(), 'publicKey', 10_000)));
    case 'POST tokens/revoke':
      return done(() => operator.revokeTokens());
    default:
      return json(404, { message: 'unknown path' });
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestInvalid('3101', 'the path is not encoded as a URL');
  }
}

interface Path {
  readonly id: string;
  readonly part: string;
  readonly entry: string;
  readonly verb: string;
}

async function dfsps(request: HttpRequest, path: Path, body: () => JsonObject, operator: Operator): Promise<HttpResponse> {
  const { id, part, entry, verb } = path;
  const enrolment = Number(entry);
  const name = [id && '{id}', part, entry && '{enrolment}', verb].filter(Boolean).join('/');
  switch (`${request.method} ${name}`) {
    case 'GET ':
      return json(200, { dfsps: operator.list() });
    case 'POST ': {
      const { clientId, clientSecret } = await operator.register(readText(body(), 'fspId', 32), readOptionalText(body(), 'name'));
      return json(201, { clientId, clientSecret: clientSecret.reveal() });
    }
    case 'DELETE {id}':
      return done(() => operator.remove(id));
    case 'POST {id}/secret':
      return json(201, { clientId: id, clientSecret: operator.renewSecret(id).clientSecret.reveal() });
    case 'POST {id}/hub-request':
      return done(() => operator.requestHubCertificate(id));
    case 'POST {id}/onboard':
      return done(() => operator.onboard(id));
    case 'PUT {id}/jws':
      return done(() => operator.putJws(readOptionalText(body(), 'publicKey', 10_000), id));
    case 'DELETE {id}/jws':
      return done(() => operator.removeJws(id));
    case 'POST {id}/enrolments/{enrolment}/sign':
      return done(() => operator.sign(id, enrolment, body()['flaw'] === undefined ? undefined : readChoice(body(), 'flaw', FLAWS)));
    case 'POST {id}/enrolments/{enrolment}/reject':
      return done(() => operator.reject(id, enrolment, readOptionalText(body(), 'reason', 500) ?? 'no reason given'));
    case 'DELETE {id}/enrolments/{enrolment}':
      return done(() => operator.lose(id, enrolment));
    default:
      return json(404, { message: 'unknown path' });
  }
}

function faults({ method, body }: HttpRequest, id: string, { faults: book }: Operator): HttpResponse {
  if (method === 'GET') return json(200, { faults: book.list().map(({ rule, ...told }) => ({ ...told, ...rule })) });
  if (method === 'DELETE') return book.remove(id === '' ? undefined : id) ? json(200, {}) : json(404, { message: 'no such fault' });
  if (method !== 'POST') return json(405, { message: 'use GET, POST or DELETE' });
  const { rule, ...told } = book.add(parseFault(readObject(body)));
  return json(201, { ...told, ...rule });
}

const FLAGS = ['autoSign', 'autoOnboard'] as const;
const NUMBERS = ['signDelayMs', 'certificateSeconds', 'serverCertificateSeconds', 'tokenSeconds'] as const;

function settingsOf(given: JsonObject): Partial<ConnectionManagerSettings> {
  const known: readonly string[] = [...FLAGS, ...NUMBERS];
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) throw new RequestInvalid('3101', `${name} is not a setting; there are ${known.join(', ')}`);
    const isRight = NUMBERS.some((one) => one === name) ? typeof value === 'number' : typeof value === 'boolean';
    if (!isRight) throw new RequestInvalid('3101', `${name} has the wrong type`);
  }
  return given;
}

async function done(work: () => unknown): Promise<HttpResponse> {
  await work();
  return json(200, {});
}
