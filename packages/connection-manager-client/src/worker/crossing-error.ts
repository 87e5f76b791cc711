import { VaultError, type VaultErrorCode } from '@payment-manager/vault/error';
import { ConnectionFault } from '../api/connection-fault.ts';
import { kindOf } from '../failure.ts';
import type { CrossingError } from './protocol.ts';

/** An error as it crosses from one thread to another: only those that are made for people keep their words. */
export function packed(error: unknown): CrossingError {
  if (error instanceof ConnectionFault) {
    const { code, message, nextStep, complaints, retryAfterMs } = error;
    return { kind: 'fault', code, message, nextStep, complaints, retryAfterMs };
  }
  if (error instanceof VaultError) return { kind: 'vault', code: error.code, message: error.message };
  return { kind: 'defect', message: kindOf(error) };
}

/** The same error on the other side. */
export function unpacked(error: CrossingError): Error {
  if (error.kind === 'fault') return new ConnectionFault(error.code, error.message, error.nextStep, error.complaints, error.retryAfterMs);
  if (error.kind === 'vault') return new VaultError(error.code as VaultErrorCode, error.message);
  return new Error(error.message);
}
