import type { Clock } from '@payment-manager/runtime';
import { ConnectionFault } from './api/connection-fault.ts';
import type { Artefact, Standing, WatchedCertificate } from './condition.ts';

/** What is to be done now, in this order, and how it stands. */
export interface Decision<Action> {
  readonly actions: readonly Action[];
  readonly standing: Standing;
  /** When something falls due by itself, milliseconds since the epoch. */
  readonly dueAt?: number;
  /** More than this is to be done, and not in this pass: others wait for its end. `dueAt` says when it goes on. */
  readonly more?: boolean;
}

/** One artefact: what there is, what follows from it, and how that is done. */
export interface Parts<Observed, Action> {
  readonly artefact: Artefact;
  /** Reads vault and server; changes nothing. */
  observe(): Promise<Observed>;
  /** Pure. */
  decide(observed: Observed, now: number): Decision<Action>;
  /** One action; durable when it resolves, and harmless when it is done twice. */
  act(action: Action): Promise<void>;
  /** Certificates to keep an eye on, also while the server cannot be asked. */
  certificates(): Promise<readonly WatchedCertificate[]>;
}

/** How an artefact stands after a pass. */
export interface Passed {
  readonly standing: Standing;
  readonly dueAt?: number;
  /** Whether anything was done: others may go on with it. */
  readonly acted: boolean;
}

/** A reconciler as the loop sees it. */
export interface Reconciler {
  readonly artefact: Artefact;
  /** Does all that can be done now, while `mayAct` says so. Throws what vault and server throw. */
  pass(mayAct: () => boolean): Promise<Passed>;
  certificates(): Promise<readonly WatchedCertificate[]>;
}

/** More would mean that what is done is not seen; onboarding takes six. */
const MOST_ROUNDS = 12;

/** Observes, decides and acts until nothing is left to be done. Who does not lead stops before the acting. */
export function reconciler<Observed, Action>(parts: Parts<Observed, Action>, clock: Pick<Clock, 'now'>): Reconciler {
  const { artefact } = parts;
  return {
    artefact,
    certificates: () => parts.certificates(),
    async pass(mayAct) {
      const done = new Set<string>();
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const decision = parts.decide(await parts.observe(), clock.now());
        const due = decision.dueAt === undefined ? {} : { dueAt: decision.dueAt };
        if (decision.actions.length === 0) return { standing: decision.standing, ...due, acted: done.size > 0 };
        for (const action of decision.actions) {
          if (!mayAct()) return { standing: leftToLeader(decision.standing), ...due, acted: done.size > 0 };
          const mark = JSON.stringify(action);
          if (done.has(mark)) throw notSeen(artefact);
          await parts.act(action);
          done.add(mark);
        }
        if (decision.more === true) return { standing: decision.standing, ...due, acted: true };
      }
      throw notSeen(artefact);
    },
  };
}

function leftToLeader(standing: Standing): Standing {
  return { ...standing, state: 'Progressing', reason: 'LEADER_ACTS', message: `${standing.message} The leading replica goes on with it.` };
}

/** The server took something and does not show it: to go on would be a loop. */
function notSeen(artefact: Artefact): ConnectionFault {
  return new ConnectionFault(
    'GARBAGE',
    `What was done for ${artefact} is not shown by the Connection Manager.`,
    "Tell the hub's operator that the server takes it and does not list it; it is tried again.",
  );
}
