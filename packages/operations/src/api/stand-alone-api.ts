import type { ExceptionsDoor } from '@payment-manager/mojaloop-connector';
import type { HttpHandler } from '@payment-manager/runtime';
import { connectorRoute, type RunningCoreConnector } from './connector-route.ts';
import { type MessagesDoor, messagesRoutes } from './messages-routes.ts';
import { type OwnDeps, ownRoutes } from './operations-api.ts';
import { paymentRoutes } from './payment-routes.ts';
import { serveRoutes } from './serve-routes.ts';

export interface StandAloneOperationsDeps extends OwnDeps {
  /** The records of payments at the core. */
  readonly desk: ExceptionsDoor;
  readonly coreConnector: RunningCoreConnector;
  /** What was said with the core. */
  readonly messages: MessagesDoor;
  /** Whether persons may act here, see `OperationsDeps`. */
  readonly mayAct: boolean;
}

/**
 * The operations API of a core connector in a process of its own: health, metrics, alarms, exceptions, `GET|POST /exceptions/{id}`, the messages and
 * `POST /connector/reload`, as those of a Payment Manager.
 */
export function standAloneOperations(deps: StandAloneOperationsDeps): HttpHandler {
  const ofRecords = paymentRoutes(deps.desk).filter(({ path }) => path === '/exceptions/{id}');
  return serveRoutes([...ownRoutes(deps), ...ofRecords, connectorRoute(deps.coreConnector), ...messagesRoutes(deps.messages)], deps.mayAct);
}
