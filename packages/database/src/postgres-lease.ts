import type { Clock, Timer, World } from '@payment-manager/runtime';
import { DURABILITY_COLUMNS } from './postgres-checks.ts';
import { postgresFailure } from './postgres-errors.ts';
import type { PostgresLink } from './postgres-link.ts';

export interface LeaseOptions extends Pick<World, 'timers'> {
  readonly epoch: string;
  readonly leaseMs: number;
  /** Before this much of the lease is left, this process counts it as over: room for slow clocks and long turns. */
  readonly marginMs: number;
  /** When the lease was taken, by the monotonic clock, before it was asked for. */
  readonly takenAtMs: number;
  readonly link: PostgresLink;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Another replica has ended it. */
  readonly onEnded: (error: unknown) => void;
  /** What the server said of itself with a renewal. */
  readonly onRenewed: (facts: { readonly fsync: string } | undefined) => void;
}

/** This process's right to act, and its renewal. */
export interface Lease {
  /** Which process this is among its replicas: a number that no other one ever has. */
  readonly epoch: string;
  /** May this process begin an action now? By its own monotonic clock, without asking anybody (docs/money-rules.md, 7). */
  alive(): boolean;
  /** The lease was renewed by a statement that was begun at this instant. */
  renewed(begunAtMs: number): void;
  stop(): void;
}

/** Renewals in the time of one lease: one or two may fail. */
const RENEWALS_PER_LEASE = 4;

/** Starts to renew a lease that was just taken. Batches renew it too; without any, a small statement does. */
export function keepLease(options: LeaseOptions): Lease {
  const { epoch, leaseMs, marginMs, link, clock, timers } = options;
  const everyMs = leaseMs / RENEWALS_PER_LEASE;
  let renewedAtMs = options.takenAtMs;
  let stopped = false;
  let timer: Timer;

  const renewed = (begunAtMs: number): void => {
    renewedAtMs = Math.max(renewedAtMs, begunAtMs);
  };
  const renew = async (): Promise<void> => {
    const begunAtMs = clock.monotonic();
    try {
      const { rows } = await link.query<{ fsync: string }>({
        name: 'renew',
        text: `SELECT renew_lease($1), ${DURABILITY_COLUMNS}`,
        values: [epoch],
      });
      renewed(begunAtMs);
      options.onRenewed(rows[0]);
    } catch (error) {
      // Anything else passes, or `alive` says when it has lasted too long.
      if (postgresFailure(error) === 'fenced' && !stopped) options.onEnded(error);
    }
  };
  const plan = (): void => {
    timer = timers.after(everyMs, () => {
      if (stopped) return;
      if (link.isUp) void renew().then(plan);
      else plan();
    });
  };
  plan();
  return {
    epoch,
    alive: () => !stopped && clock.monotonic() - renewedAtMs < leaseMs - marginMs,
    renewed,
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
