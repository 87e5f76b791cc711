export type { TokenSource } from '@payment-manager/runtime';
export { type ClientCredentialsOptions, clientCredentials } from './api/client-credentials.ts';
export { ConnectionFault, type FaultCode } from './api/connection-fault.ts';
export type * from './api/connection-manager-api.ts';
export { type ConnectionManagerApiOptions, connectionManagerApi } from './api/http-api.ts';
export { acceptedTrust, acceptTrust } from './artefacts/accepted-trust.ts';
export { clientOrder } from './artefacts/client-certificate.ts';
export { caOverlapMs, createCa } from './artefacts/dfsp-ca.ts';
export { DEFAULT_HUB_CLIENT_DAYS } from './artefacts/hub-client-certificate.ts';
export { NO_PINS, type Pins } from './artefacts/pins.ts';
export { serverOrder } from './artefacts/server-certificate.ts';
export { endingOf, renewalOf } from './certificates/lifetime.ts';
export { type CertificateOrder, type Verdict, verdictOn } from './certificates/verify.ts';
export * from './compromised.ts';
export {
  type Alarm,
  ARTEFACTS,
  type Artefact,
  type Condition,
  type ConnectionAlarmCode,
  type ReasonCode,
  type Renewable,
} from './condition.ts';
export type { ConnectionManagerClient } from './connection-manager-client.ts';
export { ControlError, type ControlErrorCode } from './control/control-error.ts';
export type { ControlCredentials, PeerKey } from './control/control-frames.ts';
export { type ControlClients, type ControlServer, type ControlServerOptions, startControlServer } from './control/control-server.ts';
export { vaultCredentials } from './control/vault-credentials.ts';
export * from './inventory.ts';
export { type ConnectionManagerClientOptions, startConnectionManagerClient } from './start-client.ts';
export type { EgressAddress, Wanted } from './wanted.ts';
export { type ApiInWorker, type ApiInWorkerOptions, apiInWorker } from './worker/api-in-worker.ts';
