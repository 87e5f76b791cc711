import { DIVIDER } from './batch-columns.ts';

interface Lease {
  readonly epoch: number;
  readonly replica: string;
  readonly leaseMs: number;
  expiresAt: number;
  ended: boolean;
  drained: boolean;
  lastBatch: number;
  /** A batch has been sent and is being stored: its transaction holds the row. */
  busy: boolean;
}

interface StoredBatch {
  readonly batch: number;
  readonly changed: readonly string[];
  readonly refusals: readonly unknown[] | null;
}

/** An error of the server, told apart by its SQLSTATE. */
export class ServerError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ServerError';
    this.code = code;
  }
}

/** Who may write, timed by the server's clock, and what was written lately: `database/postgres-schema.ts` in a few maps. */
export interface Leases {
  open(replica: string, leaseMs: number): string | null;
  renew(epoch: string): void;
  leave(epoch: string): void;
  /** First in a batch. @throws ServerError when the lease has ended or the number was given up */
  beginBatch(epoch: string, batch: number): void;
  endBatch(epoch: string, batch: number, changed: readonly string[], refusals: readonly unknown[] | null): void;
  /** What a notice of a batch says; of one that is not stored, less. */
  notice(epoch: string, batch: number): string;
  /** A batch's transaction holds the lease's row from its beginning to its end. */
  setBusy(epoch: string, busy: boolean): void;
  isBusy(epoch: string): boolean;
  settleBatch(epoch: string, batch: number): readonly { readonly refused: readonly unknown[] | null }[];
  /** Ends what ran out; the ended leases of which something may be left. @throws ServerError */
  endOthers(epoch: string, connectedMs: number): readonly string[];
  /** Does another one live? */
  hasCompany(epoch: string): boolean;
  /** All but one, ended or not. */
  others(epoch: string): readonly string[];
  drained(epoch: string): void;
  hasEnded(epoch: string): boolean;
  lastBatch(epoch: string): readonly { readonly last_batch: string; readonly replica: string }[];
  changesSince(epoch: string, seen: ReadonlyMap<string, number>): readonly { writer: string; latest: string; changed: string | null }[];
}

const GAP_MAX = 2_000;

/** No leases yet; `now` is the server's clock. */
export function noLeases(now: () => number): Leases {
  const leases = new Map<string, Lease>();
  const batches = new Map<string, StoredBatch[]>();

  const standing = (epoch: string): Lease => {
    const lease = leases.get(epoch);
    if (lease === undefined || lease.ended) throw new ServerError('PM001', `the lease ${epoch} has ended`);
    return lease;
  };

  return {
    open(replica, leaseMs) {
      for (const lease of leases.values()) {
        if (lease.replica !== replica || lease.ended) continue;
        if (lease.expiresAt > now()) return null;
        lease.ended = true;
      }
      const epoch = leases.size + 1;
      const expiresAt = now() + leaseMs;
      leases.set(String(epoch), { epoch, replica, leaseMs, expiresAt, ended: false, drained: false, lastBatch: 0, busy: false });
      batches.set(String(epoch), []);
      return String(epoch);
    },
    renew(epoch) {
      const lease = standing(epoch);
      lease.expiresAt = now() + lease.leaseMs;
    },
    leave(epoch) {
      const lease = leases.get(epoch);
      if (lease !== undefined) lease.ended = true;
    },
    beginBatch(epoch, batch) {
      const lease = standing(epoch);
      if (lease.lastBatch >= batch) throw new ServerError('PM002', `batch ${batch} was given up`);
      lease.lastBatch = batch;
      lease.expiresAt = now() + lease.leaseMs;
    },
    endBatch: (epoch, batch, changed, refusals) => void batches.get(epoch)?.push({ batch, changed, refusals }),
    notice(epoch, batch) {
      const stored = batches.get(epoch)?.findLast((one) => one.batch === batch);
      return [`${epoch}:${batch}`, ...(stored?.changed ?? [])].join(DIVIDER);
    },
    setBusy(epoch, busy) {
      const lease = leases.get(epoch);
      if (lease !== undefined) lease.busy = busy;
    },
    isBusy: (epoch) => leases.get(epoch)?.busy === true,
    settleBatch(epoch, batch) {
      const lease = leases.get(epoch);
      if (lease !== undefined) lease.lastBatch = Math.max(lease.lastBatch, batch);
      const stored = batches.get(epoch)?.find((one) => one.batch === batch);
      return stored === undefined ? [] : [{ refused: stored.refusals }];
    },
    endOthers(epoch, connectedMs) {
      standing(epoch);
      for (const [other, lease] of leases)
        if (other !== epoch && !lease.busy && lease.expiresAt <= now() && connectedMs >= lease.leaseMs) lease.ended = true;
      return [...leases].filter(([other, lease]) => lease.ended && !lease.drained && other !== epoch).map(([other]) => other);
    },
    hasCompany: (epoch) => [...leases].some(([other, { ended, expiresAt }]) => other !== epoch && !ended && expiresAt > now()),
    others: (epoch) => [...leases.keys()].filter((other) => other !== epoch),
    drained(epoch) {
      const lease = leases.get(epoch);
      if (lease !== undefined) lease.drained = true;
    },
    lastBatch(epoch) {
      const lease = leases.get(epoch);
      return lease === undefined ? [] : [{ last_batch: String(lease.lastBatch), replica: lease.replica }];
    },
    hasEnded: (epoch) => leases.get(epoch)?.ended !== false,
    changesSince(epoch, seen) {
      const rows: { writer: string; latest: string; changed: string | null }[] = [];
      for (const [writer, { lastBatch }] of leases) {
        const from = seen.get(writer) ?? 0;
        if (writer === epoch || lastBatch <= from) continue;
        const news = (batches.get(writer) ?? []).filter(({ batch }) => batch > from && batch > lastBatch - GAP_MAX);
        const changed = news.length === 0 ? null : news.map((one) => one.changed.join(DIVIDER)).join(DIVIDER);
        rows.push({ writer, latest: String(lastBatch), changed });
      }
      return rows;
    },
  };
}
