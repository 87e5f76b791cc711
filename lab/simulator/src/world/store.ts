import { type Append, type Journal, openPostgresJournal } from '@payment-manager/journal';
import type { VirtualTime, World } from '@payment-manager/runtime';
import type { Chance } from '../chance.ts';
import type { Owners } from '../check/owners.ts';
import type { Life } from './life.ts';
import { simulatedPostgres } from './postgres/server.ts';
import type { DatabaseFlaw } from './postgres/statements.ts';
import { errorsOnly } from './quiet.ts';

/** Who opens a store: a process. */
export interface StoreClient extends Pick<World, 'clock' | 'timers'> {
  readonly life: Life;
  /** Its name among the replicas; no other process ever has it. */
  readonly who: string;
  /** What is in memory counts no more: the process has to exit (docs/money-rules.md, 8). */
  readonly onFatal: (why: string) => void;
}

/** Where the journal of a DFSP is kept, and what can happen to it. */
export interface SimulatedStore extends Owners {
  /** The journal as a process sees it; one that dies gets no more answers. @throws what the journal says when it is out of reach */
  open(client: StoreClient): Promise<Journal>;
  /** While it is full commits fail; while it is out of reach, reads too. */
  setFull(full: boolean): void;
  setUnreachable(unreachable: boolean): void;
  /** One process is cut off from it, or not any more. */
  setCut(who: string, cut: boolean): void;
  /** What becomes of the nth commit from now on is not told. */
  loseCommit(nth: number): void;
  /** What waits for it. */
  readonly waiting: number;
}

export interface StoreParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly isCalm: () => boolean;
  /** Called for each append in the instant in which it has become durable; `fenced`: its writer had no right to it any more, `by`: for people. */
  readonly onDurable: (append: Append, written: { readonly by: string; readonly fenced: boolean }) => void;
}

/** A PostgreSQL that several replicas share. Everything on their side of the connection is the product's own code. */
export function sharedStore(parts: StoreParts, flaw: DatabaseFlaw | undefined): SimulatedStore {
  const server = simulatedPostgres({
    ...parts,
    flaw,
    onDurable: ({ append }, epoch, fenced) => parts.onDurable(append, { by: ` (replica ${epoch})`, fenced }),
  });
  const quiet = errorsOnly(() => {});
  return {
    open: ({ life, who, clock, timers, onFatal }) =>
      openPostgresJournal({
        url: 'postgres://simulated/payments',
        replicaId: who,
        driver: server.driver(life, who),
        clock,
        timers,
        log: quiet,
        onFatal: (error) => onFatal(error.code),
      }),
    setFull: server.setFull,
    setUnreachable: server.setUnreachable,
    setCut: server.setCut,
    loseCommit: server.loseCommit,
    isFenced: server.hasEnded,
    ownerOf: server.ownerOf,
    get waiting() {
      return server.waiting;
    },
  };
}
