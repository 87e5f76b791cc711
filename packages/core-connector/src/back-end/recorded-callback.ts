import type { MessageLog } from '@payment-manager/messages';
import type { Clock } from '@payment-manager/runtime';
import type { TakenCallback } from '../record/taken-callback.ts';
import { bytesWithout, NOT_KEPT, secretValues } from './secret-values.ts';

/** What says nothing of who calls. Any other header may prove who it is. */
const PLAIN_HEADERS: ReadonlySet<string> = new Set(['content-type', 'content-length', 'date', 'user-agent', 'traceparent']);

/** Keeps callbacks with their payment: without what proves who the core is, and without secrets. Undefined: no messages are kept. */
export function callbackRecorder(
  messages: MessageLog | undefined,
  clock: Pick<Clock, 'now'>,
): ((taken: TakenCallback) => void) | undefined {
  if (messages === undefined) return undefined;
  return ({ running, callback, transferId, at, request }) => {
    const { needles, areMadeInto } = secretValues(running);
    const headers = Object.entries(request.headers).map(([name, value]) => [name, PLAIN_HEADERS.has(name) ? value : NOT_KEPT]);
    messages.record({
      ...({ direction: 'in', side: 'core', backEnd: callback, method: 'POST', target: `/callbacks/${callback}` } as const),
      ...{ at, headers: Object.fromEntries(headers), tookMs: clock.now() - at, ids: [transferId], answer: { status: 200, headers: {} } },
      ...(areMadeInto ? { bodyLeftOut: request.body.length } : { body: bytesWithout(needles, request.body) }),
    });
  };
}
