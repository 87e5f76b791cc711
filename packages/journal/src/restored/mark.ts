import type { Append, Attention, Claim, JournalEvent, StoredRecord } from '../record.ts';

/** How it was found that a journal is older than what it had acknowledged. */
export type RestoreSign = {
  /**
   * `restore`: `./pm restore` put a copy in its place. `restored`: a person says so. `anchor`: an anchor reaches further than the journal.
   * `lost-batch`: a writer did not find what it had acknowledged.
   */
  readonly sign: 'restore' | 'restored' | 'anchor' | 'lost-batch';
  /** For people: what was seen. */
  readonly reason: string;
  /** Who says so; absent: the product itself. */
  readonly by?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
};

/** What happened to a mark. */
export type MarkEvent =
  | ({ type: 'restored'; lastEventAt: number } & RestoreSign)
  /** A report was read in, as far as `part` says: the last part makes it count. */
  | { type: 'report-read'; at: number; by: string; from: 'hub' | 'core'; transfers: number; made: number; digest: string }
  | { type: 'nothing-missing'; at: number; by: string; reason: string }
  | { type: 'mark-lifted'; at: number; by: string; reason: string };

/** A restore, as far as it is known. */
export interface RestoredMark {
  /** 1 for the first. */
  readonly number: number;
  readonly sign: RestoreSign['sign'];
  readonly reason: string;
  /** When it was set, and later than what the copy has: everything in the journal that is older was in the copy. */
  readonly at: number;
  /** Time of the latest event that the copy had; 0: it had none. What was paid between then and `at` is not in the journal. */
  readonly lastEventAt: number;
  /** Reports that were read in, and the word of a person that there was nothing; one is needed to lift it. */
  readonly accounted: boolean;
  readonly lifted: { readonly at: number; readonly by: string; readonly reason: string } | undefined;
  readonly version: number;
}

/** The marks of a journal: what is known of its restores, and what a person does about the last one. */
export interface JournalMark {
  /** The last restore, lifted or not, as this process knows it; undefined: there was none. */
  last(): RestoredMark | undefined;
  /** The same, while nobody has lifted it. */
  standing(): RestoredMark | undefined;
  /** Looks again; another process may have lifted it. */
  refresh(): Promise<void>;
  /** Adds to the last mark. False: another change came first, or it does not stand; look again. */
  change(event: Exclude<MarkEvent, { type: 'restored' }>): Promise<boolean>;
}

/** The kind of these records. */
export const MARK_KIND = 'restored';
/** What people see while it stands. */
export const RESTORED_CODE = 'JOURNAL_RESTORED';

/** The nth mark's record. */
export const markId = (number: number): string => `restored-${number}`;
/** Claims are counted to know how many restores there were. */
export const markClaim = (number: number): Claim => ({ kind: MARK_KIND, scope: '', value: String(number) });

/** Reads a mark from its record. */
export function markOf(number: number, { events }: StoredRecord): RestoredMark {
  let mark: RestoredMark = {
    number,
    sign: 'restored',
    reason: '',
    at: 0,
    lastEventAt: 0,
    accounted: false,
    lifted: undefined,
    version: events.length,
  };
  for (const event of events as unknown as readonly MarkEvent[]) {
    if (event.type === 'restored') mark = { ...mark, sign: event.sign, reason: event.reason, at: event.at, lastEventAt: event.lastEventAt };
    else if (event.type === 'mark-lifted') mark = { ...mark, lifted: { at: event.at, by: event.by, reason: event.reason } };
    else mark = { ...mark, accounted: true };
  }
  return mark;
}

/** A clock that was ahead by more than this was wrong; if its times counted, what is new would be taken for old until then. */
const AHEAD_MAX_MS = 86_400_000;

/** What sets the nth mark. */
export function markAppend(number: number, sign: RestoreSign, lastEventAt: number): Append {
  // the clock of whoever wrote the copy may have been ahead of ours: what is in it is from before all the same
  const at = Math.max(sign.at, Math.min(lastEventAt + 1, sign.at + AHEAD_MAX_MS));
  const event: MarkEvent = { type: 'restored', lastEventAt, ...sign, at };
  return {
    recordId: markId(number),
    kind: MARK_KIND,
    label: markId(number),
    expectedVersion: 0,
    events: [event as JournalEvent],
    claims: [markClaim(number)],
    open: false,
    attention: [attentionOf({ ...sign, at })],
  };
}

/** What a person does to a mark that stands. */
export function markChange(mark: RestoredMark, event: Exclude<MarkEvent, { type: 'restored' }>): Append {
  return {
    recordId: markId(mark.number),
    kind: MARK_KIND,
    label: markId(mark.number),
    expectedVersion: mark.version,
    events: [event as JournalEvent],
    open: false,
    attention: event.type === 'mark-lifted' ? [] : [attentionOf(mark)],
  };
}

function attentionOf({ reason, at }: Pick<RestoreSign, 'reason' | 'at'>): Attention {
  return { level: 'exception', code: RESTORED_CODE, reason: `the journal is an older copy: ${reason}. No new payment is taken`, since: at };
}
