import { canonicalJson } from '@payment-manager/fspiop';
import type { OutgoingRequest } from '@payment-manager/runtime';
import type { DurableRecords } from './records.ts';
import type { Violations } from './violation.ts';

/** What is looked at: the rest decides nothing about money. */
const SAID = new Set(['POST /quotes', 'POST /transfers', 'PUT /quotes', 'PUT /transfers', 'PUT /transfers/error']);

type Body = Readonly<Record<string, unknown>>;

/**
 * Nothing leaves before it is on disk (promise 1, docs/money-rules.md, 1): for each message that a Payment Manager sends, what it says must
 * be durable in the instant in which its first byte leaves, and a repeat must say the same.
 */
export function checkLeaving(
  records: DurableRecords,
  calls: CoreCalls,
  fspId: string,
  toCore: boolean,
  operation: string,
  request: OutgoingRequest,
  violations: Violations,
): void {
  if (!SAID.has(operation)) return;
  const body = bodyOf(request.body);
  const wrong = (what: string): void => violations.report('durable-first', `${fspId} sends ${operation} ${what}`);
  if (toCore) {
    checkCallOfCore(records, operation, request.url, body, wrong);
    const again = (what: string): void => violations.report('one-call-per-start', `${fspId} calls its core ${what}`);
    checkCallOnce(records, calls, operation, request.url, body, again);
  } else checkMessage(records, operation, request.url, body, wrong, (what) => violations.report('same-message-again', `${fspId}: ${what}`));
}

function checkMessage(
  records: DurableRecords,
  operation: string,
  url: string,
  body: Body,
  wrong: (what: string) => void,
  other: (what: string) => void,
): void {
  switch (operation) {
    case 'POST /quotes': {
      const state = records.payerOfQuote(String(body['quoteId']));
      if (state?.quoteRequest === undefined) wrong('before the journal has it');
      return;
    }
    case 'POST /transfers': {
      const state = records.payer(String(body['transferId']));
      if (state?.prepare === undefined) wrong(`for ${String(body['transferId'])} before the journal has the acceptance`);
      else if (canonicalJson(body) !== canonicalJson(state.prepare))
        other(`the prepare ${state.transferId} is not the one that was accepted`);
      return;
    }
    case 'PUT /quotes': {
      const condition = String(body['condition']);
      if (records.payeeOfCondition(condition)?.state.response?.condition !== condition) wrong('before the journal has the quote');
      return;
    }
    case 'PUT /transfers': {
      if (body['fulfilment'] === undefined) return;
      const id = lastSegment(url);
      const payee = records.payeeOfTransfer(id)?.state;
      if (payee?.fulfil === undefined && records.payer(id)?.fulfil === undefined) wrong(`with a fulfilment that was not decided (${id})`);
      return;
    }
    case 'PUT /transfers/error': {
      const id = url.split('/').at(-2) ?? '';
      const payee = records.payeeOfTransfer(id)?.state;
      const code = (body['errorInformation'] as { errorCode?: string } | undefined)?.errorCode;
      // what is told to who has no part in it, or asks for what is not known, is nobody's record
      if (code === '3208' || code === '3106') return;
      if (payee !== undefined && payee.refusal === undefined && payee.outcome === undefined) wrong(`that was not decided (${id})`);
      return;
    }
    default:
  }
}

function checkCallOfCore(records: DurableRecords, operation: string, url: string, body: Body, wrong: (what: string) => void): void {
  if (operation === 'POST /transfers') {
    const state = records.payeeOfTransfer(String(body['transferId']))?.state;
    if (state === undefined || state.core.attempt === 0) wrong('before the journal has its start');
  }
  if (operation === 'PUT /transfers') {
    const state = records.payeeOfTransfer(lastSegment(url))?.state;
    const told = (body['finalNotification'] as Body | undefined)?.['transferState'] ?? body['transferState'];
    if (state?.notification === undefined) wrong('before the journal has its start');
    else if (told !== state.notification.state) wrong(`with ${String(told)} where the journal has ${state.notification.state}`);
  }
}

/** Calls of the core that left, by what they are about. */
export interface CoreCalls {
  readonly repeatable: { readonly transfer: boolean; readonly notification: boolean };
  readonly left: Map<string, number>;
}

/** Where the core is not declared repeatable, each start that is journalled lets one call leave, from whichever replica (docs/money-rules.md, 1 and 7). */
function checkCallOnce(
  records: DurableRecords,
  { repeatable, left }: CoreCalls,
  operation: string,
  url: string,
  body: Body,
  again: (what: string) => void,
): void {
  const prepares = operation === 'POST /transfers';
  if ((!prepares && operation !== 'PUT /transfers') || (prepares ? repeatable.transfer : repeatable.notification)) return;
  const id = prepares ? String(body['transferId']) : lastSegment(url);
  const key = `${operation} ${id}`;
  const count = (left.get(key) ?? 0) + 1;
  left.set(key, count);
  const state = records.payeeOfTransfer(id)?.state;
  const starts = (prepares ? state?.core.attempt : state?.notification?.attempt) ?? 0;
  if (count > starts) again(`(${key}) ${count} times with ${starts} starts`);
}

function bodyOf(body: string | Uint8Array | undefined): Body {
  if (body === undefined || body.length === 0) return {};
  return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8')) as Body;
}

const lastSegment = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
