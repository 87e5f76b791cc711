import { type ChangedRecord, changedAfter, type JournalView, journalEnd, recordsAfter } from '@payment-manager/journal';
import { type BusinessDaySettings, businessDays, type Clock } from '@payment-manager/runtime';
import { changesOf } from '../rows/changes.ts';
import { type ReadRow, rowOf } from '../rows/read-row.ts';
import { readRows } from '../store/columns.ts';
import type { Place, ReadStore } from '../store/store.ts';
import { OF_THIS_FORM } from '../store/tables.ts';
import { comboNumbers } from './combo-numbers.ts';

export interface FeederDeps {
  readonly view: JournalView;
  readonly store: ReadStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly businessDay: BusinessDaySettings;
}

/** What one step came to. */
export interface FeedStep {
  /** There is more to do now. */
  readonly more: boolean;
  /** How old the oldest change is that is not in the rows, milliseconds; 0: there is none. While rows are made anew: undefined. */
  readonly behindMs: number | undefined;
  /** While rows are made anew: how much of it is done, from 0 to 1. */
  readonly built: number | undefined;
  /** Rows that were written. */
  readonly rows: number;
}

/** Makes rows of what the journal says, a page at a time. Steps must not overlap. */
export interface Feeder {
  /** Rejects with DatabaseUnavailable; then nothing of the step is stored, and the next one does it again. */
  step(): Promise<FeedStep>;
  /** Forgets all rows; the next steps make them anew. */
  rebuild(): Promise<void>;
}

const CHANGES_AT_ONCE = 1_000;
const RECORDS_AT_ONCE = 500;

/**
 * Follows the journal by position. Each row is made of its whole record as it is at that instant, so that a change which is read twice, or by a feeder
 * that died in between, makes the same row again. Rows, totals and position are stored in one transaction.
 */
export function createFeeder({ view, store, clock, businessDay }: FeederDeps): Feeder {
  const days = businessDays(businessDay);
  const madeBy = `${OF_THIS_FORM} ${businessDay.zone} ${businessDay.cutOff}`;
  const combos = comboNumbers(store.ask);

  let begunAt: number | undefined;
  const beginAnew = async (): Promise<Place> => {
    const { position, ordinal } = await journalEnd(view);
    const place: Place = { madeBy, begunAt: clock.now(), position, ...(ordinal > 0 && { building: { ordinal: 0, until: ordinal } }) };
    await store.beginAnew(place);
    combos.forget();
    return place;
  };

  const stored = async (records: readonly ChangedRecord[], from: Place, to: Place): Promise<number | undefined> => {
    const rows = records.map(rowOf).filter((row): row is ReadRow => row !== undefined);
    const before = await readRows(
      store.ask,
      rows.map(({ id }) => id),
    );
    await combos.refresh();
    const changes = changesOf(rows, before, combos, days);
    const done = await store.write({ ...changes, combos: combos.made() }, from, to);
    combos.written(done);
    return done ? rows.length : undefined;
  };

  const build = async (place: Place, { ordinal, until }: NonNullable<Place['building']>): Promise<FeedStep> => {
    const records = await recordsAfter(view, ordinal, RECORDS_AT_ONCE);
    const reached = records.at(-1)?.ordinal ?? until;
    const { building: _done, ...rest } = place;
    const to: Place = reached >= until ? rest : { ...rest, building: { ordinal: reached, until } };
    const rows = await stored(records, place, to);
    return { more: true, behindMs: undefined, built: Math.min(1, reached / until), rows: rows ?? 0 };
  };

  const follow = async (place: Place): Promise<FeedStep> => {
    const changed = await changedAfter(view, place.position, CHANGES_AT_ONCE);
    if (changed === 'not-followed') {
      await beginAnew();
      return { more: true, behindMs: undefined, built: 0, rows: 0 };
    }
    const { records, position, oldestLeft } = changed;
    const rows = position === place.position ? 0 : await stored(records, place, { ...place, position });
    const behindMs = oldestLeft === undefined ? 0 : Math.max(1, clock.now() - oldestLeft);
    return { more: oldestLeft !== undefined, behindMs, built: undefined, rows: rows ?? 0 };
  };

  return {
    async step() {
      const found = await store.place();
      const place = found?.madeBy === madeBy ? found : await beginAnew();
      // somebody else may have begun anew
      if (place.begunAt !== begunAt) combos.forget();
      begunAt = place.begunAt;
      return place.building === undefined ? follow(place) : build(place, place.building);
    },
    async rebuild() {
      await beginAnew();
    },
  };
}
