import type { HttpHandler, HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { errorAnswer, type FineractAnswer, FineractRefusal, fineractResponse } from './answers.ts';
import { batch } from './batches.ts';
import { Crashed, execute } from './commands.ts';
import { read } from './reads.ts';
import { type SavingsAccounts, savingsAccounts } from './savings-accounts.ts';
import { FINERACT_PATH, FINERACT_TENANT, type FineractParts } from './tenant.ts';
import { commandOf } from './writes.ts';

/** A core that behaves as Fineract's source does, on the books of a demo core. */
export interface Fineract {
  readonly handler: HttpHandler;
  /** The savings account for what a customer's account does not take. @throws RangeError without accounts in this currency */
  suspenseId(currency: string): number;
}

/**
 * Operation of a call, as its faults name it: `POST /fineract/deposit`, `POST /fineract/batches`, `GET /fineract/savingsaccounts`;
 * undefined when the path is not of this API.
 */
export function fineractOperation({ method, target }: HttpRequest): string | undefined {
  const [path = '', query = ''] = target.split('?');
  if (!path.startsWith(`${FINERACT_PATH}/`)) return undefined;
  const [, resource = ''] = path.slice(FINERACT_PATH.length + 1).split('/');
  return `${method} /fineract/${method === 'GET' ? resource : (new URLSearchParams(query).get('command') ?? resource)}`;
}

/** Makes it; its accounts are made of the core's customers when it is first asked. */
export function openFineract(parts: FineractParts): Fineract {
  const accounts = savingsAccounts(parts);
  return {
    suspenseId: (currency) => accounts.suspenseOf(currency).id,
    handler: async (request) => {
      const key = request.headers['idempotency-key'];
      const call = parts.calls.begin({
        at: parts.clock.now(),
        operation: fineractOperation(request) ?? `${request.method} ?`,
        target: request.target,
        ...(key !== undefined && { idempotencyKey: key }),
      });
      const response = await answerTo(parts, accounts, request);
      if (response.reset !== true) call.status = response.status;
      return response;
    },
  };
}

async function answerTo(parts: FineractParts, accounts: SavingsAccounts, request: HttpRequest): Promise<HttpResponse> {
  const refused = whoIsThat(request);
  if (refused !== undefined) return fineractResponse(refused);
  const [path = '', query = ''] = request.target.slice(FINERACT_PATH.length + 1).split('?');
  const [version, ...segments] = path.split('/').map(decodeURIComponent);
  const asked = { path: segments, query: new URLSearchParams(query) };
  try {
    if (version !== 'v1') return fineractResponse(errorAnswer(404, 'error.msg.resource.not.found'));
    if (request.method === 'GET') return fineractResponse(read(parts, accounts, segments, asked.query));
    if (request.method !== 'POST') return fineractResponse(errorAnswer(405, 'error.msg.method.not.allowed'));
    const body = Buffer.from(request.body).toString('utf8');
    if (segments.join('/') === 'batches')
      return fineractResponse(await batch(parts, accounts, body, asked.query.get('enclosingTransaction') === 'true'));
    const command = commandOf(parts, accounts, { ...asked, body, key: request.headers['idempotency-key'] });
    return fineractResponse(command === undefined ? errorAnswer(404, 'error.msg.resource.not.found') : await execute(parts, command));
  } catch (error) {
    if (error instanceof FineractRefusal) return fineractResponse(error.answer);
    if (error instanceof Crashed) return { status: 503, reset: true };
    throw error;
  }
}

const BASIC = `Basic ${Buffer.from(`${FINERACT_TENANT.user}:${FINERACT_TENANT.password}`).toString('base64')}`;

function whoIsThat({ headers }: HttpRequest): FineractAnswer | undefined {
  if (headers['fineract-platform-tenantid'] !== FINERACT_TENANT.tenant) return errorAnswer(400, 'error.msg.invalid.tenant.identifier');
  return headers['authorization'] === BASIC ? undefined : errorAnswer(401, 'error.msg.not.authenticated');
}
