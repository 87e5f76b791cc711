export * from './one-vault.ts';
export * from './open-vault.ts';
