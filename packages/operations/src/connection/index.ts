export * from './connection.ts';
export * from './sdk-control.ts';
