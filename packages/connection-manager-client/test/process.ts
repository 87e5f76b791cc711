import type { Timer, Timers } from '@payment-manager/runtime';
import type { VaultStore } from '@payment-manager/vault';
import type { ConnectionManagerApi } from '../src/api/connection-manager-api.ts';

/**
 * A process that can be killed after any of its steps: writes of the vault, and calls that change something at the server. What it does
 * then never comes back, and its timers never ring. To die before a step is to die after the one before it, for nothing else is left.
 */
export interface MortalProcess {
  readonly dead: boolean;
  /** Resolves when it is dead. */
  readonly death: Promise<void>;
  readonly steps: number;
  readonly timers: Timers & { readonly pending: number };
  api(api: ConnectionManagerApi): ConnectionManagerApi;
  store(store: VaultStore): VaultStore;
}

const changing = /^(?:publish|request|upload)/;

/** A process that dies after its nth step, and before it knows that it was done. */
export function mortalProcess(timers: Timers, diesAt = Number.POSITIVE_INFINITY): MortalProcess {
  let steps = 0;
  let dead = false;
  const death = Promise.withResolvers<void>();
  const set = new Set<Timer>();
  const forever = (): Promise<never> => new Promise(() => undefined);
  const lives = (): boolean => {
    if (!dead) steps += 1;
    if (!dead && steps >= diesAt) {
      dead = true;
      death.resolve();
      for (const timer of set) timer.cancel();
      set.clear();
    }
    return !dead;
  };
  const step = async <Value>(changes: boolean, run: () => Promise<Value>): Promise<Value> => {
    if (dead) return forever();
    const value = await run();
    return dead || (changes && !lives()) ? forever() : value;
  };
  return {
    death: death.promise,
    get dead() {
      return dead;
    },
    get steps() {
      return steps;
    },
    timers: {
      get pending() {
        return set.size;
      },
      soon: (run) => timers.soon(run),
      after(ms, run) {
        const timer = timers.after(ms, () => {
          set.delete(own);
          if (!dead) run();
        });
        const own: Timer = {
          cancel() {
            set.delete(own);
            timer.cancel();
          },
        };
        set.add(own);
        return own;
      },
    },
    api(api) {
      return new Proxy(api, {
        get(target, name) {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== 'function') return member;
          return (...given: unknown[]) => step(changing.test(String(name)), () => Reflect.apply(member, target, given) as Promise<unknown>);
        },
      });
    },
    store: (store) => ({ ...store, write: (path, seen, body) => step(true, () => store.write(path, seen, body)) }),
  };
}
