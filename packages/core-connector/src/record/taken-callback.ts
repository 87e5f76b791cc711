import type { HttpHandler } from '@payment-manager/runtime';
import type { RunningConnector } from './settings.ts';

/** A callback that was taken. */
export interface TakenCallback {
  readonly running: RunningConnector;
  readonly callback: string;
  readonly transferId: string;
  /** When it came. Wall clock, milliseconds since the epoch. */
  readonly at: number;
  readonly request: Parameters<HttpHandler>[0];
}
