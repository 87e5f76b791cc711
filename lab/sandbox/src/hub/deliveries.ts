import type { HttpOutcome, World } from '@payment-manager/runtime';
import type { Sender } from '../faults/faulty-sender.ts';
import { type HubIdentity, type OwedMessage, toWire } from './hub-message.ts';

/** How often and how long the hub tries. */
export interface DeliveryPolicy {
  /** One HTTP exchange with a participant. */
  readonly httpTimeoutMs: number;
  /** Attempts for one message before it is given up. */
  readonly attemptsMax: number;
  /** First pause; doubles up to `pauseMsMax`. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  /** Messages under way at once; above it the hub takes no new requests. */
  readonly underWayMax: number;
}

/** What became of a message: acknowledged, refused with a 4xx (never sent again, docs/protocol.md, 10), or given up. */
export type DeliveryOutcome =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: 'given-up'; readonly reason: string };

export interface DeliveryParts extends Pick<World, 'clock' | 'timers' | 'signatures' | 'log'> {
  readonly send: Sender;
  readonly identity: HubIdentity;
  readonly endpointOf: (fspId: string) => string | undefined;
  readonly policy: DeliveryPolicy;
}

/** Sends messages until they are acknowledged. */
export interface Deliveries {
  /** Never rejects. `attemptsMax` below the policy's: for requests whose sender waits for an answer. */
  deliver(owed: OwedMessage, attemptsMax?: number): Promise<DeliveryOutcome>;
  /** Messages under way. */
  readonly underWay: number;
  /** New work is shed. */
  readonly isFull: boolean;
  /** Twice as much as that: everything is shed. What is left free until then is for open transfers (docs/money-rules.md, 9). */
  readonly isOverfull: boolean;
  /** Gives everything up that waits for its next attempt. */
  stop(): void;
}

/** Makes the hub's sending side. */
export function deliveries(parts: DeliveryParts): Deliveries {
  const waiting = new Set<() => void>();
  let underWay = 0;
  let stopped = false;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const go = (): void => {
        timer.cancel();
        waiting.delete(go);
        resolve();
      };
      const timer = parts.timers.after(ms, go);
      waiting.add(go);
    });
  return {
    async deliver(owed, attemptsMax = parts.policy.attemptsMax) {
      underWay += 1;
      try {
        let reason = 'stopped';
        let pauseMs = parts.policy.pauseMs;
        if (isTooLate(parts, owed, 0)) return { kind: 'given-up', reason: 'too late' };
        for (let attempt = 1; !stopped; attempt++) {
          const outcome = await attemptOnce(parts, owed);
          if (outcome.kind !== 'given-up') return outcome;
          reason = outcome.reason;
          if (attempt >= attemptsMax || isTooLate(parts, owed, pauseMs)) break;
          await pause(pauseMs);
          pauseMs = Math.min(pauseMs * 2, parts.policy.pauseMsMax);
        }
        return { kind: 'given-up', reason };
      } finally {
        underWay -= 1;
      }
    },
    get underWay() {
      return underWay;
    },
    get isFull() {
      return underWay >= parts.policy.underWayMax;
    },
    get isOverfull() {
      return underWay >= 2 * parts.policy.underWayMax;
    },
    stop() {
      stopped = true;
      for (const go of [...waiting]) go();
    },
  };
}

function isTooLate(parts: DeliveryParts, owed: OwedMessage, pauseMs: number): boolean {
  return owed.until !== undefined && parts.clock.now() + pauseMs >= owed.until;
}

/** One attempt; `given-up` means here: not acknowledged, may be tried again. */
async function attemptOnce(parts: DeliveryParts, owed: OwedMessage): Promise<DeliveryOutcome> {
  const endpoint = parts.endpointOf(owed.to);
  if (endpoint === undefined) return { kind: 'given-up', reason: 'the receiver has no endpoint' };
  const wire = await toWire(owed.message, owed.to, parts.identity, parts.clock, parts.signatures);
  const { operation } = owed.message;
  const outcome: HttpOutcome = await parts.send(
    {
      method: wire.method,
      url: endpoint + wire.target,
      headers: wire.headers,
      ...(wire.body !== undefined && { body: wire.body }),
      timeoutMs: parts.policy.httpTimeoutMs,
    },
    { operation, direction: 'out', fspId: owed.to },
  );
  if (outcome.kind === 'failed') return logged(parts, owed, outcome.code);
  if (outcome.status >= 200 && outcome.status < 300) return { kind: 'acknowledged' };
  const reason = logged(parts, owed, `HTTP ${outcome.status}`);
  return outcome.status >= 400 && outcome.status < 500 ? { kind: 'refused', status: outcome.status, body: outcome.body } : reason;
}

function logged(parts: DeliveryParts, owed: OwedMessage, reason: string): DeliveryOutcome {
  parts.log.warn('a message was not acknowledged', { operation: owed.message.operation, to: owed.to, reason });
  return { kind: 'given-up', reason };
}
