import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { stretchedBy } from './stretch.ts';

/** How soon a test looks again whether what it waits for has happened: the longer it waits, the later. Over real sockets there is no clock to turn. */
const LOOK_AGAIN_MS = { first: 20, most: 100 } as const;

/**
 * Looks until there is something else than undefined or false. Fails with `what` when the time is over, by the machine's own speed: on a
 * machine that is busy with something else it is not over sooner. Nor is it before the times of what was configured on a busy machine are:
 * these are stretched once, and stay so when the machine is quick again.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const from = { wall: performance.now(), machine: machineSpeed.now() };
  for (let pauseMs: number = LOOK_AGAIN_MS.first; ; pauseMs = Math.min(1.25 * pauseMs, LOOK_AGAIN_MS.most)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    const waitedMs = performance.now() - from.wall;
    if (machineSpeed.now() - from.machine > timeoutMs && waitedMs > timeoutMs * stretchedBy()) {
      const [waited, slowness] = [Math.round(waitedMs), machineSpeed.slowness().toFixed(1)];
      assert.fail(
        `not within ${timeoutMs} ms (${waited} by the clock on the wall, the machine ${slowness} times slower than at rest): ${what}`,
      );
    }
    await pause(pauseMs);
  }
}
