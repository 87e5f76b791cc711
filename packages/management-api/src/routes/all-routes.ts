import type { Route } from '../server/route.ts';
import { administrationRoutes } from './administration-routes.ts';
import { alertRoutes } from './alert-routes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { connectorRoutes } from './connector-routes.ts';
import type { RouteDeps } from './deps.ts';
import { endpointRoutes } from './endpoint-routes.ts';
import { exceptionRoutes } from './exception-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { onboardingRoutes } from './onboarding-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { paymentRoutes } from './payment-routes.ts';
import { positionRoutes } from './position-routes.ts';
import { reconciliationRoutes } from './reconciliation-routes.ts';
import { restoredRoutes } from './restored-routes.ts';
import { selfRoutes } from './self-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { viewRoutes } from './view-routes.ts';

/** Every route, in the order of the document. */
export function allRoutes(deps: RouteDeps): readonly Route[] {
  return [
    ...signInRoutes(deps),
    ...selfRoutes(deps),
    ...viewRoutes(deps),
    ...healthRoutes(deps),
    ...historyRoutes(deps),
    ...overviewRoutes(deps),
    ...alertRoutes(deps),
    ...positionRoutes(deps),
    ...paymentRoutes(deps),
    ...liveRoutes(deps),
    ...exceptionRoutes(deps),
    ...reconciliationRoutes(deps),
    ...restoredRoutes(deps),
    ...connectionRoutes(deps),
    ...endpointRoutes(deps),
    ...keyRoutes(deps),
    ...onboardingRoutes(deps),
    ...connectorRoutes(deps),
    ...approvalRoutes(deps),
    ...administrationRoutes(deps),
    ...auditRoutes(deps),
  ];
}
