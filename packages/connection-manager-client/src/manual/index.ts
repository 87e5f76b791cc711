export * from './give.ts';
export * from './offered-file.ts';
export * from './take.ts';
