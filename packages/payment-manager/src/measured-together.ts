import type { Config } from '@payment-manager/configuration';
import { type Measured, type Measurements, measuredBy } from '@payment-manager/operations/alarms';
import type { SeenByProcess } from '@payment-manager/read-model';
import type { World } from '@payment-manager/runtime';
import type { OpenHistory } from './open-history.ts';

/**
 * What the rules about rates look at. Several replicas look at the payments of all: each writes its minutes into the history, which all read, so that four
 * of which none has twenty payments see the eighty, and a replica that has died counts to its last minute. One process alone, replicas without a history, and
 * a look at a history that does not answer count what this process has seen.
 */
export function measuredTogether(
  config: Pick<Config, 'journal'>,
  { metrics, clock }: Pick<World, 'metrics' | 'clock'>,
  history: () => OpenHistory | undefined,
): Measurements {
  const own = measuredBy(metrics, clock);
  if (config.journal.store !== 'postgres') return own;
  return {
    async last(windowMs) {
      // looked at in any case: it must know how it was before, should the history be away
      const mine = await own.last(windowMs);
      const open = history();
      if (open === undefined) return mine;
      try {
        const { minutesTogether } = await import('@payment-manager/read-model');
        const to = clock.now();
        return measuredIn(await minutesTogether(await open(), { from: to - windowMs, to }));
      } catch {
        // that the database does not answer is told of elsewhere
        return mine;
      }
    },
  };
}

const NONE = { all: 0, completed: 0 };
/** Requests of the DFSP. */
const OWN_REQUESTS = /^from-core /;

/** The minutes of all processes, as the rules look at them. */
function measuredIn({ series, ended }: SeenByProcess): Measured {
  const counts = new Map<number, number>([[Number.POSITIVE_INFINITY, 0]]);
  for (const [name, { within }] of Object.entries(series))
    if (OWN_REQUESTS.test(name))
      for (const [boundMs, count] of within) {
        const seconds = boundMs === null ? Number.POSITIVE_INFINITY : boundMs / 1_000;
        counts.set(seconds, (counts.get(seconds) ?? 0) + count);
      }
  let all = 0;
  const within = [...counts]
    .sort(([one], [other]) => one - other)
    .map(([seconds, count]) => {
      all += count;
      return { seconds, count: all };
    });
  return { ended: { payer: ended?.['payer'] ?? NONE, payee: ended?.['payee'] ?? NONE }, within };
}
