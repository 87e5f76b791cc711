/** Something that happened outside of any payment, or that a payment's record does not keep: as the operations API and the webhook tell it. */
export interface AlarmEntry {
  readonly id: string;
  readonly level: 'alarm';
  readonly code: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** It happened once and does not end. */
  readonly momentary?: true;
}
