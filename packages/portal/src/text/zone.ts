import { keepHere, keptHere } from '../browser/kept-here.ts';
import { valueStore } from '../browser/value-store.ts';

/** `business`: the zone of the business day, as configured. */
export type ShownZone = 'business' | 'utc';

const chosen = valueStore<ShownZone>(keptHere('zone') === 'utc' ? 'utc' : 'business');

/** In which zone instants are shown. */
export const useShownZone = (): ShownZone => chosen.use();

/** Another zone for all instants, kept in this browser. */
export function chooseZone(next: ShownZone): void {
  keepHere('zone', next);
  chosen.set(next);
}
