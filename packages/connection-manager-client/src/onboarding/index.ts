export * from './manual-steps.ts';
export * from './phases.ts';
export * from './progress.ts';
export * from './promotion.ts';
export * from './wanted-of.ts';
