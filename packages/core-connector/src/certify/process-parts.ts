import type { Journal } from '@payment-manager/journal';
import type { CoreDoor } from '@payment-manager/mojaloop-connector/core-client';
import {
  type Clock,
  createMetrics,
  createSealer,
  type Log,
  noFailpoints,
  seededRandom,
  systemRandom,
  type Timers,
} from '@payment-manager/runtime';
import { connectorCore } from '../door/connector-core.ts';
import { CoreRecords } from '../record/core-records.ts';
import { journalProofs } from '../record/journal-proofs.ts';
import type { RunningConnector } from '../record/settings.ts';
import { oneVersion } from '../record/versions.ts';
import type { BackEnds } from '../record/walk.ts';
import type { Payments } from '../send/payments.ts';
import { Sends } from '../send/sends.ts';
import { settingsOf } from './http-core.ts';
import type { Candidate } from './rig.ts';
import { withTestKeys } from './test-keys.ts';

/** A log that nobody reads. */
export const QUIET: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => QUIET };

/** The candidate as a process runs it. */
export function runningOf({ connector, plan }: Candidate): RunningConnector {
  return { connector: withTestKeys(connector), version: 'certify', cfg: settingsOf(connector, plan) };
}

interface ProcessParts {
  readonly running: RunningConnector;
  readonly backEnds: BackEnds;
  readonly time: Clock & Timers;
  /** No two processes may seal alike. */
  readonly salt: number;
  /** The other side of our customers' payments. */
  readonly payments: Payments;
}

const SKEW_MS = 2_000;
/** How long our customers' callers wait. */
const SEND_WAIT_MS = 30_000;

/** Records, our customers' payments and the door over a journal that outlives the process. */
export function partsOver(
  journal: Journal,
  { running, backEnds, time, salt, payments }: ProcessParts,
): { readonly records: CoreRecords; readonly sends: Sends; readonly door: CoreDoor } {
  const versions = oneVersion(running, backEnds);
  const sealer = createSealer(new Uint8Array(32), seededRandom(salt));
  const metrics = createMetrics();
  const common = {
    ...{ versions, sealer, journal, clock: time, timers: time, log: QUIET, metrics, failpoints: noFailpoints, restingRecords: 10 },
    alarm: () => {},
  };
  const records = new CoreRecords({ ...common, proofs: journalProofs(journal, time, QUIET) });
  const sends = new Sends({
    ...common,
    ...{ records, payments, random: systemRandom, fspId: 'us', settings: { clockSkewMs: SKEW_MS } },
    deduplicateHomeTransactionId: true,
    waitMs: SEND_WAIT_MS,
    admit: () => true,
  });
  return { records, sends, door: connectorCore({ versions, sealer, clock: time, records, fspId: 'us', log: QUIET, metrics }) };
}
