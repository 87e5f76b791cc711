export type { Delivery } from './cell.ts';
export * from './engine.ts';
export type * from './flow.ts';
