import { FspiopError } from '@payment-manager/fspiop';
import type { Clock, Log, Random, Timer, Timers } from '@payment-manager/runtime';
import type { Deliveries } from './deliveries.ts';
import { decideExpiry, decideFulfil, decideInquiry, decideRefusal } from './fulfil.ts';
import type { NewMessage, OwedMessage } from './hub-message.ts';
import type { HubStore } from './hub-store.ts';
import { decidePrepare } from './prepare.ts';
import type { SchemeDirectory } from './scheme-directory.ts';
import type { Decision, FulfilMessage, HubTransfer, PrepareMessage, RefusalMessage } from './transfer.ts';

export interface TransferDeskParts {
  /** What a question about an aborted transfer is answered with. */
  readonly abortedAs: 'error' | 'state';
  readonly directory: SchemeDirectory;
  readonly store: HubStore;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
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
  const openTransfers = new Map<string, HubTransfer>();
  const closed = new Map<string, HubTransfer>();
  const expiries = new Map<string, Timer>();
  let stopped = false;
  /** After a failed save the memory is ahead of the disk: nothing more is decided before a new start (docs/money-rules.md, 8). */
  let broken = false;

  const inMemory = (transferId: string): HubTransfer | undefined => openTransfers.get(transferId) ?? closed.get(transferId);
  const find = async (transferId: string): Promise<HubTransfer | undefined> => inMemory(transferId) ?? parts.store.findTransfer(transferId);
  /** Memory is asked again after the wait, in the same step as the decision: another message may have been decided meanwhile. */
  const decideOn = async (transferId: string, decide: (known: HubTransfer | undefined) => Decision): Promise<void> => {
    const found = await find(transferId);
    await carryOut(decide(inMemory(transferId) ?? found));
  };

  function remember(transfer: HubTransfer): void {
    const { transferId } = transfer;
    if (transfer.state === 'RESERVED') {
      openTransfers.set(transferId, transfer);
      if (!expiries.has(transferId)) watchExpiry(transfer);
      return;
    }
    openTransfers.delete(transferId);
    expiries.get(transferId)?.cancel();
    expiries.delete(transferId);
    closed.set(transferId, transfer);
    const [oldest] = closed.keys();
    if (closed.size > CLOSED_MAX && oldest !== undefined) closed.delete(oldest);
  }

  /** A wall clock may lag behind the timer, so the decision looks at the clock and may set the timer again. */
  function watchExpiry(transfer: HubTransfer): void {
    const timer = parts.timers.after(transfer.expiration - parts.clock.now(), () => {
      expiries.delete(transfer.transferId);
      const known = openTransfers.get(transfer.transferId);
      if (known === undefined || stopped) return;
      if (parts.clock.now() < known.expiration) watchExpiry(known);
      else
        void carryOut(decideExpiry(known, parts.clock.now())).catch((error: unknown) =>
          parts.log.error('an expiry failed', { reason: String(error) }),
        );
    });
    expiries.set(transfer.transferId, timer);
  }

  async function carryOut(decision: Decision): Promise<void> {
    if (broken) throw new FspiopError('2003', 'the hub cannot store anything', { httpStatus: 503 });
    const { transfer } = decision;
    const positions = parts.directory.move(decision.positions ?? []);
    const owed = decision.owed.map((message: NewMessage): OwedMessage => ({ ...message, id: parts.random.uuid() }));
    if (transfer !== undefined) {
      remember(transfer);
      parts.log.info('transfer', { transfer: transfer.transferId, state: transfer.state, code: transfer.error?.errorCode });
    }
    try {
      await parts.store.save({ ...(transfer && { transfers: [transfer] }), positions, owed });
    } catch (error) {
      broken = true;
      throw error;
    }
    for (const message of owed) void send(message);
  }

  async function send(owed: OwedMessage): Promise<void> {
    const outcome = await parts.deliveries.deliver(owed);
    if (stopped) return;
    if (outcome.kind !== 'acknowledged') {
      parts.log.warn('a message was given up', { operation: owed.message.operation, to: owed.to, outcome: outcome.kind });
    }
    await parts.store
      .save({ settled: [owed.id] })
      .catch((error: unknown) => parts.log.error('the hub store failed', { reason: String(error) }));
  }

  return {
    prepare: (message) => decideOn(message.body.transferId, (known) => decidePrepare(known, message, parts.directory, parts.clock.now())),
    fulfil: (message) => decideOn(message.transferId, (known) => decideFulfil(known, message, parts.clock.now())),
    refuse: (message) => decideOn(message.transferId, (known) => decideRefusal(known, message, parts.clock.now())),
    inquire: (transferId, source, version) =>
      decideOn(transferId, (known) => decideInquiry(known, { transferId, source, version }, parts.abortedAs)),
    find,
    get open() {
      return openTransfers.size;
    },
    resume(transfers, owed) {
      for (const transfer of transfers) remember(transfer);
      for (const message of owed) void send(message);
    },
    stop() {
      stopped = true;
      for (const timer of expiries.values()) timer.cancel();
    },
  };
}
