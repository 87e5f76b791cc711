import type { HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { HUB } from '../scenario/parties.ts';
import type { DurableRecords } from './records.ts';
import type { Violations } from './violation.ts';

/** What one DFSP was told, and what it acknowledged: the facts that the final verdict needs. */
export interface Words {
  /** Final states that the DFSP's core was told of a payment, by transferId. */
  readonly told: Map<string, Set<'COMPLETED' | 'ERROR_OCCURRED' | 'ABORTED'>>;
  /** Final words that its Payment Manager acknowledged as the hub's (or, as payer, the payee's), by transferId. */
  readonly heard: Map<string, Set<'COMMITTED' | 'ABORTED'>>;
  /** Final states that the DFSP's core was told of transfers that it did not start, by transferId. */
  readonly foreign: Map<string, Set<string>>;
}

/** Messages of which something must be in the journal before they are acknowledged; the rest costs the checker nothing. */
const LASTING = new Set(['POST /quotes', 'POST /transfers', 'PUT /transfers', 'PUT /transfers/error', 'PATCH /transfers']);

type Json = Readonly<Record<string, unknown>>;

/** What was acknowledged is in the journal (promise 1): looked at in the instant in which the answer leaves. */
export function checkAcknowledged(
  records: DurableRecords,
  words: Words,
  request: HttpRequest,
  operation: string,
  response: HttpResponse,
  violations: Violations,
): void {
  if (response.status < 200 || response.status > 299 || !LASTING.has(operation)) return;
  const body = json(request.body);
  const source = request.headers['fspiop-source'] ?? '';
  const missing = (what: string): void => violations.report('acknowledged-is-durable', `${operation} was acknowledged, and ${what}`);
  switch (operation) {
    case 'POST /quotes': {
      const id = String(body['quoteId']);
      if (records.payeeOfQuote(source, id) === undefined) missing(`quote ${id} is not in the journal`);
      return;
    }
    case 'POST /transfers': {
      const id = String(body['transferId']);
      const spent = records.payeeOfCondition(String(body['condition']))?.state.prepare;
      if (records.payeeOfTransfer(id) === undefined && spent === undefined) missing(`transfer ${id} is not in the journal`);
      return;
    }
    case 'PUT /transfers':
    case 'PUT /transfers/error':
    case 'PATCH /transfers':
      checkFinalWord(records, words, operation, request.target.split('/')[2] ?? '', source, body, missing);
      return;
    default:
  }
}

function checkFinalWord(
  records: DurableRecords,
  words: Words,
  operation: string,
  id: string,
  source: string,
  body: Json,
  missing: (what: string) => void,
): void {
  const code = String((body['errorInformation'] as Json | undefined)?.['errorCode'] ?? '');
  const state = body['transferState'];
  const payer = records.payer(id);
  const payee = records.payeeOfTransfer(id)?.state;
  const counts = source === HUB || source === payer?.destination;
  const aborts = state === 'ABORTED' || code.startsWith('33') || (payer !== undefined && code.startsWith('5'));
  const word = state === 'COMMITTED' ? 'COMMITTED' : aborts ? 'ABORTED' : undefined;
  if (!counts || word === undefined) return;
  words.heard.set(id, (words.heard.get(id) ?? new Set()).add(word));
  if (payer?.stage === 'open' && payer.exception === undefined && operation !== 'PATCH /transfers')
    missing(`payment ${id} is open as if nothing had been said (${word})`);
  // our own COMMITTED and the hub's say the same: after a crash the fulfil goes out again, and the hub is asked
  if (payee?.fulfil?.transferState === 'COMMITTED' && word === 'COMMITTED') return;
  if (payee?.prepare !== undefined && payee.outcome === undefined && payee.stage !== 'refused' && payee.contradictions.length === 0)
    if (source === HUB) missing(`transfer ${id} has no outcome (${word})`);
}

const FINAL = new Set(['COMPLETED', 'ERROR_OCCURRED', 'ABORTED']);
const STAGE: Readonly<Record<string, string>> = { COMPLETED: 'completed', ERROR_OCCURRED: 'failed', ABORTED: 'aborted' };

/** What the DFSP is told of a payment is durable, and no second final word differs from the first (docs/money-rules.md, 4). */
export function checkTold(records: DurableRecords, words: Words, response: HttpResponse, violations: Violations): void {
  const body = json(response.body ?? '');
  const shown = response.status < 300 ? body : ((body['transferState'] as Json | undefined) ?? {});
  const [id, state] = [shown['transferId'], shown['currentState']];
  if (typeof id !== 'string' || typeof state !== 'string') return;
  const record = records.payer(id);
  if (record === undefined) {
    violations.report('told-is-durable', `the DFSP was told ${state} of ${id}, which is not in the journal`);
    return;
  }
  if (!FINAL.has(state)) return;
  if (record.stage !== STAGE[state])
    violations.report('told-is-durable', `the DFSP was told ${state} of ${id}, the journal says ${record.stage}`);
  const told = words.told.get(id) ?? new Set();
  words.told.set(id, told.add(state as 'COMPLETED' | 'ERROR_OCCURRED' | 'ABORTED'));
  if (told.size > 1) violations.report('told-is-durable', `the DFSP was told ${[...told].join(' and then ')} of ${id}`);
}

/** What the DFSP is told of a transfer that is not a payment of its own: judged at the end, when the hub's last word is known. */
export function checkForeign(words: Words, request: HttpRequest, response: HttpResponse): void {
  const body = json(response.body ?? '');
  const shown = response.status < 300 ? body : ((body['transferState'] as Json | undefined) ?? {});
  const state = shown['currentState'];
  if (typeof state !== 'string' || !FINAL.has(state)) return;
  const id = request.target.split('/').at(-1) ?? '';
  words.foreign.set(id, (words.foreign.get(id) ?? new Set()).add(state));
}

function json(body: Uint8Array | string): Json {
  if (body.length === 0) return {};
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8')) as Json;
  } catch {
    // a corrupted message that was refused, or a page of the documentation
    return {};
  }
}
