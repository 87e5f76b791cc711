/**
 * Splits what came together into batches in which no two operations have a key in common. Operations with the same key
 * stay in order. Gives indexes; mostly there is one batch.
 */
export function independentBatches<Op>(ops: readonly Op[], keysOf: (op: Op) => readonly string[]): readonly (readonly number[])[] {
  const lastBatchOf = new Map<string, number>();
  const batches: number[][] = [];
  for (const [index, op] of ops.entries()) {
    const keys = keysOf(op);
    let batch = 0;
    for (const key of keys) batch = Math.max(batch, (lastBatchOf.get(key) ?? -1) + 1);
    for (const key of keys) lastBatchOf.set(key, batch);
    const members = batches[batch];
    if (members) members.push(index);
    else batches.push([index]);
  }
  return batches;
}
