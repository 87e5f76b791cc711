import { type ErrorInformation, errorBody, formatDateTime } from '@payment-manager/fspiop';
import type { HubMessage } from './hub-message.ts';
import type { HubTransfer } from './transfer.ts';

/** `PUT /transfers/{id}/error` with the hub as source. */
export function errorMessage(transferId: string, version: string, error: ErrorInformation): HubMessage {
  return {
    kind: 'own',
    operation: 'PUT /transfers/error',
    path: `/transfers/${transferId}/error`,
    version,
    body: { errorInformation: error },
  };
}

/** An error with a standard or a given text. */
export function errorOf(code: string, description?: string): ErrorInformation {
  return errorBody(code, description).errorInformation;
}

/** `PATCH /transfers/{id}`: the outcome for a payee that reserved. */
export function patchMessage(transferId: string, version: string, transferState: 'COMMITTED' | 'ABORTED', at: number): HubMessage {
  const body = { completedTimestamp: formatDateTime(at), transferState };
  return { kind: 'own', operation: 'PATCH /transfers', path: `/transfers/${transferId}`, version, body };
}

/**
 * `PUT /transfers/{id}` by the hub: the outcome for a payer whose payee only reserved, and the answer to GET. The fulfilment
 * is shown only once committed.
 */
export function stateMessage(transfer: HubTransfer, version: string): HubMessage {
  const { transferId, state, fulfil, completedAt } = transfer;
  const committed = state === 'COMMITTED';
  const timestamp = fulfil?.completedTimestamp ?? (completedAt === undefined ? undefined : formatDateTime(completedAt));
  const body = {
    transferState: state,
    ...(committed && fulfil?.fulfilment !== undefined && { fulfilment: fulfil.fulfilment }),
    ...(committed && timestamp !== undefined && { completedTimestamp: timestamp }),
  };
  return { kind: 'own', operation: 'PUT /transfers', path: `/transfers/${transferId}`, version, body };
}
