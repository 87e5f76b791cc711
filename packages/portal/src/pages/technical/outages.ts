import type { PartSpan } from '@payment-manager/management-api/types';

/** A part, or a process, and how it was. */
export interface Strip {
  readonly name: string;
  readonly spans: readonly PartSpan[];
}

/** Something that did not work. */
export interface Outage {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** More are seen in the strips, and stand in their table. */
const OUTAGES_MAX = 8;

/** What did not work, in the order in which it began; of many the newest. Pure. */
export function outagesOf(strips: readonly Strip[]): readonly Outage[] {
  return strips
    .flatMap(({ name, spans }) => spans.filter(({ state }) => state === 'down').map(({ from, to }) => ({ name, from, to })))
    .sort((one, other) => one.from - other.from)
    .slice(-OUTAGES_MAX);
}
