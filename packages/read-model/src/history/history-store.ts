/** Lengths of slots. Minutes and ten minutes are kept for 14 days, hours and six hours for 400. */
export const GRAINS = ['minute', 'ten-minutes', 'hour', 'six-hours'] as const;
export type Grain = (typeof GRAINS)[number];

export const GRAIN_MS: Readonly<Record<Grain, number>> = {
  minute: 60_000,
  'ten-minutes': 600_000,
  hour: 3_600_000,
  'six-hours': 21_600_000,
};
const [SHORT_MS, LONG_MS] = [14 * 86_400_000, 400 * 86_400_000];
export const KEPT_MS: Readonly<Record<Grain, number>> = {
  minute: SHORT_MS,
  'ten-minutes': SHORT_MS,
  hour: LONG_MS,
  'six-hours': LONG_MS,
};

/** What a process saw in one slot, as it is kept. */
export interface KeptSlot {
  readonly grain: Grain;
  /** Number of the minute, ten minutes, hour or six hours since the epoch. */
  readonly slot: number;
  /** Names the process: another one after each start. */
  readonly replica: string;
  /** JSON of `SeenByProcess`. */
  readonly body: string;
}

/** Where a slot is found. */
export interface SlotQuery {
  readonly grain: Grain;
  /** From this slot on, up to this one, both included. */
  readonly first: number;
  readonly last: number;
  /** Go on after this one. */
  readonly after?: Pick<KeptSlot, 'slot' | 'replica'>;
  readonly limit: number;
}

/** Where the history is kept, beside the rows of payments, and not made anew with them. Rejects with DatabaseUnavailable. */
export interface HistoryStore {
  /** Puts slots in the place of what is there of them, and removes what is older than it is kept. */
  write(slots: readonly KeptSlot[], now: number): Promise<void>;
  /** By slot and process. */
  read(query: SlotQuery): Promise<readonly KeptSlot[]>;
  close(): Promise<void>;
}
