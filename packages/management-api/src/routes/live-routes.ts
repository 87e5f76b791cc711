import { every, systemTimers, type Timers } from '@payment-manager/runtime';
import { Problem } from '../server/problem.ts';
import { type Route, route, Streamed } from '../server/route.ts';
import type { RouteDeps } from './deps.ts';

const EACH_USER_MAX = 6;
const ALL_MAX = 200;
/** News are told at most so often, and a sign of life comes this often. */
const NEWS_MS = 1_000;
const ALIVE_MS = 15_000;

/** News as server-sent events: `changed` says that payments changed and how far the rows are behind; the page then asks for what it shows. */
export function liveRoutes({ around }: RouteDeps, timers: Timers = systemTimers): readonly Route[] {
  const open = new Map<string, number>();
  let all = 0;
  return [
    route({
      method: 'GET',
      path: '/live',
      permission: 'overview:read',
      summary: 'Server-sent events: `changed` when payments changed, at most each second',
      async handle({ actor, signal }) {
        const who = `${actor.kind}:${actor.name}`;
        const mine = open.get(who) ?? 0;
        if (mine >= EACH_USER_MAX || all >= ALL_MAX)
          throw new Problem(429, {
            code: 'TOO_MANY_STREAMS',
            message: 'Too many pages are live at once.',
            advice: 'Close some.',
            retryAfter: 10,
          });
        open.set(who, mine + 1);
        all += 1;
        signal.addEventListener('abort', () => {
          open.set(who, (open.get(who) ?? 1) - 1);
          all -= 1;
        });
        return new Streamed('text/event-stream; charset=utf-8', news(around, timers, signal));
      },
    }),
  ];
}

async function* news({ onStored, behind }: RouteDeps['around'], timers: Timers, signal: AbortSignal): AsyncGenerator<string> {
  let changed = true;
  let wake = Promise.withResolvers<void>();
  const end = onStored(() => {
    changed = true;
  });
  const ticking = every(NEWS_MS, timers, () => wake.resolve());
  signal.addEventListener('abort', () => wake.resolve());
  let silentMs = 0;
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        silentMs = 0;
        yield `event: changed\ndata: ${JSON.stringify({ behindMs: behind() })}\n\n`;
      } else if (silentMs >= ALIVE_MS) {
        silentMs = 0;
        yield ': alive\n\n';
      }
      await wake.promise;
      wake = Promise.withResolvers<void>();
      silentMs += NEWS_MS;
    }
  } finally {
    end();
    ticking.stop();
  }
}
