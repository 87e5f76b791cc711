import { homeRoute, rootRoute, shellRoute } from '../app/roots.tsx';
import { accountRoute } from './account/route.ts';
import { administrationRoute } from './administration/route.ts';
import { alertsRoute } from './alerts/route.ts';
import { connectionRoute } from './connection/route.ts';
import { connectorRoute } from './connector/route.ts';
import { exceptionsRoute } from './exceptions/route.ts';
import { healthRoute } from './health/route.ts';
import { overviewRoute } from './overview/route.ts';
import { paymentRoute } from './payment/route.ts';
import { paymentsRoute } from './payments/route.ts';
import { positionsRoute } from './positions/route.ts';
import { reconciliationRoute } from './reconciliation/route.ts';
import { signInRoute } from './sign-in/route.ts';
import { signInReturnRoute } from './sign-in-return/route.ts';
import { technicalRoute } from './technical/route.ts';
import { welcomeRoute } from './welcome/route.ts';

/** Every page there is. Whoever adds one adds its line, in the order of the alphabet. */
export const routeTree = rootRoute.addChildren([
  homeRoute,
  signInRoute,
  signInReturnRoute,
  welcomeRoute,
  shellRoute.addChildren([
    accountRoute,
    administrationRoute,
    alertsRoute,
    connectionRoute,
    connectorRoute,
    exceptionsRoute,
    healthRoute,
    overviewRoute,
    paymentRoute,
    paymentsRoute,
    positionsRoute,
    reconciliationRoute,
    technicalRoute,
    //
  ]),
]);
