import type { Surroundings } from '@payment-manager/management-api/test-portal';

type Store = Awaited<ReturnType<NonNullable<Surroundings['history']>>>;
type State = 'ok' | 'warn' | 'down';

const MINUTE_MS = 60_000;
const SERVICES = ['look-up', 'quote', 'transfer', 'notification'];
const BOUNDS = [5, 10, 20, 50, 100, 200, 500, 1_000, 5_000];

/** The same numbers for the same seed. */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return at / 2 ** 32;
  };
}

/**
 * What two processes kept of the last six hours, the newest minute at `until`: in one of them the hub failed, then the core, then the disk; one of the
 * processes died in it, and another one came.
 */
export function someHistory(until: number): Store {
  const next = numbers(7);
  const last = Math.floor(until / MINUTE_MS) - 1;
  const slots = Array.from({ length: 360 }, (_, at) => {
    const ago = 360 - at;
    const slot = last - ago + 1;
    const hubAway = ago <= 110 && ago > 90;
    const coreAway = ago <= 80 && ago > 62;
    const diskAway = ago <= 50 && ago > 44;
    const names = ['pm-1 412 a81c', ago > 84 ? 'pm-2 398 07de' : ago < 79 ? 'pm-2 977 55b0' : ''].filter(
      (name) => name !== '' && !diskAway,
    );
    return names.map((replica) => {
      const measured = (typical: number, share: number) => {
        const n = Math.round((20 + 14 * Math.sin(at / 40)) * share * (0.8 + next() * 0.4));
        const spread = BOUNDS.map(
          (bound) => [bound, Math.round((n * 6 * Math.exp(-((Math.log(bound / typical) / 0.7) ** 2))) / 3)] as const,
        );
        return { n, bad: 0, sumMs: n * typical, within: spread.filter(([, count]) => count > 0) };
      };
      const series = Object.fromEntries(
        SERVICES.flatMap((service, no) => [
          ...(service === 'notification' ? [] : [[`round-trip ${service}`, measured(hubAway ? 4_000 : 90 + no * 60, hubAway ? 0.2 : 1)]]),
          [`to-hub ${service}`, measured(hubAway ? 3_000 : 18, 1)],
          [`from-hub ${service}`, measured(9, hubAway ? 0 : 1)],
          [`to-core ${service}`, measured(coreAway ? 2_500 : 35, 1)],
        ]).filter(([, one]) => (one as { n: number }).n > 0),
      );
      const state = (down: boolean): State => (down ? 'down' : 'ok');
      const parts = {
        ...{ hub: state(hubAway), core: state(coreAway), database: state(ago === 51 || ago === 44), engine: 'ok', certificates: 'warn' },
        ...{
          vault: 'ok',
          messages: state(ago === 51),
          queues: hubAway && ago < 100 ? 'warn' : 'ok',
          'event-loop': 'ok',
          'read-model': ago <= 44 && ago > 41 ? 'warn' : 'ok',
        },
      };
      const gauges = {
        lagMs: Math.round(next() * 18 + (coreAway ? 40 : 0)),
        work: hubAway ? 220 - ago : Math.round(next() * 8),
        open: hubAway ? 300 : 12,
        memoryMib: 168 + Math.round(next() * 6),
      };
      return { grain: 'minute' as const, slot, replica, body: JSON.stringify({ series, parts, gauges }) };
    });
  }).flat();
  return {
    write: async () => {},
    async read({ grain, first, last: end, after, limit }) {
      const isAfter = (one: { slot: number; replica: string }): boolean =>
        after === undefined || one.slot > after.slot || (one.slot === after.slot && one.replica > after.replica);
      return grain === 'hour' ? [] : slots.filter((one) => one.slot >= first && one.slot <= end && isAfter(one)).slice(0, limit);
    },
    close: async () => {},
  };
}
