export * from './backing-up.ts';
export * from './copies.ts';
