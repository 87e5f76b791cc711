export * from './hub-servers.ts';
export * from './own-address.ts';
export * from './postgres-address.ts';
export * from './public-endpoint.ts';
