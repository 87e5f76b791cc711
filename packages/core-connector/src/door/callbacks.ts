import { JournalUnavailable } from '@payment-manager/journal';
import type { HttpHandler, HttpResponse, World } from '@payment-manager/runtime';
import { readBody } from '../codec/body.ts';
import { EvaluationFailed, type ValueObject } from '../expression/value.ts';
import type { CoreRecords } from '../record/core-records.ts';
import type { TakenCallback } from '../record/taken-callback.ts';
import type { ConnectorVersions } from '../record/versions.ts';
import { isTheCore } from './callback-auth.ts';

export interface CallbacksDeps extends Pick<World, 'log' | 'metrics' | 'clock'> {
  readonly versions: ConnectorVersions;
  readonly records: Pick<CoreRecords, 'calledBack' | 'paymentOf'>;
  /** Takes those that are about a payment. */
  readonly keep?: ((taken: TakenCallback) => void) | undefined;
}

const PATH = /^\/callbacks\/([A-Za-z][A-Za-z0-9-]{0,62})(?:\?|$)/;
const BODY_MAX = 65_536;
/** As long as keys are. */
const REFERENCE_MAX = 128;

/** Is this request one of the core's callbacks? It shows who it is in its own way. */
export function isCallback(target: string): boolean {
  return target.startsWith('/callbacks/');
}

/**
 * `POST /callbacks/{name}`: the core says that it has decided something. Who calls must be the core, as the connector says, and the reference must be
 * one with which something was begun; what it says besides is not believed: the core is asked. 200 once that is on the disk, also for a repeat and for
 * what is over; 404 for a reference that is not ours.
 */
export function callbacksApi({ versions, records, log, metrics, clock, keep }: CallbacksDeps): HttpHandler {
  const counted = metrics.counter('pm_core_callbacks_total', 'Callbacks of the core, by callback and result', ['callback', 'result']);
  return async (request) => {
    const { running } = versions.current();
    const callback = running.connector.callbacks.get(PATH.exec(request.target)?.[1] ?? '');
    // an unknown name and a core that does not show who it is are one answer
    if (callback === undefined) return NOT_YOU;
    const told = (result: string, response: HttpResponse): HttpResponse => {
      counted.add(1, { callback: callback.name, result });
      if (response.status >= 400) log.warn('core: a callback was not taken', { callback: callback.name, result });
      return response;
    };
    const root: ValueObject = Object.assign(Object.create(null), { cfg: Object.assign(Object.create(null), running.cfg) });
    if (request.body.length > BODY_MAX) return told('malformed', answer(413, 'the body is too large'));
    if (!isTheCore(callback.auth, root, request)) return told('refused', NOT_YOU);
    if (request.method !== 'POST') return told('malformed', answer(405, 'POST'));
    const at = clock.now();
    const reference = referenceIn(callback.reference, root, request);
    if (reference === undefined) return told('malformed', answer(400, 'no reference can be read in the body'));
    try {
      const result = await records.calledBack(callback.name, reference);
      if (result === 'unknown') return told(result, answer(404, 'the reference is not known'));
      const transferId = keep && (await records.paymentOf(callback.name, reference));
      if (transferId !== undefined) keep?.({ running, callback: callback.name, transferId, at, request });
      return told(result, { status: 200 });
    } catch (error) {
      if (!(error instanceof JournalUnavailable)) throw error;
      return told('not-stored', answer(503, 'try again later'));
    }
  };
}

type Request = Parameters<HttpHandler>[0];
type Reference = { evaluate(names: ValueObject): unknown };

function referenceIn(expression: Reference, root: ValueObject, { body: bytes, headers }: Request): string | undefined {
  const { body, readable } = readBody(bytes, headers['content-type']);
  if (!readable) return undefined;
  try {
    const names: ValueObject = Object.assign(Object.create(null), root, { body, headers: Object.assign(Object.create(null), headers) });
    const found = expression.evaluate(names);
    return typeof found === 'string' && found !== '' && found.length <= REFERENCE_MAX ? found : undefined;
  } catch (error) {
    if (error instanceof EvaluationFailed) return undefined;
    throw error;
  }
}

const NOT_YOU = answer(401, 'show who you are as the connector says');

function answer(status: number, message: string): HttpResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify({ message }) };
}
