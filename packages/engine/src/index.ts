export type { Delivery } from './delivery.ts';
export * from './engine.ts';
export type * from './flow.ts';
