import type { KeyRecord } from '@payment-manager/vault';

/** A hub asks when it registers us and when it renews, which with certificates of a day is once or twice a day. */
export const SIGNATURES_PER_DAY = 10;
const DAY_MS = 86_400_000;

/**
 * From when on there may be a signature for a key: at once, unless ten were made within a day, or for another key that was new within a day.
 * The first key ever does not count: so whoever lists requests of their own cannot push the hub's key out of the two that are trusted
 * before a day has gone, in which the alarm about the first of them stands.
 */
export function signableAt(recorded: readonly KeyRecord[], keyId: string | undefined, now: number): number {
  const young = (times: readonly number[]): readonly number[] =>
    times.filter((at) => at > now - DAY_MS).toSorted((one, other) => one - other);
  const all = recorded.flatMap(({ issued = [] }) => issued.map(({ at }) => at));
  const firsts = recorded.flatMap(({ issued: [first] = [] }) => first?.at ?? []).toSorted((one, other) => one - other);
  const signed = young(all).at(-SIGNATURES_PER_DAY);
  const isNew = !recorded.some(({ id }) => id === keyId);
  const newKey = isNew ? young(firsts.slice(1)).at(-1) : undefined;
  return Math.max(now, (signed ?? 0) + (signed === undefined ? 0 : DAY_MS), newKey === undefined ? 0 : newKey + DAY_MS);
}

/** How long a change of the hub's key is told. */
export const KEY_CHANGE_TOLD_MS = 7 * DAY_MS;
/** A certificate may be renewed from then on; see `renewalOf`. */
const RENEWAL_FROM = 2 / 3 - 0.05;

/** Another key than before, outside of a renewal. */
export interface KeyChange {
  readonly at: number;
  readonly keyId: string;
  readonly formerId: string;
}

/** The last time when another key was signed for while the certificate of the former one was still young; undefined: never. */
export function keyChange(recorded: readonly KeyRecord[]): KeyChange | undefined {
  const signed = recorded
    .flatMap(({ id, issued = [] }) => issued.map(({ at, until }) => ({ id, at, until })))
    .toSorted((one, other) => one.at - other.at);
  const at = signed.findLastIndex((one, index) => {
    const former = signed[index - 1];
    return former !== undefined && former.id !== one.id && one.at < former.at + (former.until - former.at) * RENEWAL_FROM;
  });
  const [former, changed] = [signed[at - 1], signed[at]];
  return former && changed && { at: changed.at, keyId: changed.id, formerId: former.id };
}
