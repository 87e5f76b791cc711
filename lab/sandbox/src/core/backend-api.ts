import { contentHash } from '@payment-manager/fspiop';
import type { HttpHandler, HttpRequest, World } from '@payment-manager/runtime';
import { type JsonObject, RequestInvalid, readObject } from '../request-body.ts';
import type { CallLog } from './call-log.ts';
import { type CoreAnswer, coreError, toResponse } from './core-answer.ts';
import type { CoreDatabase } from './core-database.ts';
import type { PayeeSide } from './payee-side.ts';

export interface BackendApiParts extends Pick<World, 'clock'> {
  readonly payee: PayeeSide;
  readonly db: CoreDatabase;
  readonly calls: CallLog;
  readonly deduplicates: boolean;
}

/** Operation of a backend call, `POST /transfers`; undefined when the path is not of the backend API. */
export function backendOperation(request: HttpRequest): string | undefined {
  const [resource = ''] = segments(request.target);
  return ['parties', 'participants', 'quoterequests', 'transfers'].includes(resource) ? `${request.method} /${resource}` : undefined;
}

/** The SDK's backend API (docs/protocol.md, 17) over the payee's side of a core. */
export function backendApi(parts: BackendApiParts): HttpHandler {
  return async (request) => {
    const operation = backendOperation(request) ?? `${request.method} ?`;
    const idempotencyKey = request.headers['idempotency-key'];
    const body = request.body.length === 0 ? undefined : tolerantJson(request.body);
    const call = parts.calls.begin({
      at: parts.clock.now(),
      operation,
      target: request.target,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(body !== undefined && { body }),
    });
    const answer = answerTo(parts, operation, request);
    call.status = answer.status;
    return toResponse(answer);
  };
}

function answerTo(parts: BackendApiParts, operation: string, request: HttpRequest): CoreAnswer {
  try {
    return route(parts, operation, request);
  } catch (error) {
    if (error instanceof RequestInvalid) return coreError(400, error.statusCode, error.message);
    throw error;
  }
}

function route(parts: BackendApiParts, operation: string, request: HttpRequest): CoreAnswer {
  const [, first = '', second = '', third] = segments(request.target);
  switch (operation) {
    case 'GET /parties':
    case 'GET /participants':
      return parts.payee.findParty(first, second, third);
    case 'POST /quoterequests':
      return parts.payee.quote(readObject(request.body));
    case 'POST /transfers':
      return once(parts, request, (json) => parts.payee.transfer(json));
    case 'PUT /transfers':
      return once(parts, request, (json) => parts.payee.notify(first, json));
    case 'GET /transfers':
      return parts.payee.ask(first);
    default:
      return coreError(404, '3002', 'the core has no such operation');
  }
}

/** The same Idempotency-Key gets the same answer and one effect, in one transaction with the effect. */
function once(parts: BackendApiParts, request: HttpRequest, work: (json: JsonObject) => CoreAnswer): CoreAnswer {
  const json = readObject(request.body);
  const key = request.headers['idempotency-key'];
  if (key === undefined || !parts.deduplicates) return work(json);
  const scoped = `${request.method} ${request.target} ${key}`;
  const hash = contentHash(json);
  return parts.db.transaction(() => {
    const known = parts.db.row('SELECT hash, status, body FROM answers WHERE key = ?', scoped);
    if (known !== undefined) {
      if (known['hash'] !== hash) return coreError(409, '3106', 'this Idempotency-Key was used for another request');
      return { status: Number(known['status']), body: JSON.parse(String(known['body'])) as object };
    }
    const answer = work(json);
    parts.db.run(
      'INSERT INTO answers (key, hash, status, body) VALUES (?, ?, ?, ?)',
      scoped,
      hash,
      answer.status,
      JSON.stringify(answer.body),
    );
    return answer;
  });
}

function segments(target: string): string[] {
  const path = target.split('?')[0] ?? '';
  return path.split('/').slice(1).map(decodeSegment);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function tolerantJson(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
