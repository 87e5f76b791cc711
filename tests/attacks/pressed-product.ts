import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type AttackedProduct, send } from './attacked-product.ts';

/** What an attack cost the product. */
export interface Pressure {
  /** How much more memory it had at most than before, bytes. */
  readonly memory: number;
  /** The longest that `/health/live` took, milliseconds: nothing of the product answers sooner than its event loop turns. */
  readonly slowestMs: number;
}

const run = promisify(execFile);

async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1_024;
}

/** Measures the product while it is attacked. It must answer all the time. */
export async function pressedBy(product: Pick<AttackedProduct, 'pid' | 'operations'>, attack: () => Promise<unknown>): Promise<Pressure> {
  const live = async (): Promise<number> => {
    const from = performance.now();
    const outcome = await send({ url: `${product.operations}/health/live` });
    if (outcome.kind === 'failed' || outcome.status !== 200)
      throw new Error(`it does not answer any more: ${outcome.kind === 'failed' ? outcome.message : outcome.status}`);
    return performance.now() - from;
  };
  await live();
  const before = await residentBytes(product.pid);
  let [most, slowestMs, over] = [before, 0, false];
  const watching = (async () => {
    while (!over) {
      slowestMs = Math.max(slowestMs, await live());
      most = Math.max(most, await residentBytes(product.pid));
      await pause(20);
    }
  })();
  try {
    await Promise.race([attack(), watching.then(() => undefined)]);
  } finally {
    over = true;
  }
  await watching;
  return { memory: most - before, slowestMs };
}
