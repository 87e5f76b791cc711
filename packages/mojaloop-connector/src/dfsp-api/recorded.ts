import { claimedId, type MessageLog } from '@payment-manager/messages';
import type { Clock, HttpHandler, HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { cameIn, idsOfMessage, jsonIn } from '../transfer/message-ids.ts';

/** The payment that an answer is about; the helper routes answer without one. */
const TRANSFER_ID = /"transferId":"([0-9A-Za-z-]{1,64})"/;
/** What the caller of a handler that fails answers. */
const FAILED: HttpResponse = { status: 500 };

/**
 * The API that the DFSP calls, with what was said about payments kept, in whatever stage they are, and also what was refused. A handler that
 * rejects is kept as answered with 500, and rejects.
 */
export function recordedDfspApi(
  handler: HttpHandler,
  { messages, clock }: { readonly messages?: MessageLog | undefined; readonly clock: Clock },
): HttpHandler {
  if (messages === undefined) return handler;
  return async (request) => {
    const [at, startedMs] = [clock.now(), clock.monotonic()];
    const keep = (answer: HttpResponse): void => {
      const ids = idsOf(request, answer);
      if (ids.length === 0) return;
      messages.record({ ...cameIn(request, answer), at, side: 'core', tookMs: clock.monotonic() - startedMs, ids });
    };
    const answer = await handler(request).catch((error: unknown) => {
      keep(FAILED);
      throw error;
    });
    keep(answer);
    return answer;
  };
}

interface Said {
  readonly homeTransactionId?: unknown;
  readonly quotesPostRequest?: unknown;
  readonly transfersPostRequest?: unknown;
}

/**
 * The payment by path, body and answer. Its parties are among them: one that ends before its quote is linked to them by nothing else, and one that was
 * refused has no transferId.
 */
function idsOf({ target, body }: HttpRequest, answer: HttpResponse): readonly string[] {
  const said: Said | undefined = jsonIn(body);
  const ids = [...idsOfMessage(target, said?.quotesPostRequest ?? said?.transfersPostRequest ?? said)];
  const named = typeof answer.body === 'string' ? TRANSFER_ID.exec(answer.body)?.[1] : undefined;
  if (named !== undefined && !ids.includes(named)) ids.push(named);
  const home = said?.homeTransactionId;
  // an empty one would be of everybody who leaves it empty; with a slash it would be a party
  if (typeof home === 'string' && home !== '' && !home.includes('/')) ids.push(claimedId(home));
  return ids;
}
