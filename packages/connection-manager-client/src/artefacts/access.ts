import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import type { Surroundings } from '../surroundings.ts';

/** Whether our account opens the Connection Manager, and our DFSP is registered there. */
export function decideAccess(dfsps: readonly string[], fspId: string): Decision<never> {
  if (dfsps.includes(fspId))
    return { actions: [], standing: { state: 'Ready', reason: 'IN_ORDER', message: 'The Connection Manager lets us in.' } };
  return {
    actions: [],
    standing: {
      state: 'Failed',
      reason: 'REFUSED',
      message: `The Connection Manager lets us in, and does not show us a DFSP ${fspId}: it is not registered, or our account is of another.`,
      nextStep: 'Ask the hub’s operator to register this DFSP, and check fspId and client id in the configuration.',
    },
  };
}

/** Keeps an eye on our way in: token and registration. */
export function access({ api, wanted, clock }: Surroundings): Reconciler {
  return reconciler<readonly string[], never>(
    {
      artefact: 'OAUTH',
      observe: () => api.dfsps(),
      decide: (dfsps) => decideAccess(dfsps, wanted.fspId),
      act: async () => undefined,
      certificates: async () => [],
    },
    clock,
  );
}
