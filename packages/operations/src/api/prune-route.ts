import { JournalUnavailable } from '@payment-manager/journal';
import type { HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { answer } from '../access/answer.ts';
import { PRUNED_AT_ONCE, type Pruner, type PruneWish } from '../retention/prune-records.ts';
import { readObject, refuseActor } from './payment-routes.ts';

export interface PruneRouteDeps {
  readonly prune: Pruner;
  readonly mayAct: boolean;
}

/**
 * `POST /journal/prune` `{"records": [[recordId, version], …]}`: for `./pm prune`, which has exported them; answers
 * `{"results": […]}`. Undefined: another path.
 */
export async function pruneRoute(deps: PruneRouteDeps, request: HttpRequest): Promise<HttpResponse | undefined> {
  if (new URL(request.target, 'http://operations').pathname !== '/journal/prune') return undefined;
  if (request.method !== 'POST') return answer(405, { code: 'METHOD_NOT_ALLOWED', message: 'Only POST.' }, { allow: 'POST' });
  const refusal = refuseActor(deps, request);
  if (refusal !== undefined) return refusal;
  try {
    return answer(200, { results: await deps.prune(readWishes(readObject(request.body)['records'])) });
  } catch (error) {
    if (error instanceof RangeError) return answer(400, { code: 'BAD_REQUEST', message: `Refused: ${error.message}.` });
    if (error instanceof JournalUnavailable)
      return answer(503, { code: error.code, message: 'The journal cannot store or read now; repeat the same request.' });
    throw error;
  }
}

function readWishes(records: unknown): readonly PruneWish[] {
  if (!Array.isArray(records) || records.length > PRUNED_AT_ONCE) throw new RangeError(`records is a list of at most ${PRUNED_AT_ONCE}`);
  return records.map((record: unknown) => {
    const [recordId, version] = Array.isArray(record) ? (record as readonly unknown[]) : [];
    if (typeof recordId !== 'string' || typeof version !== 'number') throw new RangeError('a record is [recordId, version]');
    return { recordId, version };
  });
}
