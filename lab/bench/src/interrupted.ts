import { readdirSync, readFileSync, rmSync } from 'node:fs';

/** What a process of ours still writes while it is being ended makes a folder come back: it is removed again, for two seconds at most. */
const AGAIN = { maxRetries: 20, retryDelay: 100 };
/** As a shell tells it of a command that was interrupted. */
const INTERRUPTED = 130;

/**
 * A folder of measurements is removed also when this process is told to end: the processes that it has started, whose journals are there and of no use
 * to anybody, are killed before. Returns what removes it at the usual end.
 */
export function removedAtTheEnd(folder: string): () => void {
  const remove = (): void => rmSync(folder, { recursive: true, force: true, ...AGAIN });
  const interrupted = (): void => {
    for (const pid of startedByUs()) kill(pid);
    remove();
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  return () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    remove();
  };
}

/** Processes whose parent is this one, on Linux; elsewhere none: they notice by themselves that it is gone. */
function startedByUs(): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === process.pid)
    .map(Number);
}

/** Undefined: it has ended. */
function parentOf(pid: string): number | undefined {
  try {
    const [, , parent] = /^.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(parent);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
