import type { Clock } from '@payment-manager/runtime';
import type { CaseResult, Certification } from './certification.ts';
import { payWithRealKills, type RealKillsOptions } from './real-kills.ts';
import type { Candidate } from './rig.ts';

/** What is not of the suite in virtual time: it takes real time, and processes. */
export const KILLS_CASE = 'KL-01';

/** Certifies a connector by payments whose process is really killed, and by nothing else. `folder`: where it stands, for the processes to read it. */
export async function certifyKills(
  folder: string,
  candidate: Candidate,
  options: RealKillsOptions & { readonly clock: Pick<Clock, 'monotonic'> },
): Promise<Certification> {
  const began = options.clock.monotonic();
  const random = await payWithRealKills(folder, candidate, options);
  const seconds = Math.round(options.clock.monotonic() - began) / 1_000;
  const passed = random.faults.length === 0;
  const found: CaseResult = {
    id: KILLS_CASE,
    name:
      `${random.payments} payments${random.sent > 0 ? ` and ${random.sent} of our own customers` : ''}, ${random.killed} of them under way when their process was killed (SIGKILL, ${random.kills} processes): ` +
      'ledger, records and outcomes have one sum',
    result: passed ? 'passed' : 'failed',
    details: random.faults,
    seconds,
  };
  return {
    connector: candidate.connector.name,
    passed: passed ? 1 : 0,
    failed: passed ? 0 : 1,
    skipped: 0,
    cases: [found],
    payments: random.payments,
    random,
    seconds,
  };
}
