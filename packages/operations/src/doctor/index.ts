export * from './core-connector.ts';
export * from './diagnose.ts';
export * from './file-rights.ts';
export * from './files.ts';
export * from './finding.ts';
export { lookAtOwnListeners, type OwnListeners } from './own-listeners.ts';
export * from './proxy-before.ts';
