import type { BusinessDaySettings } from '@payment-manager/runtime';
import type { ReadModelSource } from './source.ts';

/** What the feeder's thread is started with. */
export interface FeedStart {
  readonly source: ReadModelSource;
  readonly businessDay: BusinessDaySettings;
  /** Whether it feeds from the beginning on. */
  readonly leads: boolean;
}

/** `stored`: the journal has something new. `lead`, `wait`: whether this process feeds. */
export type ToFeeder = 'stored' | 'lead' | 'wait' | 'close';

/** How feeding stands. */
export interface FeedStatus {
  /** `waiting`: another replica feeds. `failing`: the last try failed, and it is tried again. */
  readonly state: 'following' | 'building' | 'waiting' | 'failing';
  /** Age of the oldest change that is not in the rows, milliseconds. */
  readonly behindMs: number;
  /** While rows are made anew: how much is done, from 0 to 1. */
  readonly built?: number;
  /** Why it fails. */
  readonly reason?: string;
  /** Rows written since the thread began. */
  readonly rows: number;
}
