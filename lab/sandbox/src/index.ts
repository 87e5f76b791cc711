export { type Authority, type AuthorityOptions, type CertificateFiles, type CertificateRequest, openAuthority } from './ca/authority.ts';
export { openSigningKey, type SigningKey } from './ca/signing-key.ts';
export type { Flaw } from './connection-manager/certificates/hub-authority.ts';
export {
  type ConnectionManagerOptions,
  type ConnectionManagerServer,
  startConnectionManagerServer,
} from './connection-manager/connection-manager-server.ts';
export type { ConnectionManagerFault, ConnectionManagerFaultRule } from './connection-manager/faults/fault.ts';
export type { DfspCredentials, DfspOverview, HubOverview, Operator } from './connection-manager/operator.ts';
export type { SchemeMember } from './connection-manager/scheme-view.ts';
export type { ConnectionManagerSettings } from './connection-manager/server-parts.ts';
export { BANK_PATH } from './core/bank-api.ts';
export type { CallLog, SeenCall } from './core/call-log.ts';
export { type Core, type CoreOptions, openCore } from './core/core.ts';
export type { FeeRule, FeeSchedule } from './core/fee-schedule.ts';
export type { Account, BookedPosting, Ledger, Line, Posting } from './core/ledger.ts';
export type { Payment, PaymentState } from './core/payment.ts';
export {
  CONNECTORS_TO_DEMO_CORES,
  type ConnectorSettings,
  type ConnectorToDemoCore,
  connectorSettings,
  restCoreSettings,
} from './core/reached-by.ts';
export type { CoreSettings, Customer } from './core/settings.ts';
export { DEMO_DFSPS } from './demo-dfsps.ts';
export {
  type FaultAction,
  type FaultDirection,
  FaultInvalid,
  type FaultKind,
  type FaultRule,
  type MessageFacts,
  parseFault,
} from './faults/fault.ts';
export type { FaultBook, FaultInForce } from './faults/fault-book.ts';
export { type MessageFaults, messageFaults } from './faults/message-faults.ts';
export type { DeliveryPolicy } from './hub/deliveries.ts';
export { DEFAULT_HUB_SETTINGS, type Hub, type HubOptions, type HubSettings, openHub } from './hub/hub.ts';
export type { HubIdentity } from './hub/hub-message.ts';
export { type HubStore, memoryHubStore, openHubStore } from './hub/hub-store.ts';
export type { Position } from './hub/positions.ts';
export type { Participant } from './hub/scheme-directory.ts';
export { refuseFspiop } from './hub/switch-api.ts';
export type { HubTransfer } from './hub/transfer.ts';
export type { HostAccount, HostDesk } from './iso8583-host/host-desk.ts';
export type { HostMessage } from './iso8583-host/host-message.ts';
export { type HostFault, type Iso8583Host, type Iso8583HostOptions, startIso8583Host } from './iso8583-host/iso8583-host.ts';
export { type Listener, type ListenerOptions, openListener } from './listener.ts';
export { type Scheme, type SchemeDfsp, type SchemeOptions, startScheme } from './scheme.ts';
export { type StubHub, type StubHubOptions, type StubMode, startStubHub } from './stub-hub/stub-hub.ts';
export { Declined, NotAccepted, type StubPayer, type StubRun } from './stub-hub/stub-payer.ts';
export { openVaultServer, type VaultServer, type VaultServerOptions } from './vault-server/vault-server.ts';
