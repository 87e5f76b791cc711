import type { Rule } from './check/violation.ts';
import { type RunResult, run } from './run.ts';
import { scenarioOf } from './scenario/scenario.ts';
import type { Sabotage } from './world/dfsp-side.ts';

/** The shortest history that was found for a violation. */
export interface Shrunk {
  readonly result: RunResult;
  readonly payments: readonly string[];
  readonly faults: readonly string[];
  readonly runs: number;
}

const RUNS_MAX = 300;

/**
 * Takes payments and faults away from a run for as long as the same rule is violated. Every decision of chance hangs on its own
 * label, so that what is taken away leaves the rest as it was. The last run's history is written down.
 */
export async function shrink(seed: number, rule: Rule, sabotage?: Sabotage): Promise<Shrunk> {
  let runs = 0;
  const attempt = async (payments: readonly string[], faults: readonly string[], written = false): Promise<RunResult | undefined> => {
    if (runs >= RUNS_MAX && !written) return undefined;
    runs++;
    const kept = { payments: new Set(payments), faults: new Set(faults) };
    const result = await run(seed, { kept, written, ...(sabotage !== undefined && { sabotage }) });
    return result.violations.some((violation) => violation.rule === rule) ? result : undefined;
  };
  const first = await run(seed, sabotage === undefined ? {} : { sabotage });
  let payments: readonly string[] = scenarioOf(seed).payments.map(({ id }) => id);
  let faults: readonly string[] = [...new Set(first.struck)];
  payments = await fewest(payments, async (some) => (await attempt(some, faults)) !== undefined);
  faults = await fewest(faults, async (some) => (await attempt(payments, some)) !== undefined);
  payments = await fewest(payments, async (some) => (await attempt(some, faults)) !== undefined);
  return { result: (await attempt(payments, faults, true)) ?? first, payments, faults, runs };
}

/** Delta debugging (Zeller): removes ever smaller parts of the list while the rest still fails. */
async function fewest(all: readonly string[], fails: (some: readonly string[]) => Promise<boolean>): Promise<readonly string[]> {
  if (all.length > 0 && (await fails([]))) return [];
  let kept = all;
  let size = Math.ceil(kept.length / 2);
  while (size >= 1 && kept.length > 1) {
    let removed = false;
    for (let at = 0; at < kept.length; at += size) {
      const rest = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (rest.length === 0 || !(await fails(rest))) continue;
      kept = rest;
      removed = true;
      at -= size;
    }
    if (!removed) size = size === 1 ? 0 : Math.ceil(size / 2);
    else size = Math.min(size, Math.ceil(kept.length / 2));
  }
  return kept;
}
