import type { KeptMessage } from '@payment-manager/messages';
import { EXCHANGE_METHODS, requestText } from '../back-end/recorded-exchange.ts';
import { NOT_KEPT, without } from '../back-end/secret-values.ts';
import { readBody } from '../codec/body.ts';
import { parseExactJson } from '../codec/json.ts';
import { emptyObject, equal, isObject, type ValueObject } from '../expression/value.ts';
import type { Backend } from '../language/backend.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { Answered, SqlAnswer } from '../run/answer.ts';
import { textIn } from '../run/fill.ts';
import type { RenderedRequest } from '../run/render.ts';

/** What the core has answered, as it was kept. */
export interface KeptAnswers {
  /** The last answer to such a request until then (wall clock, milliseconds since the epoch); undefined: none is kept. */
  to(request: RenderedRequest, untilMs: number): Answered | undefined;
}

/** A credential in the query, as it is kept behind all else. */
const CREDENTIAL = /[?&][^?&=]*=\[not kept\]$/;

/** Answers among the messages of a payment. */
export function keptAnswers(
  messages: readonly KeptMessage[],
  { connector, cfg }: RunningConnector,
  needles: readonly string[],
): KeptAnswers {
  const root: ValueObject = Object.assign(Object.create(null), { cfg: Object.assign(Object.create(null), cfg) });
  return {
    to(request, untilMs) {
      const isSaid = matcher(request, connector.backends.get(request.to), root, needles);
      const found = messages.findLast(
        (message) => message.at <= untilMs && message.backEnd === request.to && isSaid?.(message) === true && isWhole(message.answer),
      );
      return found?.answer === undefined ? undefined : answerOf(request, connector.backends.get(request.to), found.answer);
    },
  };
}

/** Whether a message is this request. Undefined: none can be. */
function matcher(
  request: RenderedRequest,
  backend: Backend | undefined,
  root: ValueObject,
  needles: readonly string[],
): ((message: KeptMessage) => boolean) | undefined {
  if (request.kind === 'http') {
    if (backend?.kind !== 'http') return undefined;
    const base = textIn(backend.base, root, 'the address')?.replace(/\/+$/, '') ?? '';
    const target = without(needles, `${base}${request.path}`);
    return ({ method, ...said }) => method === request.method && (said.target === target || said.target.replace(CREDENTIAL, '') === target);
  }
  const text = requestText(request, needles);
  if (request.kind === 'sql') return ({ method, body }) => method === EXCHANGE_METHODS.sql && body.toString('utf8') === text;
  // what is drawn for each message is sent, too
  const asked = Object.entries(objectIn(text));
  return ({ method, body }) => {
    if (method !== EXCHANGE_METHODS.iso8583) return false;
    const sent = objectIn(body.toString('utf8'));
    return asked.every(([name, value]) => equal(value, sent[name]));
  };
}

function objectIn(text: string): ValueObject {
  const value = text === '' ? undefined : parseExactJson(text);
  return isObject(value) ? value : emptyObject();
}

function answerOf(
  request: RenderedRequest,
  backend: Backend | undefined,
  { status, headers, body }: NonNullable<KeptMessage['answer']>,
): Answered {
  if (request.kind === 'http') {
    const namespaces = backend?.kind === 'http' ? backend.namespaces : {};
    return { kind: 'answer', status, headers, ...readBody(body, headers['content-type'], namespaces) };
  }
  const said = objectIn(body.toString('utf8'));
  if (request.kind === 'iso8583') {
    const { mti, ...fields } = said;
    return { kind: 'iso8583', mti: String(mti), fields: fields as Readonly<Record<string, string>> };
  }
  const { state, rows, statement, ...rest } = said as unknown as Omit<SqlAnswer, 'kind' | 'statement'> & { readonly statement?: string };
  return { kind: 'sql', state, rows, ...rest, ...(statement !== undefined && { statement: Number(statement) }) };
}

/** A large body is left out, and a secret in one was replaced: neither is what the core has said. */
function isWhole(answer: KeptMessage['answer']): boolean {
  if (answer === undefined || answer.body.includes(NOT_KEPT)) return false;
  return (
    answer.body.length > 0 || !(Number(answer.headers['content-length'] ?? 0) > 0 || answer.headers['transfer-encoding'] !== undefined)
  );
}
