import type { ReasonCode } from '../condition.ts';

/** What can go wrong on the way to the Connection Manager. */
export type FaultCode = Extract<
  ReasonCode,
  'UNREACHABLE' | 'TLS' | 'TOKEN' | 'REFUSED' | 'NOT_FOUND' | 'INVALID' | 'SERVER_ERROR' | 'GARBAGE'
>;

/** A call that failed: what happened, and what to do. No secrets. */
export class ConnectionFault extends Error {
  readonly code: FaultCode;
  readonly nextStep: string;
  /** Every single complaint of the server, one line each. */
  readonly complaints: readonly string[];
  /** The server asked not to be called for so long. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FaultCode, message: string, nextStep: string, complaints: readonly string[] = [], retryAfterMs?: number) {
    super(message);
    this.name = 'ConnectionFault';
    this.code = code;
    this.nextStep = nextStep;
    this.complaints = complaints;
    this.retryAfterMs = retryAfterMs;
  }
}
