import { createHttpClient, systemClock, systemTimers } from '@payment-manager/runtime';
import type { Command } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { findOperations } from '../operations/find-operations.ts';
import type { ManagementDoor } from '../operations/management-door.ts';
import { stayAlive } from '../stay-alive.ts';
import type { Terminal } from '../terminal.ts';
import { readSlow, readTop, type SlowPart } from './read-top.ts';
import { renderTop, type TopScreen } from './render-top.ts';
import { showLive } from './show-live.ts';
import type { TopState } from './top-state.ts';

const EVERY_SECONDS = 3;
/** Each so many looks at what costs more. */
const SLOW_EACH = 5;
const USUAL = { columns: 80, rows: 24 };

/** `./pm top`: the health of a running product, live; `--once` and `--json` for scripts. */
export const top: Command = async (_args, options, terminal) => {
  const client = createHttpClient({});
  try {
    return await stayAlive(async () => {
      const managers = await findOperations(options, terminal, client);
      const [first, ...rest] = managers;
      const door = await first?.management();
      if (door === undefined)
        throw new CommandFailed(EXIT_CODES.unavailable, 'The product does not run here, or has no portal (`management.enabled`).');
      const others = rest.map(({ fspId }) => fspId);
      const look = lookingAt(door);
      const state = await look();
      if (options['json'] === true) terminal.out(JSON.stringify(state));
      else if (options['once'] === true || !terminal.interactive)
        printOnce(state, { ...USUAL, ...sizeOf(terminal), everySeconds: undefined, others }, terminal);
      else await live(state, look, others);
      return options['json'] === true || options['once'] === true ? exitCodeOf(state) : EXIT_CODES.ok;
    });
  } finally {
    await client.close();
  }
};

/** 1 where no payments are taken, or something critical stands that nobody muted. */
function exitCodeOf({ ready, wrong }: TopState): number {
  return ready && !wrong.some(({ severity, muted }) => severity === 'critical' && !muted) ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function lookingAt(door: ManagementDoor): () => Promise<TopState> {
  let slow: SlowPart = { hour: undefined, services: undefined, replicas: undefined };
  let looks = 0;
  return async () => {
    const now = systemClock.now();
    if (looks % SLOW_EACH === 0) slow = await readSlow(door, now);
    looks += 1;
    return readTop(door, now, slow);
  };
}

/** Everything, however long: a script has no screen. */
function printOnce(state: TopState, screen: TopScreen, terminal: Terminal): void {
  for (const line of renderTop(state, { ...screen, rows: Number.MAX_SAFE_INTEGER })) terminal.out(line);
}

function sizeOf(terminal: Terminal): Partial<typeof USUAL> {
  const columns = Number(terminal.environment['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? { columns } : {};
}

/** Until somebody leaves. Where nothing answers any more, the last look stays, and says so. */
async function live(first: TopState, look: () => Promise<TopState>, others: readonly string[]): Promise<void> {
  let [state, silent]: [TopState, TopScreen['silent']] = [first, undefined];
  await showLive({
    everyMs: EVERY_SECONDS * 1_000,
    timers: systemTimers,
    draw: (size) => renderTop(state, { ...USUAL, ...size, everySeconds: EVERY_SECONDS, others, ...(silent && { silent }) }),
    async refresh() {
      try {
        state = await look();
        silent = undefined;
      } catch (error) {
        const now = systemClock.now();
        silent = { since: silent?.since ?? now, reason: (error as Error).message };
        state = { ...state, at: now };
      }
    },
  });
}
