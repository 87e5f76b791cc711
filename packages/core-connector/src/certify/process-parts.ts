import type { Journal } from '@payment-manager/journal';
import type { CoreDoor } from '@payment-manager/mojaloop-connector/core-client';
import { type Clock, createMetrics, createSealer, type Log, noFailpoints, seededRandom, type Timers } from '@payment-manager/runtime';
import { connectorCore } from '../door/connector-core.ts';
import { CoreRecords } from '../record/core-records.ts';
import { journalProofs } from '../record/journal-proofs.ts';
import type { RunningConnector } from '../record/settings.ts';
import { oneVersion } from '../record/versions.ts';
import type { BackEnds } from '../record/walk.ts';
import { settingsOf } from './http-core.ts';
import type { Candidate } from './rig.ts';
import { withTestKeys } from './test-keys.ts';

/** A log that nobody reads. */
export const QUIET: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => QUIET };

/** The candidate as a process runs it. */
export function runningOf({ connector, plan }: Candidate): RunningConnector {
  return { connector: withTestKeys(connector), version: 'certify', cfg: settingsOf(connector, plan) };
}

/** Records and door over a journal that outlives the process. `salt`: no two processes may seal alike. */
export function partsOver(
  journal: Journal,
  {
    running,
    backEnds,
    time,
    salt,
  }: { readonly running: RunningConnector; readonly backEnds: BackEnds; readonly time: Clock & Timers; readonly salt: number },
): { readonly records: CoreRecords; readonly door: CoreDoor } {
  const versions = oneVersion(running, backEnds);
  const sealer = createSealer(new Uint8Array(32), seededRandom(salt));
  const metrics = createMetrics();
  const records = new CoreRecords({
    versions,
    sealer,
    journal,
    clock: time,
    timers: time,
    log: QUIET,
    metrics,
    failpoints: noFailpoints,
    alarm: () => {},
    restingRecords: 10,
    proofs: journalProofs(journal, time, QUIET),
  });
  return { records, door: connectorCore({ versions, sealer, clock: time, records, fspId: 'us', log: QUIET, metrics }) };
}
