import { every, type Log, type World } from '@payment-manager/runtime';
import type { Environment, OwnPurpose } from '@payment-manager/vault';
import { alarmsOf, type Watch } from './alarms.ts';
import type { ConnectionManagerApi } from './api/connection-manager-api.ts';
import { access } from './artefacts/access.ts';
import { clientCertificate } from './artefacts/client-certificate.ts';
import { createCa, dfspCa } from './artefacts/dfsp-ca.ts';
import { endpoints } from './artefacts/endpoints.ts';
import { hubCa } from './artefacts/hub-ca.ts';
import { hubClientCertificate } from './artefacts/hub-client-certificate.ts';
import { ownJwsKey } from './artefacts/own-jws-key.ts';
import { peerJwsKeys } from './artefacts/peer-jws-keys.ts';
import type { Pins } from './artefacts/pins.ts';
import { serverCertificate } from './artefacts/server-certificate.ts';
import type { Alarm, Artefact, Condition, ReasonCode, Renewable } from './condition.ts';
import type { ConnectionManagerClient } from './connection-manager-client.ts';
import { connectionMetrics } from './connection-metrics.ts';
import { kindOf } from './failure.ts';
import { type Loop, startLoop } from './loop.ts';
import type { Reconciler } from './reconciler.ts';
import { reportOf } from './report-states.ts';
import type { Surroundings } from './surroundings.ts';
import type { Wanted } from './wanted.ts';

export interface ConnectionManagerClientOptions extends Pick<World, 'clock' | 'timers' | 'random' | 'log' | 'metrics'> {
  readonly api: ConnectionManagerApi;
  /** Of the vault: where keys, certificates and trust of this connection are kept. */
  readonly environment: Environment;
  readonly wanted: Wanted;
  /** Whether this process may act; the others only look. Asked before each step. */
  readonly leads: () => boolean;
  /** From one look at each artefact to the next. Default 60,000. */
  readonly pollMs?: number;
  /** From the publication of our JWS key, or our CA, until we use it: two polls of the slowest peer. Default 120,000. */
  readonly propagationMs?: number;
  /** How long what was replaced (our keys, peers' keys, the hub's CA) stays valid. Default 86,400,000 (a day). */
  readonly overlapMs?: number;
  /**
   * Whether every server of the hub's presents a certificate that these CAs (PEM) vouch for; what cannot be looked at counts as no. Asked
   * before a former CA of the hub is given up. Absent: only the Connection Manager's word about the hub's server counts.
   */
  readonly hubServes?: (cas: string) => Promise<boolean>;
  /**
   * Where a proxy ends TLS before us: whether it was seen to present our server certificate in use. A new CA of ours is not published
   * before it does. Undefined: our own server ends TLS, or what the proxy presents cannot be seen.
   */
  readonly presentedAtProxy?: () => boolean | undefined;
  /** What the Connection Manager may not change by its word alone. Absent: it may change all. */
  readonly pins?: Pins;
  /** An artefact that fails for longer raises an alarm. Default 900,000. */
  readonly failingLimitMs?: number;
}

/** What goes on when an artefact has changed. */
const WAKES: Readonly<Partial<Record<Artefact, readonly Artefact[]>>> = {
  HUB_CA: ['DFSP_CLIENT_CERT'],
  DFSP_CA: ['DFSP_SERVER_CERT', 'HUB_CLIENT_CERT'],
  DFSP_SERVER_CERT: ['DFSP_CA'],
  DFSP_JWS: ['PEER_JWS'],
};

const PURPOSES = { DFSP_CLIENT_CERT: 'tls-client', DFSP_SERVER_CERT: 'tls-server', DFSP_JWS: 'jws-signing', DFSP_CA: 'dfsp-ca' } as const;

/** A key on its way that will not arrive: what is wrong is with it, and not with the way. */
const STUCK: ReadonlySet<ReasonCode> = new Set(['INVALID', 'NOT_ACCEPTED', 'CERTIFICATE_UNUSABLE', 'CERTIFICATE_LAPSED']);

