import type { AttentionEntry } from '@payment-manager/mojaloop-connector';
import { every, type World } from '@payment-manager/runtime';

export interface ExceptionGaugeDeps extends Pick<World, 'clock' | 'timers' | 'metrics'> {
  /** Oldest first, at most `limit`. */
  exceptions(query: { readonly limit: number }): Promise<readonly Pick<AttentionEntry, 'code' | 'since'>[]>;
}

const EVERY_MS = 10_000;
/** More are not counted: by then nobody looks at the number any more. */
const COUNTED_MOST = 1_000;
const HOUR_MS = 3_600_000;

/** `hour`: not older than one; `day`: not older than one; `older`. */
const AGES = ['hour', 'day', 'older'] as const;

/**
 * Keeps `pm_exceptions` up to date: payments that need a person, by code and age. A code that was once seen stays with 0, so that a rule
 * which waits for it can end. Between two looks the figure is as old as 10 s; a journal that does not answer leaves it as it is.
 */
export function watchExceptions({ exceptions, clock, timers, metrics }: ExceptionGaugeDeps): { stop(): void } {
  const seen = new Set<string>();
  let standing: Awaited<ReturnType<ExceptionGaugeDeps['exceptions']>> = [];
  metrics.readGauge('pm_exceptions', 'Payments that need a person, by code and age', ['code', 'age'], () => {
    const aged = Map.groupBy(standing, ({ code, since }) => `${code} ${ageOf(clock.now() - since)}`);
    return [...seen].flatMap((code) => AGES.map((age) => ({ labels: { code, age }, value: aged.get(`${code} ${age}`)?.length ?? 0 })));
  });
  const looking = every(EVERY_MS, timers, async () => {
    standing = await exceptions({ limit: COUNTED_MOST }).catch(() => standing);
    for (const { code } of standing) seen.add(code);
  });
  void looking.now();
  return looking;
}

function ageOf(ms: number): (typeof AGES)[number] {
  if (ms <= HOUR_MS) return 'hour';
  return ms <= 24 * HOUR_MS ? 'day' : 'older';
}
