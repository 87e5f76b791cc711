export { FileUnusable, type OfferedFile } from './clean-pem.ts';
export * from './give.ts';
export * from './offered-file.ts';
export * from './take.ts';
