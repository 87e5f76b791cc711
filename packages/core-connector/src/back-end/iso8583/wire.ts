import type { Timers } from '@payment-manager/runtime';
import type { HostAddress } from './host-address.ts';

/** A connection to a host. */
export interface Wire {
  write(bytes: Uint8Array): void;
  /** Nothing more comes, and `closed` is not told. */
  close(): void;
}

/** What a connection tells. */
export interface WireEvents {
  data(bytes: Uint8Array): void;
  /** Once, with why. */
  closed(reason: string): void;
}

/** Opens a connection within so many milliseconds. @throws WireFailed */
export type OpenWire = (address: HostAddress, connectMs: number, timers: Timers, events: WireEvents) => Promise<Wire>;

/** There is no connection: no byte of a message has left. */
export class WireFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireFailed';
  }
}
