import { formatAmount, isAmount, parseAmount } from '@payment-manager/fspiop';
import { JournalUnavailable, type RestoredMark } from '@payment-manager/journal';
import type { NotAllowed, RestoredDesk, StatementRow } from '@payment-manager/mojaloop-connector';
import type { HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { answer } from '../access/answer.ts';
import { readObject, refuseActor } from './payment-routes.ts';

export interface RestoredRouteDeps {
  readonly restored: RestoredDesk;
  readonly mayAct: boolean;
}

/** Rows of a report in one request. */
export const ROWS_AT_ONCE = 10;

/**
 * What a person does about a journal that was put back to an older copy:
 *
 * - `GET /journal/restored`: the last restore, or `{}`
 * - `POST /journal/restored`: `{act: "take", from, rows: [[transferId, direction, amount, currency, state, homeTransactionId?], …]}` answers `{made}`;
 *   `{act: "read-in", from, transfers, made, digest, by}`, `{act: "nothing-missing", by, reason}` and `{act: "lift", by, reason}` answer
 *   the restore as it is then
 *
 * Undefined: another path.
 */
export async function restoredRoute(deps: RestoredRouteDeps, request: HttpRequest): Promise<HttpResponse | undefined> {
  if (new URL(request.target, 'http://operations').pathname !== '/journal/restored') return undefined;
  if (request.method === 'GET') return answer(200, shown(deps.restored.last()));
  if (request.method !== 'POST') return answer(405, { code: 'METHOD_NOT_ALLOWED', message: 'Only GET and POST.' }, { allow: 'GET, POST' });
  const refusal = refuseActor(deps, request);
  if (refusal !== undefined) return refusal;
  try {
    const done = await act(deps.restored, readObject(request.body));
    if (typeof done === 'string') return answer(409, { code: done.toUpperCase().replaceAll('-', '_'), message: REFUSALS[done] });
    return answer(200, 'made' in done ? done : shown(done));
  } catch (error) {
    if (error instanceof RangeError) return answer(400, { code: 'BAD_REQUEST', message: `Refused: ${error.message}.` });
    if (error instanceof JournalUnavailable)
      return answer(503, { code: error.code, message: 'The journal cannot store or read now; repeat the same request.' });
    throw error;
  }
}

const REFUSALS: Readonly<Record<NotAllowed, string>> = {
  'not-restored': 'The journal is not marked as restored, or the mark was lifted.',
  'not-accounted':
    'The transfers between copy and restore are not known yet: read in the report of the hub or the statement of the core (--report), or say that there were none (--nothing-missing).',
  changed: 'Somebody else changed it in the same moment: look again.',
};

function act(desk: RestoredDesk, body: Readonly<Record<string, unknown>>): Promise<RestoredMark | { made: number } | NotAllowed> {
  const by = () => text(body, 'by', 100);
  const reason = () => text(body, 'reason', 500);
  switch (body['act']) {
    case 'take':
      return desk.take(rowsOf(body['rows']), fromOf(body));
    case 'read-in': {
      const from = fromOf(body);
      const digest = text(body, 'digest', 64);
      return desk.readIn({ from, transfers: count(body, 'transfers'), made: count(body, 'made'), digest, by: by() });
    }
    case 'nothing-missing':
      return desk.nothingMissing({ by: by(), reason: reason() });
    case 'lift':
      return desk.lift({ by: by(), reason: reason() });
    default:
      throw new RangeError('act is take, read-in, nothing-missing or lift');
  }
}

function fromOf({ from }: Readonly<Record<string, unknown>>): 'hub' | 'core' {
  if (from !== 'hub' && from !== 'core') throw new RangeError('from is hub or core');
  return from;
}

function text(body: Readonly<Record<string, unknown>>, name: string, longest: number): string {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '' || value.length > longest)
    throw new RangeError(`${name} has 1 to ${longest} characters`);
  return value.trim();
}

function count(body: Readonly<Record<string, unknown>>, name: string): number {
  const value = body[name];
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw new RangeError(`${name} is a count`);
  return Number(value);
}

function rowsOf(rows: unknown): readonly StatementRow[] {
  if (!Array.isArray(rows) || rows.length > ROWS_AT_ONCE) throw new RangeError(`rows is a list of at most ${ROWS_AT_ONCE}`);
  return rows.map((row: unknown) => {
    const [transferId, direction, amount, currency, state, homeTransactionId] = Array.isArray(row) ? (row as readonly unknown[]) : [];
    const isRow =
      typeof transferId === 'string' &&
      /^[0-9A-Za-z-]{1,64}$/.test(transferId) &&
      (direction === 'in' || direction === 'out') &&
      typeof amount === 'string' &&
      isAmount(amount) &&
      typeof currency === 'string' &&
      /^[A-Z]{3}$/.test(currency) &&
      (homeTransactionId === undefined || typeof homeTransactionId === 'string') &&
      (state === 'RESERVED' || state === 'COMMITTED' || state === 'ABORTED');
    if (!isRow) throw new RangeError('a row is [transferId, direction, amount, currency, state]');
    const read = { transferId, direction, amount: parseAmount(amount), currency, state } as const;
    return homeTransactionId === undefined ? read : { ...read, homeTransactionId };
  });
}

/** A row of a report as it is sent. */
export function sentRow({ transferId, direction, amount, currency, state, homeTransactionId }: StatementRow): readonly string[] {
  return [transferId, direction, formatAmount(amount), currency, state, ...(homeTransactionId === undefined ? [] : [homeTransactionId])];
}

function shown(mark: RestoredMark | undefined): object {
  if (mark === undefined) return {};
  const { number, sign, reason, at, lastEventAt, accounted, lifted } = mark;
  const instant = (ms: number): string => new Date(ms).toISOString();
  return {
    number,
    sign,
    reason,
    at: instant(at),
    ...(lastEventAt > 0 && { lastEventAt: instant(lastEventAt) }),
    accounted,
    ...(lifted !== undefined && { lifted: { ...lifted, at: instant(lifted.at) } }),
  };
}
