import type { RestoredMark, RestoreSign } from './mark.ts';

/** What can be asked of a journal that is just being opened. */
export interface OpeningJournal {
  /** The last restore that is known already. */
  readonly mark: RestoredMark | undefined;
  /** The hash of a writer's batch in the chain; undefined: there is no such batch. */
  hashOf(writer: string, number: number): Promise<string | undefined>;
}

/** Whether a journal that is just being opened is an older copy: then it is marked before anything else is done with it. Undefined: nothing says so. */
export type SeesRestore = (journal: OpeningJournal) => Promise<RestoreSign | undefined>;
