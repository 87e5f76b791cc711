import { transferError } from '../payee/callbacks.ts';
import type { PayerState } from '../payer/state.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Message } from '../transfer/message.ts';
import type { Asked } from '../transfer/stored-messages.ts';

/**
 * What a payee FSP (or the hub) that asks `GET /transfers/{id}` of a payment of ours is told: Mojaloop SDKs ask the payer's FSP
 * when their notification does not come. Undefined: it is none of their business, or nothing was prepared.
 */
export function payerStateCallback(settings: ConnectorSettings, state: PayerState | undefined, asked: Asked): Message | undefined {
  if (state?.prepare === undefined || (asked.source !== state.destination && asked.source !== settings.hubId)) return undefined;
  const message = (body: object): Message => ({
    operation: 'PUT /transfers',
    path: `/transfers/${state.transferId}`,
    destination: asked.source,
    version: asked.version,
    body,
    trace: asked.trace,
  });
  if (state.stage === 'completed' && state.fulfil !== undefined) {
    const { transferState, fulfilment, completedTimestamp } = state.fulfil;
    return message({
      transferState,
      ...(fulfilment !== undefined && { fulfilment }),
      ...(completedTimestamp !== undefined && { completedTimestamp }),
    });
  }
  if (state.stage === 'failed' && state.errorInformation !== undefined)
    return transferError(state.transferId, asked, state.errorInformation);
  return message({ transferState: 'RESERVED' });
}