/** Gets this DFSP connected and keeps it so, from now on. */
export function startConnectionManagerClient(options: ConnectionManagerClientOptions): ConnectionManagerClient {
  const { api, environment, wanted, clock, timers, random, log, leads } = options;
  const { pollMs = 60_000, propagationMs = 120_000, overlapMs = 86_400_000, failingLimitMs = 900_000 } = options;
  const { hubServes, presentedAtProxy, pins } = options;
  const around: Surroundings = {
    ...{ api, environment, wanted, clock, propagationMs, overlapMs },
    ...(pins && { pins }),
    ...(hubServes && { hubServes }),
    ...(presentedAtProxy && { presentedAtProxy }),
  };
  const hubClient = hubClientCertificate(around);
  const loops = new Map<Artefact, Loop>();
  const listeners = new Set<() => void>();
  const watches = (): readonly Watch[] =>
    [...loops.values()].map((loop) => ({
      condition: loop.condition(),
      certificates: loop.certificates(),
      failingSince: loop.failingSince(),
    }));
  const conditions = (): readonly Condition[] => [...loops.values()].map((loop) => loop.condition());
  const alarms = (): readonly Alarm[] => alarmsOf(watches(), failingLimitMs, clock.now());
  const measured = connectionMetrics(options.metrics, watches, alarms);
  const told = teller(log);
  const report = startReport({ api, wanted, timers, log, leads, pollMs }, conditions);

  const tell = (): void => {
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        log.error('a listener of the connection to the scheme failed', { error: kindOf(error) });
      }
    }
  };
  const look = (artefact: Artefact): Promise<void> => loops.get(artefact)?.look() ?? Promise.resolve();
  const passed = (artefact: Artefact, before: Condition, acted: boolean, error: unknown): void => {
    const condition = loops.get(artefact)?.condition() ?? before;
    measured.passed(artefact, error !== undefined);
    if (condition.reason === 'DEFECT') log.error('a reconciler failed', { artefact, error: kindOf(error) });
    if (acted) for (const other of WAKES[artefact] ?? []) void look(other);
    // A sign of life: what failed beside it, for the same reason perhaps, has paused long enough.
    const recovered = before.state === 'Failed' && condition.state !== 'Failed';
    if (recovered) for (const loop of loops.values()) loop.wake();
    if (told(condition, before, alarms())) tell();
  };
  for (const reconciler of reconcilers(around, hubClient)) {
    const { artefact } = reconciler;
    let before: Condition | undefined;
    const loop = startLoop({
      reconciler,
      clock,
      timers,
      random,
      leads,
      pollMs,
      passed({ acted, error }) {
        const former = before ?? loop.condition();
        before = loop.condition();
        passed(artefact, former, acted, error);
      },
    });
    before = loop.condition();
    loops.set(artefact, loop);
  }
  return {
    conditions,
    alarms,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async look(artefact) {
      await (artefact === undefined ? Promise.all([...loops.values()].map((loop) => loop.look())) : look(artefact));
    },
    async renew(artefact, by) {
      if (artefact === 'HUB_CLIENT_CERT') await hubClient.renew();
      else await begin(around, artefact, by, STUCK.has(loops.get(artefact)?.condition().reason ?? 'STARTING'));
      void look(artefact);
    },
    async stop() {
      report.stop();
      listeners.clear();
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
    },
  };
}

function reconcilers(around: Surroundings, hubClient: Reconciler): readonly Reconciler[] {
  return [
    access(around),
    hubCa(around),
    dfspCa(around),
    clientCertificate(around),
    serverCertificate(around),
    hubClient,
    ownJwsKey(around),
    peerJwsKeys(around),
    endpoints(around),
  ];
}

/** A key that is on its way is the beginning of a renewal. One that is stuck gives way to another. */
async function begin(around: Surroundings, artefact: Exclude<Renewable, 'HUB_CLIENT_CERT'>, by: string, isStuck: boolean): Promise<void> {
  const { keys } = around.environment;
  const purpose: OwnPurpose = PURPOSES[artefact];
  const why = 'a renewal was asked for';
  const waiting = (await keys.list(purpose)).filter(({ state }) => state === 'pre-active');
  if (waiting.length > 0 && !isStuck) return;
  for (const { id } of waiting) await keys.move(purpose, id, 'destroyed', { by, why });
  const { keyAlgorithm = 'RSA-4096', jwsKeyAlgorithm = 'RSA-2048' } = around.wanted;
  if (artefact === 'DFSP_CA') await createCa(around, { by, why });
  else await keys.generate(purpose, { by, why }, artefact === 'DFSP_JWS' ? jwsKeyAlgorithm : keyAlgorithm);
}

/** Logs what changed, once, and says whether anything did. */
function teller(log: Log): (condition: Condition, before: Condition, alarms: readonly Alarm[]) => boolean {
  let standing = new Map<string, Alarm>();
  return (condition, before, alarms) => {
    const { artefact, state, reason, message, nextStep } = condition;
    const changed = state !== before.state || reason !== before.reason;
    const words = [message, ...(condition.details ?? []).slice(0, 10)].join(' | ');
    if (changed && state === 'Failed') log.warn('the connection to the scheme: failed', { artefact, reason, message: words, nextStep });
    else if (changed) log.info(`the connection to the scheme: ${state.toLowerCase()}`, { artefact, reason, message: words });
    const now = new Map(alarms.map((alarm) => [alarm.id, alarm]));
    const raised = alarms.filter(({ id }) => !standing.has(id));
    for (const { code, artefact: what, severity, message: why, nextStep: todo } of raised)
      log[severity === 'critical' ? 'error' : 'warn']('alarm: the connection to the scheme', {
        code,
        artefact: what,
        message: why,
        nextStep: todo,
      });
    const ended = [...standing.keys()].some((id) => !now.has(id));
    standing = now;
    return changed || condition.message !== before.message || raised.length > 0 || ended;
  };
}

type ReportOptions = Pick<ConnectionManagerClientOptions, 'api' | 'wanted' | 'timers' | 'log' | 'leads'> & { readonly pollMs: number };

/** Tells the Connection Manager how we stand, so that the hub's operator can see it. Nothing depends on it. */
function startReport({ api, wanted, timers, log, leads, pollMs }: ReportOptions, conditions: () => readonly Condition[]): { stop(): void } {
  let told = '';
  return every(pollMs, timers, async () => {
    const states = reportOf(conditions());
    const text = JSON.stringify(states);
    if (!leads() || text === told) return;
    try {
      await api.reportStates(wanted.fspId, states);
      told = text;
    } catch (error) {
      log.debug('the states could not be reported to the Connection Manager', { error: kindOf(error) });
    }
  });
}
