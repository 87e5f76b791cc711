import type { StoredRecord } from './journal.ts';

type Load = PromiseWithResolvers<StoredRecord | undefined>;

/** So many records are asked for at once: an answer must not become too long. */
const LOADS_MAX = 50;

/**
 * Loads records with as few questions as possible: what is asked for in one turn goes together, and while a question is under
 * way the next ones gather. A notice of a batch that changed ten records leads to one question instead of ten. A question is
 * always sent after it was asked, so what was acknowledged before is in the answer.
 *
 * When a question for several fails, each is asked for alone: a record that cannot be read must not stop the others.
 */
export function gatheredLoads(
  ask: (recordIds: readonly string[]) => Promise<readonly StoredRecord[]>,
): (recordId: string) => Promise<StoredRecord | undefined> {
  const waiting = new Map<string, Load>();
  let busy = false;

  async function answer(loads: ReadonlyMap<string, Load>): Promise<void> {
    try {
      const records = new Map((await ask([...loads.keys()])).map((record) => [record.recordId, record]));
      for (const [recordId, load] of loads) load.resolve(records.get(recordId));
    } catch (error) {
      for (const [recordId, load] of loads) {
        if (loads.size === 1) load.reject(error);
        else void answer(new Map([[recordId, load]]));
      }
    }
  }

  async function answerAll(): Promise<void> {
    busy = true;
    // so that what one turn asks for goes together
    await undefined;
    while (waiting.size > 0) {
      const loads = new Map([...waiting].slice(0, LOADS_MAX));
      for (const recordId of loads.keys()) waiting.delete(recordId);
      await answer(loads);
    }
    busy = false;
  }

  return (recordId) => {
    const known = waiting.get(recordId);
    if (known !== undefined) return known.promise;
    const load: Load = Promise.withResolvers();
    waiting.set(recordId, load);
    if (!busy) void answerAll();
    return load.promise;
  };
}
