/** A thing that is kept: a user, a session, a key. Its body is JSON; what is secret in it is sealed or hashed by who puts it there. */
export interface Kept {
  readonly id: string;
  /** Grows with each change; what is compared before the next. 0: there is none. */
  readonly version: number;
  readonly body: string;
}

/** What one change makes of one thing. */
export interface Put {
  readonly kind: Kind;
  readonly id: string;
  /** The version that was read; 0: it must be new. */
  readonly seen: number;
  /** Undefined: it is removed. */
  readonly body: string | undefined;
  /** By which others are found, such as the sessions of one user. */
  readonly owner?: string;
  /** After this instant it counts for nothing, and is removed some time. Milliseconds since the epoch; absent: never. */
  readonly expires?: number;
}

export const KINDS = [
  'user',
  'session',
  'ticket',
  'link',
  'api-key',
  'attempts',
  'approval',
  'wish',
  'note',
  'setting',
  'day',
  'pull',
  'cap',
  'identity',
] as const;
export type Kind = (typeof KINDS)[number];

/** An entry of the audit log as it is asked to be stored: the text is what is chained, the rest is by what it is found. */
export interface NewEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** JSON with all of it, at most 16,384 characters. */
  readonly text: string;
}

export interface StoredEntry extends NewEntry {
  /** From 1 on, without a gap. */
  readonly seq: number;
  /** SHA-256 over the hash before it, its number and its text, in hexadecimal digits. */
  readonly hash: string;
}

/** Which entries, the newest first. */
export interface EntryQuery {
  /** Below this number; absent: from the newest on. */
  readonly below?: number;
  readonly limit: number;
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly from?: number;
  readonly to?: number;
}

/**
 * Where users, sessions, keys and the audit log are kept. A change and its entries are stored together or not at all, durably. Rejects with
 * DatabaseUnavailable.
 */
export interface ManagementStore {
  get(kind: Kind, id: string, now: number): Promise<Kept | undefined>;
  /** By id, at most 1,000; `after`: from the next id on. */
  list(
    kind: Kind,
    query: { readonly owner?: string; readonly after?: string; readonly limit: number; readonly now: number },
  ): Promise<readonly Kept[]>;
  /** @returns false: something was changed since it was read, and nothing was stored */
  change(puts: readonly Put[], entries: readonly NewEntry[], now: number): Promise<boolean>;
  entries(query: EntryQuery): Promise<readonly StoredEntry[]>;
  /** For proofs: the oldest first, from the one after `after` on. */
  chain(after: number, limit: number): Promise<readonly StoredEntry[]>;
  close(): Promise<void>;
}
