/** Works something out of what never changes, once: it is kept for as long as that is. */
export function onceFor<K extends object, T>(work: (of: K) => T): (of: K) => T {
  const known = new WeakMap<K, T>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined || known.has(of)) return before as T;
    const found = work(of);
    known.set(of, found);
    return found;
  };
}
