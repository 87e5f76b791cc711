export * from './backend/core-door.ts';
export { httpCore } from './backend/http-core.ts';
export type { AlarmEntry } from './connector/alarms.ts';
export * from './connector.ts';
export { refuseInbound } from './inbound/answers.ts';
export type { PeerKeys } from './inbound/signature.ts';
export { outboundRefusal as refuseOutbound } from './outbound/answers.ts';
export * from './outbound/payer-door.ts';
export type * from './settings.ts';
