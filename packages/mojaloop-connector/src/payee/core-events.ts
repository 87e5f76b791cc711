import { formatDateTime, isDateTime, parseDateTime } from '@payment-manager/fspiop';
import type { CoreTransfer, Refusal } from '../core-client/core-door.ts';
import type { PayeeEvent } from './events.ts';
import type { PayeeSettings } from './settings.ts';

/** The start of a call, durable before its first byte. The call ends a skew before the transfer does (docs/money-rules.md, 1, 3). */
export function startTransfer(settings: PayeeSettings, attempt: number, expiration: number, now: number): PayeeEvent {
  return {
    type: 'core-transfer-started',
    at: now,
    attempt,
    deadline: Math.min(now + settings.timeouts.backendMs, expiration - settings.clockSkewMs),
  };
}

/** The core's no, which the hub is told. */
export function refused(refusal: Refusal, now: number): PayeeEvent {
  return { type: 'core-transfer-refused', at: now, errorInformation: { errorCode: refusal.code, errorDescription: refusal.description } };
}

/** The fulfilment is the hub's to know from here on; what the core said goes with it. */
export function fulfil(transferState: 'RESERVED' | 'COMMITTED', value: CoreTransfer, now: number): PayeeEvent {
  const told = value.completedTimestamp;
  // a timestamp in the future would be refused by the hub (docs/protocol.md, 7.2)
  const usable = told !== undefined && isDateTime(told) && parseDateTime(told) <= now;
  const event = { type: 'fulfil-decided', at: now, transferState, completedTimestamp: usable ? told : formatDateTime(now) } as const;
  if (value.extensionList === undefined || value.extensionList.extension.length === 0) return event;
  return { ...event, extensionList: { extension: [...value.extensionList.extension] } };
}
