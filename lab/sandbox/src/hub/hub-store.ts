import { openSqlite } from '@payment-manager/database';
import type { Log } from '@payment-manager/runtime';
import type { OwedMessage } from './hub-message.ts';
import type { HubRow, HubRows } from './hub-script.ts';
import type { Position } from './positions.ts';
import type { Participant, PartyEntry } from './scheme-directory.ts';
import type { HubTransfer } from './transfer.ts';

/** What one step of the hub changes; stored together or not at all. */
export interface HubChange {
  readonly participants?: readonly Participant[];
  readonly parties?: readonly PartyEntry[];
  readonly positions?: readonly Position[];
  readonly transfers?: readonly HubTransfer[];
  readonly owed?: readonly OwedMessage[];
  /** Ids of owed messages that are done. */
  readonly settled?: readonly string[];
}

/** What a hub finds at its start. */
export interface HubSnapshot {
  readonly participants: readonly Participant[];
  readonly parties: readonly PartyEntry[];
  readonly positions: readonly Position[];
  /** Those that are RESERVED. */
  readonly openTransfers: readonly HubTransfer[];
  readonly owed: readonly OwedMessage[];
}

/** Where the hub keeps what must survive. Changes are stored in the order of the calls. */
export interface HubStore {
  load(): Promise<HubSnapshot>;
  findTransfer(transferId: string): Promise<HubTransfer | undefined>;
  /** Those that were decided from one instant on until another (wall clock, ms; the end not included), by id. */
  decidedTransfers(from: number, to: number): Promise<readonly HubTransfer[]>;
  /** Resolves when the change, and every one before it, is durable. */
  save(change: HubChange): Promise<void>;
  close(): Promise<void>;
}

/** A hub's store in an SQLite file, written by group commit in a thread of its own. */
export async function openHubStore(options: { file: string; log: Log }): Promise<HubStore> {
  const script = new URL('./hub-script.ts', import.meta.url);
  const store = await openSqlite<typeof import('./hub-script.ts')>({ file: options.file, script, log: options.log });
  return {
    load: async () => toSnapshot(await store.read('all', null)),
    async findTransfer(transferId) {
      const body = await store.read('transfer', transferId);
      return body === undefined ? undefined : (JSON.parse(body) as HubTransfer);
    },
    async decidedTransfers(from, to) {
      return (await store.read('decided', [from, to])).map((body) => JSON.parse(body) as HubTransfer);
    },
    save: (change) => store.write(toRows(change)),
    close: () => store.close(),
  };
}

/** A store that forgets: for tests and simulations. It keeps rows, so that nothing is shared with the hub's memory. */
export function memoryHubStore(): HubStore {
  const rows = new Map<string, HubRow>();
  return {
    load: async () => toSnapshot([...rows.values()].filter((row) => row[0] !== 'transfer' || row[2] === '1')),
    async findTransfer(transferId) {
      const row = rows.get(`transfer ${transferId}`);
      return row?.[0] === 'transfer' ? (JSON.parse(row[3]) as HubTransfer) : undefined;
    },
    async decidedTransfers(from, to) {
      const all = [...rows.values()].flatMap((row) => (row[0] === 'transfer' ? [JSON.parse(row[3]) as HubTransfer] : []));
      return all
        .filter(({ completedAt }) => completedAt !== undefined && completedAt >= from && completedAt < to)
        .sort((a, b) => (a.transferId < b.transferId ? -1 : 1));
    },
    async save(change) {
      for (const row of toRows(change)) {
        if (row[0] === 'settle') rows.delete(`owe ${row[1]}`);
        else rows.set(row[0] === 'position' ? `position ${row[1]} ${row[2]}` : `${row[0]} ${row[1]}`, row);
      }
    },
    close: async () => {},
  };
}

function toRows(change: HubChange): HubRow[] {
  return [
    ...(change.participants ?? []).map((one): HubRow => ['participant', one.fspId, JSON.stringify(one)]),
    ...(change.parties ?? []).map((one): HubRow => ['party', one.key, one.fspId]),
    ...(change.positions ?? []).map(
      (one): HubRow => ['position', one.fspId, one.currency, String(one.committed), String(one.reserved), String(one.netDebitCap)],
    ),
    ...(change.transfers ?? []).map(
      (one): HubRow => ['transfer', one.transferId, one.state === 'RESERVED' ? '1' : '0', JSON.stringify(one)],
    ),
    ...(change.owed ?? []).map((one): HubRow => ['owe', one.id, JSON.stringify(one)]),
    ...(change.settled ?? []).map((id): HubRow => ['settle', id]),
  ];
}

function toSnapshot(rows: HubRows): HubSnapshot {
  const participants: Participant[] = [];
  const parties: PartyEntry[] = [];
  const positions: Position[] = [];
  const openTransfers: HubTransfer[] = [];
  const owed: OwedMessage[] = [];
  for (const row of rows) {
    if (row[0] === 'participant') participants.push(JSON.parse(row[2]) as Participant);
    if (row[0] === 'party') parties.push({ key: row[1], fspId: row[2] });
    if (row[0] === 'position') {
      positions.push({ fspId: row[1], currency: row[2], committed: BigInt(row[3]), reserved: BigInt(row[4]), netDebitCap: BigInt(row[5]) });
    }
    if (row[0] === 'transfer') openTransfers.push(JSON.parse(row[3]) as HubTransfer);
    if (row[0] === 'owe') owed.push(JSON.parse(row[2]) as OwedMessage);
  }
  return { participants, parties, positions, openTransfers, owed };
}
