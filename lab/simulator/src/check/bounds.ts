import { DFSPS } from '../scenario/parties.ts';
import type { World } from '../world/world.ts';

/** A payment sets a few timers, sends a few messages and writes a few events at once, never many. */
const EACH_MAX = 40;
const BASE_MAX = 100;
/** What a process sets for itself, whatever it has to do: leases, looks at others, connections. */
const TIMERS_PER_PROCESS_MAX = 20;
/** What an open record waits for. */
const TIMERS_PER_RECORD_MAX = 5;

/** Timers, messages under way and what waits for a store stay below a bound per payment, at any time (promise 7). */
export function checkBounded({ time, network, stores, scenario, observer }: World): void {
  const most = BASE_MAX + EACH_MAX * scenario.payments.length;
  const counts: readonly (readonly [string, number])[] = [
    ['timers are set', time.pending],
    ['messages are under way', network.underWay],
    ...DFSPS.map((fspId) => [`statements wait for the store of ${fspId}`, stores[fspId].waiting] as const),
  ];
  for (const [what, count] of counts) if (count > most) observer.violations.report('bounded', `${count} ${what}`);
}

/** At the end nothing is under way, no process holds a record open that is closed, and no timer is set for what is over. */
export function checkNothingLeft({ time, network, managers, observer }: World): void {
  const { violations, records } = observer;
  if (network.underWay > 0) violations.report('bounded', `${network.underWay} messages are under way at the end`);
  let timersMax = 0;
  for (const fspId of DFSPS) {
    const open = [...records[fspId].all()].filter((record) => record.open).length;
    for (const { openInMemory } of managers[fspId]) {
      timersMax += TIMERS_PER_PROCESS_MAX + TIMERS_PER_RECORD_MAX * open;
      if (openInMemory > open)
        violations.report('bounded', `${fspId} holds ${openInMemory} records open in memory at the end, and ${open} are`);
    }
  }
  if (time.pending > timersMax) violations.report('bounded', `${time.pending} timers are set at the end, for at most ${timersMax}`);
}
