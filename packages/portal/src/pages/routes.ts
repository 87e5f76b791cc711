import { homeRoute, rootRoute, shellRoute } from '../app/roots.tsx';
import { accountRoute } from './account/route.ts';
import { administrationRoute } from './administration/route.ts';
import { connectionRoute } from './connection/route.ts';
import { exceptionsRoute } from './exceptions/route.ts';
import { healthRoute } from './health/route.ts';
import { paymentRoute } from './payment/route.ts';
import { paymentsRoute } from './payments/route.ts';
import { reconciliationRoute } from './reconciliation/route.ts';
import { signInRoute } from './sign-in/route.ts';
import { welcomeRoute } from './welcome/route.ts';

/** Every page there is. Whoever adds one adds its line, in the order of the alphabet. */
export const routeTree = rootRoute.addChildren([
  homeRoute,
  signInRoute,
  welcomeRoute,
  shellRoute.addChildren([
    accountRoute,
    administrationRoute,
    connectionRoute,
    exceptionsRoute,
    healthRoute,
    paymentRoute,
    paymentsRoute,
    reconciliationRoute,
    //
  ]),
]);
