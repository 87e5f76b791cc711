/**
 * What a thread needs that only calls others and reads what they say. The whole room would load servers, logs and metrics with it, which
 * take memory in each thread anew.
 */
export * from './http-client.ts';
export * from './json-request.ts';
export * from './key-strength.ts';
export * from './next-turn.ts';
export * from './once-for.ts';
export * from './pem.ts';
export * from './secret.ts';
export * from './system.ts';
export * from './token-cache.ts';
