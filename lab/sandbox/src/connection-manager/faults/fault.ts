import { FLAWS, type Flaw } from '../certificates/hub-authority.ts';

/** What can go wrong on demand. */
export type ConnectionManagerFault =
  /** Refused with this status in the shape that the real server uses for it; nothing is done. */
  | { readonly kind: 'refuse'; readonly status: number; readonly message?: string }
  /** 200 with a page instead of JSON; nothing is done. */
  | { readonly kind: 'garbage' }
  /** Done, and answered 200 with content-length 0. */
  | { readonly kind: 'empty' }
  /** Never answered (the connection breaks after a minute); nothing is done. */
  | { readonly kind: 'silence' }
  /** Done and answered `ms` later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection breaks; nothing is done. */
  | { readonly kind: 'reset' }
  /** Done, and the connection breaks instead of an answer. */
  | { readonly kind: 'execute-then-reset' }
  /** Done, and the answer lacks this member: `rootCertificate` of GET /hub/ca. */
  | { readonly kind: 'without'; readonly member: string }
  /** A list is answered as an object. */
  | { readonly kind: 'not-a-list' }
  /** A list with entries that lack their members, that are null, and that come twice. */
  | { readonly kind: 'holes' }
  /** Done, and every PEM text of the answer is one over which readers of PEM take minutes. */
  | { readonly kind: 'odd-pem' }
  /** Done, and a list is answered with made-up entries after its own, up to `bytes`. */
  | { readonly kind: 'long-list'; readonly bytes: number }
  /** Done, and answered byte by byte, each `ms` after the one before it. */
  | { readonly kind: 'drip'; readonly ms: number }
  /** Done, and answered with white space that has no end. */
  | { readonly kind: 'endless' }
  /** What is wrong with the certificate that is signed next; the operation does not matter. */
  | { readonly kind: 'flaw'; readonly flaw: Flaw };

/** Which requests a fault strikes, and how. */
export interface ConnectionManagerFaultRule {
  /** `GET /hub/ca`, `POST /dfsps/{dfspId}/enrollments/inbound/{enId}/sign`, `POST /token`; `*`: all but token and health. */
  readonly operation: string;
  readonly fspId?: string;
  /** The first match that is struck, from 1. Default 1. */
  readonly nth: number;
  /** How many from there on; absent: all until the fault is removed. */
  readonly count?: number;
  readonly action: ConnectionManagerFault;
}

/** A fault that cannot be. */
export class ConnectionManagerFaultInvalid extends Error {}

const SIMPLE = ['garbage', 'empty', 'silence', 'reset', 'execute-then-reset', 'not-a-list', 'holes', 'odd-pem', 'endless'] as const;
const LONGEST_LIST_BYTES = 67_108_864;
const LONGEST_DELAY_MS = 600_000;

/** Reads a fault as an operator gives it. @throws ConnectionManagerFaultInvalid naming what is wrong */
export function parseFault(given: unknown): ConnectionManagerFaultRule {
  const { operation = '*', fspId, nth = 1, count, action } = objectOf(given, 'a fault');
  if (typeof operation !== 'string' || !/^(?:\*|(?:GET|POST|PUT|DELETE) \/\S*)$/.test(operation))
    throw new ConnectionManagerFaultInvalid('operation must be like "GET /hub/ca", or "*"');
  if (fspId !== undefined && typeof fspId !== 'string') throw new ConnectionManagerFaultInvalid('fspId must be a text');
  if (!isCount(nth) || (count !== undefined && !isCount(count)))
    throw new ConnectionManagerFaultInvalid('nth and count must be whole numbers from 1');
  return {
    operation,
    nth,
    action: parseAction(objectOf(action, 'action')),
    ...(fspId !== undefined && { fspId }),
    ...(count !== undefined && { count }),
  };
}

function parseAction({ kind, status, message, ms, member, flaw, bytes }: Readonly<Record<string, unknown>>): ConnectionManagerFault {
  const simple = SIMPLE.find((one) => one === kind);
  if (simple) return { kind: simple };
  if (kind === 'refuse' && Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599)
    return { kind, status: Number(status), ...(typeof message === 'string' && { message }) };
  if (kind === 'drip' && typeof ms === 'number' && ms >= 0 && ms <= LONGEST_DELAY_MS) return { kind, ms };
  if (kind === 'long-list' && isCount(bytes) && Number(bytes) <= LONGEST_LIST_BYTES) return { kind, bytes: Number(bytes) };
  if (kind === 'delay' && typeof ms === 'number' && ms >= 0 && ms <= LONGEST_DELAY_MS) return { kind, ms };
  if (kind === 'without' && typeof member === 'string') return { kind, member };
  const known = FLAWS.find((one) => one === flaw);
  if (kind === 'flaw' && known) return { kind, flaw: known };
  throw new ConnectionManagerFaultInvalid(
    `action.kind must be refuse {status 400-599}, delay {ms}, drip {ms}, long-list {bytes}, without {member}, flaw {flaw: ${FLAWS.join(' | ')}}, ${SIMPLE.join(', ')}`,
  );
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConnectionManagerFaultInvalid(`${name} must be an object`);
  return value as Readonly<Record<string, unknown>>;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1;
}
