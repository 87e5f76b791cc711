import { errorBody } from '@payment-manager/fspiop';
import type { TransportCode } from '@payment-manager/runtime';
import type { Refusal } from './core-door.ts';

/** The five things that a core is asked for. */
export type CoreOperation = 'party' | 'quote' | 'transfer' | 'notify' | 'ask';

/** Statuses of the 4xx class that say nothing about whether the core did it: time-out, conflict, too early, too many (docs/money-rules.md, 1). */
const UNDECIDED_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** The core, or a gateway before it, does not know us: a mistake in our installation and no word about a party or quote. */
const ACCESS_STATUSES: ReadonlySet<number> = new Set([401, 403, 407]);

/**
 * What a 4xx without an FSPIOP code means. The field's cores answer 404 for an unknown party, and any 4xx when they
 * will not price or take a transfer; a peer gets the code of that refusal (docs/protocol.md, 11).
 */
const CODE_OF_CLIENT_ERROR: Readonly<Record<CoreOperation, string>> = {
  party: '3204',
  quote: '5103',
  transfer: '5105',
  notify: '5105',
  ask: '2001',
};

/** What the peer is told when the core could not be asked, and whether a *read* is worth another try at once. */
export const TRANSPORT_FAILURES: Readonly<Record<TransportCode, { readonly code: string; readonly repeatRead: boolean }>> = {
  DNS_FAILED: { code: '2003', repeatRead: true },
  CONNECT_REFUSED: { code: '2003', repeatRead: true },
  CONNECT_FAILED: { code: '2003', repeatRead: true },
  CONNECTION_LOST: { code: '2003', repeatRead: true },
  CONNECT_TIMEOUT: { code: '2003', repeatRead: false },
  POOL_EXHAUSTED: { code: '2003', repeatRead: false },
  TOKEN_UNAVAILABLE: { code: '2003', repeatRead: false },
  CLIENT_CLOSED: { code: '2003', repeatRead: false },
  ANSWER_TIMEOUT: { code: '2004', repeatRead: false },
  TLS_UNTRUSTED_SERVER: { code: '2001', repeatRead: false },
  TLS_CLIENT_REFUSED: { code: '2001', repeatRead: false },
  TLS_FAILED: { code: '2001', repeatRead: false },
  ANSWER_TOO_LARGE: { code: '2001', repeatRead: false },
  ANSWER_MALFORMED: { code: '2001', repeatRead: false },
  REQUEST_INVALID: { code: '2001', repeatRead: false },
};

/** A refusal that is valid whatever it is made of: description cut to 128, blank → the code's standard text. */
export function refusal(code: string, description?: string): Refusal {
  const { errorCode, errorDescription } = errorBody(code, description).errorInformation;
  return { code: errorCode, description: errorDescription };
}

/** The core's own words for a code of its own; they go to the peer, as the SDK's do. */
export function coreRefusal(code: string, description: string | undefined): Refusal {
  return refusal(code, description?.replaceAll(/\p{Cc}+/gu, ' '));
}

/** 3xxx to 5xxx: the core said no. Other codes (1xxx, 2xxx) say that something went wrong on the way. */
export function isRefusalCode(code: string): boolean {
  return code >= '3000' && code <= '5999';
}

/** A 4xx that is a no by itself (docs/money-rules.md, 1). */
export function isDecidedClientError(status: number): boolean {
  return status >= 400 && status < 500 && !UNDECIDED_STATUSES.has(status);
}

/** The refusal of a money call that a decided 4xx without an FSPIOP code makes. */
export function clientErrorRefusal(operation: CoreOperation): Refusal {
  return refusal(CODE_OF_CLIENT_ERROR[operation]);
}

/**
 * What a read that got no usable answer tells the peer. A decided 4xx refuses in the operation's own terms; being kept
 * out (401, 403, 407) is our trouble and 2001; 503 and 429 are 2003, 408 and 504 are 2004, all else is 2001.
 */
export function readRefusal(operation: CoreOperation, status: number): { readonly refusal: Refusal; readonly rejected: boolean } {
  const rejected = isDecidedClientError(status) && !ACCESS_STATUSES.has(status) && operation !== 'ask';
  if (rejected) return { refusal: clientErrorRefusal(operation), rejected };
  if (status === 503 || status === 429) return { refusal: refusal('2003'), rejected };
  if (status === 408 || status === 504) return { refusal: refusal('2004'), rejected };
  return { refusal: refusal('2001'), rejected };
}
