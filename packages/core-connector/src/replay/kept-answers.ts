import type { KeptMessage } from '@payment-manager/messages';
import { NOT_KEPT, without } from '../back-end/secret-values.ts';
import { readBody } from '../codec/body.ts';
import type { ValueObject } from '../expression/value.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { HttpAnswer } from '../run/answer.ts';
import { textIn } from '../run/fill.ts';
import type { RenderedRequest } from '../run/render.ts';

/** What the core has answered, as it was kept. */
export interface KeptAnswers {
  /** The last answer to such a request until then (wall clock, milliseconds since the epoch); undefined: none is kept. */
  to(request: RenderedRequest, untilMs: number): HttpAnswer | undefined;
}

/** A credential in the query, as it is kept behind all else. */
const CREDENTIAL = /[?&][^?&=]*=\[not kept\]$/;

/** Answers among the messages of a payment. Of calls over HTTP alone: others are not kept. */
export function keptAnswers(
  messages: readonly KeptMessage[],
  { connector, cfg }: RunningConnector,
  needles: readonly string[],
): KeptAnswers {
  const root: ValueObject = Object.assign(Object.create(null), { cfg: Object.assign(Object.create(null), cfg) });
  return {
    to(request, untilMs) {
      const backend = connector.backends.get(request.to);
      if (request.kind !== 'http' || backend?.kind !== 'http') return undefined;
      const base = textIn(backend.base, root, 'the address')?.replace(/\/+$/, '') ?? '';
      const target = without(needles, `${base}${request.path}`);
      const found = messages.findLast(
        (message) =>
          message.at <= untilMs &&
          message.backEnd === request.to &&
          message.method === request.method &&
          (message.target === target || message.target.replace(CREDENTIAL, '') === target) &&
          isWhole(message.answer),
      );
      if (found?.answer === undefined) return undefined;
      const { status, headers, body } = found.answer;
      return { kind: 'answer', status, headers, ...readBody(body, headers['content-type'], backend.namespaces) };
    },
  };
}

/** A large body is left out, and a secret in one was replaced: neither is what the core has said. */
function isWhole(answer: KeptMessage['answer']): boolean {
  if (answer === undefined || answer.body.includes(NOT_KEPT)) return false;
  return (
    answer.body.length > 0 || !(Number(answer.headers['content-length'] ?? 0) > 0 || answer.headers['transfer-encoding'] !== undefined)
  );
}
