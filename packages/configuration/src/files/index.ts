export * from './credentials-invalid.ts';
export * from './file-rights.ts';
export * from './open-files.ts';
export * from './peer-key.ts';
export * from './secret-files.ts';
export * from './signing-key.ts';
export * from './tls-credentials.ts';
export * from './token-file.ts';
