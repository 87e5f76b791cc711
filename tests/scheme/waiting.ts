import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** How often a test looks whether what it waits for has happened. Over real sockets there is no clock to turn. */
const LOOK_EVERY_MS = 25;

/** Looks until there is something else than undefined or false. Fails with `what` when the time is over. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < end, `not within ${timeoutMs} ms: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
