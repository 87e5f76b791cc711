/** What another implementation of the door to the core needs: its types, how its answers are read, and how its requests are written. */

export { idsOfMessage } from '../transfer/message-ids.ts';
export { fromFspiopParty, toFspiopParty } from '../transfer/party.ts';
export type { PaymentRequest, TransferParty } from '../transfer/payer-door.ts';
export { isSeen } from '../transfer/person.ts';
export { isFromBefore, type Restored, restoredOf } from '../transfer/restored.ts';
export { type SaidFact, saidFact } from '../transfer/said-fact.ts';
export { type Breaker, type BreakerMode, CLOSED, cameBack, letThrough, MODE_VALUES, modeOf } from './breaker.ts';
export type * from './core-door.ts';
export { type AnswerReaders, answerReaders, quoteRequestBody, transferRequestBody } from './core-messages.ts';
export { coreRefusal, GATEWAY_STATUSES } from './core-outcome.ts';
