import type { HttpOutcome } from '@payment-manager/runtime';
import { jsonIn } from '@payment-manager/runtime/calls';
import { ConnectionFault } from './connection-fault.ts';
import { type Fields, fieldsOf, listOf, spoken } from './fields.ts';

/** An answer that was read: what it holds, or that there is nothing yet. */
export type Content = { readonly kind: 'content'; readonly value: unknown } | { readonly kind: 'absent' };

type Answer = Extract<HttpOutcome, { kind: 'answer' }>;

const MOST_COMPLAINTS = 50;

/**
 * What a call brought. The server says 404 both for what is not set yet (`absent`) and for an address that it does not know (a fault).
 *
 * @param what The call, for people: `POST /dfsps/bank-a/ca`.
 * @throws ConnectionFault
 */
export function contentOf(outcome: HttpOutcome, what: string): Content {
  if (outcome.kind === 'failed') throw transportFault(outcome);
  const { status } = outcome;
  if (status >= 200 && status < 300) return { kind: 'content', value: jsonOf(outcome, what) };
  if (status === 404 && isUnset(outcome)) return { kind: 'absent' };
  throw faultOf(outcome, what);
}

/** A call that did not get an answer. */
export function transportFault({ code, message, advice }: Extract<HttpOutcome, { kind: 'failed' }>): ConnectionFault {
  if (code.startsWith('TLS_')) return new ConnectionFault('TLS', message, advice);
  if (code === 'ANSWER_TOO_LARGE' || code === 'ANSWER_MALFORMED') return new ConnectionFault('GARBAGE', message, advice);
  return new ConnectionFault('UNREACHABLE', message, advice);
}

/** Members and elements of an answer: 1,500 enrolments have a third of it. What is parsed takes some 100 bytes for each. */
const MOST_PARTS = 500_000;

/** Whether JSON has more parts than are read: a few megabytes of `{},` would become some hundred of objects. */
function isTooIntricate(body: Uint8Array): boolean {
  let parts = 0;
  for (const byte of body) if (byte === 0x2c || byte === 0x5b || byte === 0x7b) parts++;
  return parts > MOST_PARTS;
}

/** The body as JSON; several calls answer with no body at all. */
function jsonOf({ body }: Answer, what: string): unknown {
  if (body.length === 0) return undefined;
  if (isTooIntricate(body))
    throw new ConnectionFault(
      'GARBAGE',
      `The Connection Manager's answer to ${what} has more than ${MOST_PARTS} members.`,
      "Nothing of it is taken. Tell the hub's operator.",
    );
  const value = jsonIn(body);
  if (value !== undefined) return value;
  throw new ConnectionFault(
    'GARBAGE',
    `The Connection Manager's answer to ${what} is not JSON.`,
    'Check that the URL leads to the Connection Manager, and that no proxy or log-in page stands between.',
  );
}

/** "There is none" in the server's own words; the words for an unknown address have no payload. */
function isUnset({ body }: Answer): boolean {
  return fieldsOf(fieldsOf(parsed(body))['payload'])['id'] === 'NotFoundError';
}

function faultOf(answer: Answer, what: string): ConnectionFault {
  const { status, headers } = answer;
  const complaints = complaintsIn(fieldsOf(parsed(answer.body)));
  const said = complaints.length > 0 ? ` It says: ${complaints.join(' | ')}` : ' It says nothing more.';
  const fault = (code: ConnectionFault['code'], does: string, nextStep: string): ConnectionFault =>
    new ConnectionFault(
      code,
      `The Connection Manager ${does} ${what} (${status}).${said}`,
      nextStep,
      complaints,
      retryAfter(headers['retry-after']),
    );
  if (status === 401 || status === 403) return fault('REFUSED', 'refuses', adviceForRefusal(complaints.join(' ')));
  if (status === 404 || status === 405)
    return fault('NOT_FOUND', 'does not know', "Check the configured URL with its path, and the server's version.");
  if (status === 429 || status >= 500) return fault('SERVER_ERROR', 'failed at', 'It is tried again; if it stays, tell its operator.');
  if (status >= 400) return fault('INVALID', 'does not accept', 'Correct the configuration as the messages say.');
  return fault(
    'GARBAGE',
    'gives an unexpected answer to',
    'Check that the URL leads to the Connection Manager; redirects are not followed.',
  );
}

/** This server refuses everything with 401, also its own trouble; only its words tell the cases apart. */
function adviceForRefusal(words: string): string {
  if (/not found/i.test(words)) return 'Ask the hub to register this DFSP, or check the configured fspId.';
  if (/required role/i.test(words)) return "Ask the hub to give this client's account the role that the message names.";
  if (/authentication required/i.test(words))
    return 'Check that the token server is configured, and that it, client id and Connection Manager belong together: a token that was had within the last minute is refused, or none was sent; or its account is in no group. If the identity provider has new keys, the Connection Manager learns of them at its next start.';
  return "Read the message: the server says 401 also when its own database fails. If it is that, tell the hub's operator; it is tried again.";
}

/** All that the three shapes of errors say, without repetitions. */
function complaintsIn(body: Fields): string[] {
  const payload = fieldsOf(body['payload']);
  const inner = fieldsOf(fieldsOf(payload['validationErrors'])['payload']);
  const listed = listOf(body['errors']).map((error) => {
    const { path, message } = fieldsOf(error);
    return [spoken(path), spoken(message)].filter((part) => part !== '').join(': ');
  });
  const said = [body['message'], payload['message'], inner['message'], body['error']].map(spoken);
  const first = said[0] ?? '';
  // The validator's message is the joined text of its single errors.
  const all = listed.length > 0 && listed.some((one) => one !== '') ? [...listed, ...said.slice(1)] : [first, ...said.slice(1)];
  return [...new Set(all.filter((one) => one !== ''))].slice(0, MOST_COMPLAINTS);
}

function parsed(body: Uint8Array): unknown {
  return isTooIntricate(body) ? undefined : jsonIn(body);
}

/** Seconds only; a date is not worth reading a clock for. */
function retryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) * 1_000 : undefined;
}
