import type { ComboNumbers } from '../rows/changes.ts';
import type { Facets } from '../rows/read-row.ts';
import { type Ask, readCombos } from '../store/store.ts';

/** The numbers of combinations as the feeder uses them: known ones from the store, new ones given out and stored with the rows that need them. */
export interface FeederCombos extends ComboNumbers {
  /** Reads what another feeder may have stored. */
  refresh(): Promise<void>;
  /** Those that were given out and are not stored. */
  made(): readonly (readonly [number, Facets])[];
  /** They were stored, or not. */
  written(stored: boolean): void;
  forget(): void;
}

/** Numbers of the store that is asked. */
export function comboNumbers(ask: Ask): FeederCombos {
  const numbers = new Map<string, number>();
  let made: (readonly [number, Facets])[] = [];
  let last = 0;
  const add = (no: number, of: Facets): void => {
    numbers.set(keyOf(of), no);
    last = Math.max(last, no);
  };
  const forget = (): void => {
    numbers.clear();
    [made, last] = [[], 0];
  };
  return {
    async refresh() {
      for (const [no, of] of await readCombos(ask, last)) add(no, of);
    },
    numberOf(of) {
      const known = numbers.get(keyOf(of));
      if (known !== undefined) return known;
      const no = last + 1;
      add(no, of);
      made.push([no, of]);
      return no;
    },
    made: () => made,
    written(stored) {
      if (stored) made = [];
      else forget();
    },
    forget,
  };
}

function keyOf({ direction, stage, state, attention, peer, currency }: Facets): string {
  return JSON.stringify([direction, stage, state, attention, peer, currency]);
}
