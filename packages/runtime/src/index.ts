export * from './credentials.ts';
export * from './crypto.ts';
export * from './http.ts';
export * from './log.ts';
export * from './metrics.ts';
export * from './random.ts';
export * from './secret.ts';
export * from './time.ts';
