import type { Decision } from '@payment-manager/engine';
import type { PayerEvent } from './events.ts';
import type { PayerAction } from './owed.ts';

export type PayerDecision = Decision<PayerEvent, PayerAction>;
export const NOTHING: PayerDecision = { events: [] };
