import type { HistoryStore, SeenByProcess } from '@payment-manager/read-model';

const SERIES = ['round-trip', 'to-hub', 'from-hub', 'to-core', 'from-core'].flatMap((direction) =>
  ['look-up', 'quote', 'transfer', 'notification'].map((service) => `${direction} ${service}`),
);
/** Those that the requests of a busy minute lie in. */
const BOUNDS_MS = [10, 25, 50, 75, 100, 250];
const PARTS = ['hub', 'core', 'database', 'engine', 'certificates', 'vault', 'token', 'messages', 'queues', 'event-loop', 'read-model'];
const GAUGES = ['work', 'workLimit', 'lagMs', 'open', 'exceptions', 'behindMs', 'memoryMb', 'heapMb', 'queued'];
const MINUTE_MS = 60_000;
const SLOTS_AT_ONCE = 500;
/** As long as each is kept, or as far back as anybody asks. */
const KEPT = [
  { grain: 'minute', ms: MINUTE_MS, count: 14 * 1_440 },
  { grain: 'ten-minutes', ms: 10 * MINUTE_MS, count: 14 * 144 },
  { grain: 'hour', ms: 60 * MINUTE_MS, count: 93 * 24 },
  { grain: 'six-hours', ms: 360 * MINUTE_MS, count: 93 * 4 },
] as const;

/** Writes what so many busy processes have kept until now: every service, all parts, as many buckets as a busy minute fills; slot after slot, not in the order of time. */
export async function fillHistory(store: HistoryStore, processes: number, now: number): Promise<void> {
  for (const { grain, ms, count } of KEPT) {
    const last = Math.floor(now / ms) - 1;
    const slots = Array.from({ length: count }, (_, n) => last - count + 1 + n).flatMap((slot) =>
      Array.from({ length: processes }, (_, n) => ({ grain, slot, replica: `replica-${n + 1}`, body: JSON.stringify(seenIn(slot)) })),
    );
    for (let at = 0; at < slots.length; at += SLOTS_AT_ONCE) await store.write(slots.slice(at, at + SLOTS_AT_ONCE), now);
  }
}

function seenIn(slot: number): SeenByProcess {
  const varied = (n: number): number => (Math.imul(slot + n * 7_919, 2_246_822_519) >>> 8) % 1_000;
  const measured = (at: number) => {
    const within = BOUNDS_MS.map((bound, n) => [bound, 1 + varied(at + n)] as const);
    const n = within.reduce((sum, [, some]) => sum + some, 0);
    return { n, bad: varied(at) % 7, sumMs: n * 40.25, within };
  };
  return {
    series: Object.fromEntries(SERIES.map((name, at) => [name, measured(at)])),
    parts: Object.fromEntries(PARTS.map((part, at) => [part, varied(at) > 990 ? ('warn' as const) : ('ok' as const)])),
    gauges: Object.fromEntries(GAUGES.map((name, at) => [name, varied(at)])),
  };
}
