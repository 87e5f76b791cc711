import type { Decision } from '../../engine/flow.ts';
import type { PayeeEvent } from './events.ts';
import type { PayeeAction } from './owed.ts';

export type PayeeDecision = Decision<PayeeEvent, PayeeAction>;
export const NOTHING: PayeeDecision = { events: [] };
