import { FspiopError } from '@payment-manager/fspiop';
import type { Timer, World } from '@payment-manager/runtime';
import type { Deliveries } from './deliveries.ts';
import { decideExpiry, decideFulfil, decideInquiry, decideRefusal } from './fulfil.ts';
import type { NewMessage, OwedMessage } from './hub-message.ts';
import type { HubStore } from './hub-store.ts';
import { decidePrepare } from './prepare.ts';
import type { SchemeDirectory } from './scheme-directory.ts';
import type { Decision, FulfilMessage, HubTransfer, PrepareMessage, RefusalMessage } from './transfer.ts';

export interface TransferDeskParts extends Pick<World, 'clock' | 'timers' | 'random' | 'log'> {
  /** What a question about an aborted transfer is answered with. */
  readonly abortedAs: 'error' | 'state';
  readonly directory: SchemeDirectory;
  readonly store: HubStore;
  readonly deliveries: Deliveries;
}

/**
 * Where transfers are decided. Decisions are made in memory, one after the other; nothing is acknowledged or sent before they
 * are durable. Each call resolves when its message may be acknowledged.
 */
export interface TransferDesk {
  prepare(message: PrepareMessage): Promise<void>;
  fulfil(message: FulfilMessage): Promise<void>;
  refuse(message: RefusalMessage): Promise<void>;
  inquire(transferId: string, source: string, version: string): Promise<void>;
  find(transferId: string): Promise<HubTransfer | undefined>;
  /** Transfers that are RESERVED. */
  readonly open: number;
  /** Takes up open transfers and owed messages after a start. */
  resume(openTransfers: readonly HubTransfer[], owed: readonly OwedMessage[]): void;
  stop(): void;
}

/** Closed transfers kept in memory; older ones are read from the store. */
const CLOSED_MAX = 10_000;

/** Makes the desk. */
export function transferDesk(parts: TransferDeskParts): TransferDesk {
  return new Desk(parts);
}

class Desk implements TransferDesk {
  readonly #parts: TransferDeskParts;
  readonly #open = new Map<string, HubTransfer>();
  readonly #closed = new Map<string, HubTransfer>();
  readonly #expiries = new Map<string, Timer>();
  #stopped = false;
  /** After a failed save the memory is ahead of the disk: nothing more is decided before a new start (docs/money-rules.md, 8). */
  #broken = false;

  constructor(parts: TransferDeskParts) {
    this.#parts = parts;
  }

  prepare(message: PrepareMessage): Promise<void> {
    const { directory, clock } = this.#parts;
    return this.#decideOn(message.body.transferId, (known) => decidePrepare(known, message, directory, clock.now()));
  }

  fulfil(message: FulfilMessage): Promise<void> {
    return this.#decideOn(message.transferId, (known) => decideFulfil(known, message, this.#parts.clock.now()));
  }

  refuse(message: RefusalMessage): Promise<void> {
    return this.#decideOn(message.transferId, (known) => decideRefusal(known, message, this.#parts.clock.now()));
  }

  inquire(transferId: string, source: string, version: string): Promise<void> {
    return this.#decideOn(transferId, (known) => decideInquiry(known, { transferId, source, version }, this.#parts.abortedAs));
  }

  async find(transferId: string): Promise<HubTransfer | undefined> {
    return this.#inMemory(transferId) ?? this.#parts.store.findTransfer(transferId);
  }

  get open(): number {
    return this.#open.size;
  }

  resume(transfers: readonly HubTransfer[], owed: readonly OwedMessage[]): void {
    for (const transfer of transfers) this.#remember(transfer);
    for (const message of owed) void this.#send(message);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#expiries.values()) timer.cancel();
  }

  #inMemory(transferId: string): HubTransfer | undefined {
    return this.#open.get(transferId) ?? this.#closed.get(transferId);
  }

  /** Memory is asked again after the wait, in the same step as the decision: another message may have been decided meanwhile. */
  async #decideOn(transferId: string, decide: (known: HubTransfer | undefined) => Decision): Promise<void> {
    const found = await this.find(transferId);
    await this.#carryOut(decide(this.#inMemory(transferId) ?? found));
  }

  #remember(transfer: HubTransfer): void {
    const { transferId } = transfer;
    if (transfer.state === 'RESERVED') {
      this.#open.set(transferId, transfer);
      if (!this.#expiries.has(transferId)) this.#watchExpiry(transfer);
      return;
    }
    this.#open.delete(transferId);
    this.#expiries.get(transferId)?.cancel();
    this.#expiries.delete(transferId);
    this.#closed.set(transferId, transfer);
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > CLOSED_MAX && oldest !== undefined) this.#closed.delete(oldest);
  }

  /** A wall clock may lag behind the timer, so the decision looks at the clock and may set the timer again. */
  #watchExpiry(transfer: HubTransfer): void {
    const { timers, clock, log } = this.#parts;
    const timer = timers.after(transfer.expiration - clock.now(), () => {
      this.#expiries.delete(transfer.transferId);
      const known = this.#open.get(transfer.transferId);
      if (known === undefined || this.#stopped) return;
      if (clock.now() < known.expiration) this.#watchExpiry(known);
      else
        void this.#carryOut(decideExpiry(known, clock.now())).catch((error: unknown) =>
          log.error('an expiry failed', { reason: String(error) }),
        );
    });
    this.#expiries.set(transfer.transferId, timer);
  }

  async #carryOut(decision: Decision): Promise<void> {
    if (this.#broken) throw new FspiopError('2003', 'the hub cannot store anything', { httpStatus: 503 });
    const { directory, random, log, store } = this.#parts;
    const { transfer } = decision;
    const positions = directory.move(decision.positions ?? []);
    const owed = decision.owed.map((message: NewMessage): OwedMessage => ({ ...message, id: random.uuid() }));
    if (transfer !== undefined) {
      this.#remember(transfer);
      log.info('transfer', { transfer: transfer.transferId, state: transfer.state, code: transfer.error?.errorCode });
    }
    try {
      await store.save({ ...(transfer && { transfers: [transfer] }), positions, owed });
    } catch (error) {
      this.#broken = true;
      throw error;
    }
    for (const message of owed) void this.#send(message);
  }

  async #send(owed: OwedMessage): Promise<void> {
    const { deliveries, log, store } = this.#parts;
    const outcome = await deliveries.deliver(owed);
    if (this.#stopped) return;
    if (outcome.kind !== 'acknowledged') {
      log.warn('a message was given up', { operation: owed.message.operation, to: owed.to, outcome: outcome.kind });
    }
    await store.save({ settled: [owed.id] }).catch((error: unknown) => log.error('the hub store failed', { reason: String(error) }));
  }
}
