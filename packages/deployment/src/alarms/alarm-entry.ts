/** What somebody on duty needs of an alarm. */
export interface AlarmEntry {
  /** `stands`: it ends by itself or when it is mended; `once`: it happened, and does not end. */
  readonly kind: 'stands' | 'once';
  /** What has happened, what it means for payments, and when it ends. */
  readonly means: string;
  /** How to look: commands and places. */
  readonly look: readonly string[];
  /** What to do. */
  readonly act: readonly string[];
}

/** By code. A test compares the codes and kinds with those of the product. */
export type AlarmEntries = Readonly<Record<string, AlarmEntry>>;
