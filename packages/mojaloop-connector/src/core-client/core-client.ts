/** What another implementation of the door to the core needs: its types, how its answers are read, and how its requests are written. */

export { isFromBefore, type Restored, restoredOf } from '../transfer/restored.ts';
export { type AnswerReaders, answerReaders } from './core-answers.ts';
export { quoteRequestBody, transferRequestBody } from './core-bodies.ts';
export type * from './core-door.ts';
export { coreRefusal } from './core-refusal.ts';
