export { type ClientCredentialsOptions, clientCredentials } from './api/client-credentials.ts';
export { ConnectionFault, type FaultCode } from './api/connection-fault.ts';
export type * from './api/connection-manager-api.ts';
export { type ConnectionManagerApiOptions, connectionManagerApi } from './api/http-api.ts';
export type { TokenSource } from './api/token-source.ts';
export { type Alarm, type AlarmCode, type Artefact, artefacts, type Condition, type ReasonCode, type Renewable } from './condition.ts';
export type { ConnectionManagerClient } from './connection-manager-client.ts';
export type { EgressAddress, Wanted } from './wanted.ts';
