import type { Decision } from '../../engine/flow.ts';
import type { PayerEvent } from './events.ts';
import type { PayerAction } from './owed.ts';

export type PayerDecision = Decision<PayerEvent, PayerAction>;
export const NOTHING: PayerDecision = { events: [] };
