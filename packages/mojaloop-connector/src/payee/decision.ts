import type { Decision } from '@payment-manager/engine';
import type { PayeeEvent } from './events.ts';
import type { PayeeAction } from './owed.ts';

export type PayeeDecision = Decision<PayeeEvent, PayeeAction>;
export const NOTHING: PayeeDecision = { events: [] };
