/** Wakes those who follow the journal: once for all that is stored in one turn of the event loop. */
export interface StoredNews {
  /** Something was stored. */
  stored(): void;
  onStored(listener: () => void): () => void;
}

/** With nobody who listens. */
export function storedNews(): StoredNews {
  const listeners = new Set<() => void>();
  let planned = false;
  return {
    stored() {
      if (planned || listeners.size === 0) return;
      planned = true;
      queueMicrotask(() => {
        planned = false;
        for (const listener of listeners) listener();
      });
    },
    onStored(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
