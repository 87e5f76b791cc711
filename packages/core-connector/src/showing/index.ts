export {
  type Compared,
  ConnectorDesk,
  type ConnectorDeskDeps,
  type ReplayedPayment,
  type ShownCandidate,
  type Tried,
  type Which,
} from './connector-desk.ts';
export type { ShownConnector } from './shown-connector.ts';
