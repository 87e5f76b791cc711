import type { MessageLog } from '@payment-manager/messages';
import type { Clock, HttpHandler } from '@payment-manager/runtime';
import { cameIn, idsOfMessage } from '../transfer/message-ids.ts';

/** The payment that an answer is about; the helper routes answer without one. */
const TRANSFER_ID = /"transferId":"([0-9A-Za-z-]{1,64})"/;

/** The API that the DFSP calls, with what was said about payments kept, in whatever stage they are. */
export function recordedDfspApi(
  handler: HttpHandler,
  { messages, clock }: { readonly messages?: MessageLog | undefined; readonly clock: Clock },
): HttpHandler {
  if (messages === undefined) return handler;
  return async (request) => {
    const [at, startedMs] = [clock.now(), clock.monotonic()];
    const answer = await handler(request);
    const ofPath = idsOfMessage(request.target);
    const named = typeof answer.body === 'string' ? TRANSFER_ID.exec(answer.body)?.[1] : undefined;
    const ids = named === undefined || ofPath.includes(named) ? ofPath : [...ofPath, named];
    if (ids.length === 0) return answer;
    messages.record({
      ...cameIn(request, answer),
      at,
      side: 'core',
      tookMs: clock.monotonic() - startedMs,
      ids,
    });
    return answer;
  };
}
