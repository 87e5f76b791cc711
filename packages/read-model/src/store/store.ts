import type { JournalPosition } from '@payment-manager/journal';
import type { RowChanges } from '../rows/changes.ts';
import type { Facets } from '../rows/read-row.ts';

/** How far the read model has come, as it is stored with the rows. */
export interface Place {
  /** Of what made the rows: form of the tables, business day. Another one: they are made anew. */
  readonly madeBy: string;
  /** When everything was begun anew, milliseconds since the epoch: numbers that were given out before are no more. */
  readonly begunAt: number;
  /** Everything up to here is in the rows; while they are made anew: where following begins then. */
  readonly position: JournalPosition;
  /** Rows are made anew, from the oldest record on. */
  readonly building?: {
    /** Records up to this one are done. */
    readonly ordinal: number;
    /** The youngest record when it began. */
    readonly until: number;
  };
}

/** One answered row, by the names of its columns. */
export type Answer = Readonly<Record<string, unknown>>;

/** Asks the tables. The text has `$1`, `$2`, … for values; whole numbers come as numbers. */
export type Ask = (text: string, values?: readonly (string | number | Uint8Array)[]) => Promise<readonly Answer[]>;

/** Tables that can be asked. */
export interface Asked {
  readonly ask: Ask;
  readonly dialect: 'sqlite' | 'postgres';
}

/** Where the feeder keeps the rows. Rejects with DatabaseUnavailable. */
export interface ReadStore extends Asked {
  /** Undefined: there is nothing yet. */
  place(): Promise<Place | undefined>;
  /**
   * Stores changes and the new place in one transaction, if the place is still the old one.
   *
   * @returns false: somebody else has fed meanwhile, and nothing was stored
   */
  write(changes: RowChanges, from: Place, to: Place): Promise<boolean>;
  /** Forgets everything, and begins at a place. */
  beginAnew(place: Place): Promise<void>;
  close(): Promise<void>;
}

/** Of a combination, beside its number. */
export const FACET_COLUMNS = ['direction', 'stage', 'state', 'attention', 'peer', 'currency'] as const satisfies readonly (keyof Facets)[];

/** All combinations of facets that there ever were, by number. */
export async function readCombos(ask: Ask, after = 0): Promise<readonly (readonly [number, Facets])[]> {
  const found = await ask(`SELECT no, ${FACET_COLUMNS.join(', ')} FROM rm_combos WHERE no > $1 ORDER BY no`, [after]);
  return found.map(({ no, ...facets }) => [Number(no), facets as unknown as Facets] as const);
}
