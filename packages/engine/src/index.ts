export * from './engine.ts';
export type * from './flow.ts';
export type { Delivery } from './inbox.ts';
