import type { PostgresDriver } from '@payment-manager/database';
import type { VirtualTime } from '@payment-manager/runtime';
import type { Chance } from '../../chance.ts';
import type { Life } from '../life.ts';
import type { BatchAppend } from './batch-columns.ts';
import { Connections } from './connections.ts';
import { noLeases } from './leases.ts';
import { noMail } from './mail.ts';
import { Performing } from './performing.ts';
import type { DatabaseFlaw } from './statements.ts';
import { emptyTables } from './tables.ts';

export interface PostgresParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly flaw: DatabaseFlaw | undefined;
  /** Called for each append in the instant in which it is durable; `fenced`: its writer had no right to it any more. */
  readonly onDurable: (one: BatchAppend, epoch: string, fenced: boolean) => void;
  readonly isCalm: () => boolean;
}

/**
 * A PostgreSQL with one journal in it, as far as the product sees it: connections, statements by their names, leases, notices.
 * Everything on the product's side of a connection is the product's own code.
 */
export interface SimulatedPostgres {
  /** How a process connects; `who` names it. */
  driver(life: Life, who: string): PostgresDriver;
  setFull(full: boolean): void;
  /** The server is gone: connections break, new ones are refused. */
  setUnreachable(unreachable: boolean): void;
  /** A process is cut off: nothing it asks is answered. */
  setCut(who: string, cut: boolean): void;
  /** The answer of the nth batch from now on is lost with its connection. */
  loseCommit(nth: number): void;
  hasEnded(epoch: string): boolean;
  ownerOf(recordId: string, eventType: string): string | undefined;
  /** Statements that wait for their turn. */
  readonly waiting: number;
}

/** Makes an empty server. */
export function simulatedPostgres(parts: PostgresParts): SimulatedPostgres {
  const { time } = parts;
  const leases = noLeases(() => time.monotonic());
  const tables = emptyTables();
  const mail = noMail(() => time.monotonic());
  const connections = new Connections(time, (connection, query) => performing.perform(connection, query));
  const performing = new Performing(parts, connections, { leases, tables, mail, flaw: parts.flaw, onStored: parts.onDurable });
  return {
    driver: (life, who) => ({ client: () => connections.client(life, who), pool: () => connections.pool(life, who) }),
    setFull(full) {
      performing.full = full;
    },
    setUnreachable: (unreachable) => connections.setUnreachable(unreachable),
    setCut: (who, isCut) => connections.setCut(who, isCut),
    loseCommit: (nth) => performing.loseCommit(nth),
    hasEnded: (epoch) => leases.hasEnded(epoch),
    ownerOf: (recordId, eventType) => tables.ownerOf(recordId, eventType),
    get waiting() {
      return connections.statements;
    },
  };
}
