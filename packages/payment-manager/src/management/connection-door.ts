import type { Config } from '@payment-manager/configuration';
import { acceptTrust, certificatesOf, distrustKey, findKey, keysOf } from '@payment-manager/connection-manager-client';
import { manualSteps, phasesOf, wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import { type ConnectionDoor, notNow } from '@payment-manager/management-api';
import { shownConnection } from '@payment-manager/operations/api';
import type { Connection } from '@payment-manager/operations/connection';
import type { Clock } from '@payment-manager/runtime';
import { RENEWED, type Renewed, renewByHand, waitingKey } from '../onboarding/renewing.ts';
import { changedEndpoints, demandEndpoints, shownEndpoints } from './endpoints.ts';
import { explained } from './explained.ts';
import { givenPart, shownKey, shownRequests } from './keys-shown.ts';
import type { ReadinessTester } from './readiness.ts';
import { previewed, taken } from './uploads.ts';

export interface ConnectionDoorDeps {
  readonly config: Config;
  readonly clock: Pick<Clock, 'now'>;
  readonly connection: Connection;
  readonly tester: ReadinessTester;
}

/** Keys, certificates and endpoints through what keeps us connected: it knows what must happen in which order. */
export function connectionDoor({ config, clock, connection, tester }: ConnectionDoorDeps): ConnectionDoor {
  const { environment } = connection;
  const door: ConnectionDoor = {
    status: () => shownConnection(connection),
    progress: () => progressOf(config, connection, clock.now()),
    certificates: () => certificatesOf(environment),
    keys: () => keysOf(environment),
    key: (keyId) => shownKey(environment, keyId),
    give: (keyId, part) => givenPart(environment, config.fspId, keyId, part),
    requests: () => shownRequests(environment),
    endpoints: () => shownEndpoints(config, connection),
    checkEndpoints: async (asked) => demandEndpoints(config, asked),
    changeEndpoints: (asked, { by, reason }) => changedEndpoints(config, connection, asked, clock.now(), { by, why: reason }),
    async renew(what, { by, reason }): Promise<Renewed> {
      if (connection.renew === undefined) return renewByHand(environment, wantedOf(config), what, { by, why: reason });
      await connection.renew(RENEWED[what].artefact, by);
      return { kind: 'begun', what };
    },
    async activate(what, { by, reason }) {
      if (connection.renew !== undefined)
        throw notNow('The Connection Manager’s client puts the new key in use by itself, once every peer can have it.', 'Wait for it.');
      const next = await waitingKey(environment, what);
      if (next === undefined) throw notNow('No new key is waiting.', 'Make one first: rotate it.');
      await environment.keys.activate(RENEWED[what].purpose, next.id, { by, why: reason });
      return { kind: 'activated', what, keyId: next.id };
    },
    async distrust(keyId, { by, reason }) {
      const key = await findKey(environment, keyId);
      if (key !== undefined) await distrustKey(environment, key, { by, why: reason });
      return key !== undefined;
    },
    async accept(fingerprint, { by, reason }) {
      await acceptTrust(environment, fingerprint, { by, why: reason });
      void connection.look();
      return { accepted: fingerprint };
    },
    async look() {
      await connection.look();
      return shownConnection(connection);
    },
    preview: (brought) => previewed(config, brought, clock.now()),
    take: (brought, { by, reason }) => taken(config, environment, brought, { by, why: reason }, clock.now()),
    test: (wish, who, tell) => tester(connection, wish, who, tell),
    lastTest: async () => connection.lastTest(),
  };
  return withExplanations(door);
}

/** Whatever a room says no with is told in the words of the API. */
function withExplanations(door: ConnectionDoor): ConnectionDoor {
  const wrapped = Object.entries(door).map(([name, method]) => {
    const call = method as (...values: readonly unknown[]) => Promise<unknown>;
    return [name, (...values: readonly unknown[]) => explained(() => call(...values))];
  });
  return Object.fromEntries(wrapped) as unknown as ConnectionDoor;
}

/** The way into the scheme, in phases, with what waits to be put in use, and for how long peers may still need. */
async function progressOf(config: Config, connection: Connection, now: number): Promise<object> {
  const { environment } = connection;
  const steps = connection.renew === undefined ? await manualSteps(environment) : connection.conditions();
  const { propagationMs } = config.connectionManager;
  const waiting = await Promise.all(
    (['jws', 'ca'] as const).map(async (what) => {
      const key = await waitingKey(environment, what);
      return key && { what, keyId: key.id, since: key.since, earlyMs: Math.max(0, key.since + propagationMs - now) };
    }),
  );
  return {
    fspId: config.fspId,
    environment: environment.name,
    connectionManager: connection.renew !== undefined,
    phases: phasesOf(steps).map((phase) => ({ ...phase, done: phase.steps.filter(({ state }) => state === 'Ready').length })),
    done: steps.filter(({ state }) => state === 'Ready').length,
    steps: steps.length,
    waiting: waiting.filter((one) => one !== undefined),
    readinessTest: await connection.lastTest(),
  };
}
