import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import type { Surroundings } from '../surroundings.ts';

/** Whether our account opens the Connection Manager, and our DFSP is registered there. */
export function decideAccess(dfsps: readonly string[], fspId: string): Decision<never> {
  if (dfsps.includes(fspId))
    return { actions: [], standing: { state: 'Ready', reason: 'IN_ORDER', message: 'Signed in at the Connection Manager.' } };
  return {
    actions: [],
    standing: {
      state: 'Failed',
      reason: 'REFUSED',
      message: `Signed in at the Connection Manager, but it does not show the DFSP ${fspId}: either it is not registered, or our account belongs to another DFSP.`,
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
