import { VaultError } from '@payment-manager/vault/error';
import { ConnectionFault } from './api/connection-fault.ts';
import type { Standing } from './condition.ts';

/** What a failed pass says of its artefact. Only errors that are made for people are quoted; others may hold anything. */
export function standingAfter(error: unknown): Standing {
  if (error instanceof ConnectionFault) {
    const { code, message, nextStep, complaints } = error;
    return { state: 'Failed', reason: code, message, nextStep, ...(complaints.length > 0 ? { details: complaints } : {}) };
  }
  if (error instanceof VaultError && error.code === 'VAULT_REQUEST_INVALID')
    return {
      state: 'Failed',
      reason: 'CONFIGURATION_INCOMPLETE',
      message: error.message,
      nextStep: 'Mend the configured subject, host names or addresses, and start again.',
    };
  if (error instanceof VaultError)
    return {
      state: 'Failed',
      reason: 'VAULT_FAILED',
      message: `${error.code}: ${error.message}`,
      nextStep:
        error.code === 'VAULT_REFUSED'
          ? "Let who keeps the vault's server mend what the message names; it is tried again."
          : `See ${error.code} among the vault's errors (docs/errors.md); it is tried again.`,
    };
  return {
    state: 'Failed',
    reason: 'DEFECT',
    message: `The client failed (${kindOf(error)}).`,
    nextStep: 'Report this with the log; it is tried again.',
  };
}

/** Kind and place of an error, without its message, which may quote a key. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const place = /\(?[^\s(]*?([\w.-]+\.ts:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1];
  return place === undefined ? error.name : `${error.name} at ${place}`;
}
