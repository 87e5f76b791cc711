import type { ErrorBody, TransfersIdPatchResponse } from '@payment-manager/fspiop';
import type { Attention, Journal, JournalEvent, StoredRecord } from '@payment-manager/journal';
import type { Clock } from '@payment-manager/runtime';
import type { ReadAnswer } from '../hub-client/reads.ts';
import type { FinalState, PersonActed } from '../transfer/person.ts';
import type { Restored } from '../transfer/restored.ts';

/** The hub's final word about a transfer of which no record knows. Its record has one event of these, and what a person did about it. */
export type UnknownTransferEvent =
  | { type: 'hub-said'; at: number; transferId: string; says: FinalState; operation: string; errorCode?: string }
  | PersonActed;

/** What is known of it. */
export interface UnknownTransfer {
  readonly transferId: string;
  readonly says: FinalState;
  readonly at: number;
  readonly settled: PersonActed | undefined;
  readonly version: number;
}

/** The kind of these records. */
export const UNKNOWN_TRANSFER_KIND = 'unknown-transfer';
const recordIdOf = (transferId: string): string => `${UNKNOWN_TRANSFER_KIND}:${transferId}`;

/** Keeps what the hub says of transfers that we do not know: the journal may have forgotten them, and money may be held or booked. */
export interface UnknownTransfers {
  /**
   * Resolves when it is durable. Nothing is kept of what is not a final word, or not the hub's. ABORTED counts only where the journal was once
   * restored: one that never was knows all that it ever answered, so that a prepare which never reached us holds nothing
   * (docs/money-rules.md, 8); an outage of ours would else make an exception of every prepare that it missed. Rejects with a
   * JournalUnavailable.
   */
  note(transferId: string, word: Pick<ReadAnswer, 'operation' | 'source' | 'body'>): Promise<void>;
  find(transferId: string): Promise<UnknownTransfer | undefined>;
  /** A person settles it. False: it is settled already. */
  settle(transferId: string, act: Omit<PersonActed, 'type' | 'at'>): Promise<boolean>;
}

/** Of one journal. */
export function unknownTransfers(journal: Journal, hubId: string, clock: Pick<Clock, 'now'>, restored: Restored): UnknownTransfers {
  async function find(transferId: string): Promise<UnknownTransfer | undefined> {
    const record = await journal.load(recordIdOf(transferId));
    return record && unknownTransferOf(record);
  }

  return {
    find,
    async note(transferId, { operation, source, body }) {
      const word = source === hubId ? finalWordOf(operation, body) : undefined;
      if (word === undefined || transferId === '') return;
      if (word.says === 'ABORTED' && restored() === undefined) return;
      const at = clock.now();
      const reason = `the hub says ${word.says} of a transfer that is in no record: look at the core's books`;
      const event: UnknownTransferEvent = { type: 'hub-said', at, transferId, operation, ...word };
      // one that is there already says the same, or will be looked at by a person all the same
      await journal.append({
        recordId: recordIdOf(transferId),
        kind: UNKNOWN_TRANSFER_KIND,
        label: transferId,
        expectedVersion: 0,
        events: [event as JournalEvent],
        open: false,
        attention: [{ level: 'exception', code: 'TRANSFER_UNKNOWN', reason, since: at } satisfies Attention],
      });
    },
    async settle(transferId, act) {
      const known = await find(transferId);
      if (known === undefined || known.settled !== undefined) return false;
      const event: UnknownTransferEvent = { type: 'person-acted', at: clock.now(), ...act };
      const { kind } = await journal.append({
        recordId: recordIdOf(transferId),
        kind: UNKNOWN_TRANSFER_KIND,
        label: transferId,
        expectedVersion: known.version,
        events: [event],
        open: false,
        attention: [],
      });
      return kind === 'appended';
    },
  };
}

function finalWordOf(operation: string, body: unknown): { says: FinalState; errorCode?: string } | undefined {
  if (operation === 'PUT /transfers/error') {
    const { errorCode } = (body as ErrorBody).errorInformation;
    return errorCode.startsWith('33') ? { says: 'ABORTED', errorCode } : undefined;
  }
  if (operation !== 'PUT /transfers' && operation !== 'PATCH /transfers') return undefined;
  const { transferState } = body as TransfersIdPatchResponse;
  return transferState === 'COMMITTED' || transferState === 'ABORTED' ? { says: transferState } : undefined;
}

function unknownTransferOf({ events }: StoredRecord): UnknownTransfer | undefined {
  const [said, ...acts] = events as unknown as readonly UnknownTransferEvent[];
  if (said?.type !== 'hub-said') return undefined;
  const { transferId, says, at } = said;
  return { transferId, says, at, settled: acts.find((act) => act.type === 'person-acted'), version: events.length };
}
