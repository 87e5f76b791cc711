/** The flow of our customers' payments as it is, for who examines it without an engine: the simulator's explorer. */
export type { SendEvent } from './events.ts';
export { type SendFlow, sendFlow } from './flow.ts';
export type { SendAction, SendInput } from './inputs.ts';
export type { SendSettings } from './settings.ts';
export type { SendState } from './state.ts';
