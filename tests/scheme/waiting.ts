import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** How soon a test looks again whether what it waits for has happened: the longer it waits, the later. Over real sockets there is no clock to turn. */
const LOOK_AGAIN_MS = { first: 20, most: 100 } as const;

/** Looks until there is something else than undefined or false. Fails with `what` when the time is over. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (let pauseMs: number = LOOK_AGAIN_MS.first; ; pauseMs = Math.min(1.25 * pauseMs, LOOK_AGAIN_MS.most)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < end, `not within ${timeoutMs} ms: ${what}`);
    await pause(pauseMs);
  }
}
