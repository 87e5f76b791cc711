export * from './anchor-file.ts';
export * from './anchoring.ts';
export * from './configured.ts';
export * from './older-copy.ts';
