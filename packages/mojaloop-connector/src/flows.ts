/** The pure flows as they are, for who examines them without an engine: the simulator's checkers and its explorer. */
export type { Action, Decision, Flow, Input, Interrupted, Projection } from '@payment-manager/engine';
export { allowedPayeeActions } from './payee/decide-person.ts';
export type { PayeeEvent } from './payee/events.ts';
export {
  conditionClaim,
  type PayeeFlow,
  payeeFlow,
  quoteClaim as payeeQuoteClaim,
  transferClaim as payeeTransferClaim,
} from './payee/flow.ts';
export type { PayeeInput } from './payee/inputs.ts';
export type { PayeeAction } from './payee/owed.ts';
export type { PayeeStage, PayeeState } from './payee/state.ts';
export { allowedPayerActions } from './payer/decide-person.ts';
export type { PayerEvent } from './payer/events.ts';
export { idempotencyClaim, type PayerFlow, payerFlow, quoteClaim as payerQuoteClaim } from './payer/flow.ts';
export type { CallbackFrom, PayerInput } from './payer/inputs.ts';
export type { PayerAction } from './payer/owed.ts';
export type { PayerStage, PayerState } from './payer/state.ts';
export type { SendAction, SendOutcome, TimerAction } from './transfer/message.ts';
export type { AllowedAction, FinalState, PersonAction, PersonInput } from './transfer/person.ts';
