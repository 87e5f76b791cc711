import type { DatabaseSync } from 'node:sqlite';
import type { RowChanges, TotalChange } from '../rows/changes.ts';
import { COLUMNS, columnsOf } from './columns.ts';
import type { Place } from './store.ts';

/** What the feeder writes, as statements of one database. */
export function writingStatements(db: DatabaseSync) {
  const updates = COLUMNS.slice(1).map((name) => `${name} = excluded.${name}`);
  const row = db.prepare(
    `INSERT INTO rm_payments (${COLUMNS.join()}) VALUES (${COLUMNS.map(() => '?').join()}) ON CONFLICT (id) DO UPDATE SET ${updates.join()}`,
  );
  const combo = db.prepare('INSERT INTO rm_combos (no, direction, stage, state, attention, peer, currency) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const addTerm = db.prepare('INSERT OR IGNORE INTO rm_terms (bucket, term, id) VALUES (?, ?, ?)');
  const removeTerm = db.prepare('DELETE FROM rm_terms WHERE bucket = ? AND term = ? AND id = ?');
  const span = db.prepare(`INSERT INTO rm_spans (hour, first, last, n, completed, failed) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (hour) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
      n = n + excluded.n, completed = completed + excluded.completed, failed = failed + excluded.failed`);
  const forget = db.prepare('DELETE FROM rm_attention WHERE id = ?');
  const attend = db.prepare('INSERT INTO rm_attention (id, place, level, code, reason, since) VALUES (?, ?, ?, ?, ?, ?)');
  const place = db.prepare('INSERT INTO rm_place (one, place) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET place = excluded.place');
  const totals = (table: string, slot: string) => {
    const add = db.prepare(`INSERT INTO ${table} (${slot}, combo, error, n, hi, lo, fee_hi, fee_lo) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (${slot}, combo, error) DO UPDATE SET n = n + excluded.n,
        hi = hi + excluded.hi + (lo + excluded.lo) / 1000000000000, lo = (lo + excluded.lo) % 1000000000000,
        fee_hi = fee_hi + excluded.fee_hi + (fee_lo + excluded.fee_lo) / 1000000000000, fee_lo = (fee_lo + excluded.fee_lo) % 1000000000000`);
    const clean = db.prepare(`DELETE FROM ${table} WHERE ${slot} = ? AND combo = ? AND error = ? AND n = 0`);
    return (changes: readonly TotalChange[]): void => {
      for (const { slot: at, combo: of, error, n, hi, lo, feeHi, feeLo } of changes) {
        add.run(at, of, error, ...[n, hi, lo, feeHi, feeLo].map(BigInt));
        if (n < 0) clean.run(at, of, error);
      }
    };
  };
  const [hours, days, weeks] = [totals('rm_hours', 'hour'), totals('rm_days', 'day'), totals('rm_weeks', 'week')];
  return {
    place: (at: Place): void => void place.run(JSON.stringify(at)),
    write(changes: RowChanges): void {
      for (const [no, { direction, stage, state, attention, peer, currency }] of changes.combos)
        combo.run(no, direction, stage, state, attention, peer, currency);
      for (const numbered of changes.rows) row.run(...columnsOf(numbered));
      for (const { bucket, term, id } of changes.termsRemoved) removeTerm.run(bucket, term, id);
      for (const { bucket, term, id } of changes.termsAdded) addTerm.run(bucket, term, id);
      for (const { hour, first, last, n, completed, failed } of changes.spans) span.run(hour, first, last, n, completed, failed);
      for (const id of changes.attentionOf) forget.run(id);
      for (const {
        row: { id, attention },
      } of changes.rows)
        for (const [at, { level, code, reason, since }] of attention.entries()) attend.run(id, at, level, code, reason, since);
      hours(changes.hours);
      days(changes.days);
      weeks(changes.weeks);
    },
  };
}
