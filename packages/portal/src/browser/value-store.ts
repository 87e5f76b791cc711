import { useSyncExternalStore } from 'react';

/** A value that parts of the page look at: who changes it tells all of them. */
export interface ValueStore<T> {
  get(): T;
  set(value: T): void;
  /** The value in a component. */
  use(): T;
}

/** A value of the page, outside of React. */
export function valueStore<T>(first: T): ValueStore<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const get = (): T => value;
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
