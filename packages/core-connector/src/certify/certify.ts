import type { Clock } from '@payment-manager/runtime';
import { makesPayments } from '../door/capabilities.ts';
import { authenticationCases } from './cases/authentication.ts';
import type { Case } from './cases/case.ts';
import { contractCases } from './cases/contract.ts';
import { dataCases } from './cases/data.ts';
import { ledgerCases } from './cases/ledger.ts';
import { lossCases } from './cases/losses.ts';
import { refusalCases } from './cases/refusals.ts';
import { restartCases } from './cases/restart.ts';
import { sendCases } from './cases/sends.ts';
import type { CaseResult, Certification } from './certification.ts';
import { KILLS_CASE } from './certify-kills.ts';
import { unreached, watchErrorTable } from './error-table.ts';
import { payAtRandom, type RandomPayments } from './random-payments.ts';
import { sendAtRandom } from './random-sends.ts';
import type { Candidate } from './rig.ts';

export interface CertifyOptions {
  readonly payments: number;
  readonly seed: number;
  /** The process is killed at each nth point of a payment (default 1: at every one). */
  readonly killEvery?: number;
  /** Only cases whose id begins so. */
  readonly only?: string;
  /** Real time, for the report. */
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly progress?: (done: CaseResult | { readonly payments: number }) => void;
}

/** Every case of a connector, in the order of the report. */
export function casesOf(candidate: Candidate, killEvery = 1): readonly Case[] {
  return [contractCases, ledgerCases, lossCases, refusalCases, restartCases, sendCases, authenticationCases, dataCases].flatMap((cases) =>
    cases(candidate, { killEvery }),
  );
}

/** It is known only once all others have run. */
const ERROR_TABLE = { id: 'VT-06', name: 'each line of the error table is reached, by a case or a fixture' } as const;

/** What runs after all others, or for itself, whatever the connector is. */
export const LAST_CASES: readonly { readonly id: string }[] = [ERROR_TABLE, { id: 'LT-07' }, { id: 'LT-08' }, { id: KILLS_CASE }];

/** For each so many payments to our customers one of theirs. */
const SENDS_AMONG = 4;

/** Certifies a connector against the core that its plan describes: each case on a journal and a core of its own, in virtual time. */
export async function certify(
  given: Candidate,
  { payments, seed, killEvery, only, clock, progress }: CertifyOptions,
): Promise<Certification> {
  const watched = watchErrorTable(given.connector);
  const candidate: Candidate = { ...given, connector: watched.connector };
  const began = clock.monotonic();
  const since = (start: number): number => Math.round(clock.monotonic() - start) / 1_000;
  const cases: CaseResult[] = [];
  const add = (result: CaseResult): void => {
    cases.push(result);
    progress?.(result);
  };
  for (const { id, name, run, skipped } of casesOf(candidate, killEvery)) {
    if (only !== undefined && !id.startsWith(only)) continue;
    if (skipped !== undefined) {
      add({ id, name, result: 'skipped', details: [skipped], seconds: 0 });
      continue;
    }
    const start = clock.monotonic();
    const details = [...new Set(await run().catch(toldOf))];
    add({ id, name, result: details.length === 0 ? 'passed' : 'failed', details, seconds: since(start) });
  }
  if (only === undefined) {
    const start = clock.monotonic();
    const details = await unreached(watched, given.fixtures ?? new Map());
    add({ ...ERROR_TABLE, result: details.length === 0 ? 'passed' : 'failed', details, seconds: since(start) });
  }
  let random: RandomPayments | undefined;
  if (payments > 0 && (only === undefined || 'LT-07'.startsWith(only))) {
    const start = clock.monotonic();
    random = await payAtRandom(candidate, payments, seed, (done) => progress?.({ payments: done }));
    const name = `${payments} random payments with random faults and kills: ledger, records and outcomes have one sum`;
    add({ id: 'LT-07', name, result: random.faults.length === 0 ? 'passed' : 'failed', details: random.faults, seconds: since(start) });
  }
  const sends = Math.ceil(payments / SENDS_AMONG);
  if (sends > 0 && makesPayments(given.connector) && (only === undefined || 'LT-08'.startsWith(only))) {
    const start = clock.monotonic();
    const { faults } = await sendAtRandom(candidate, sends, seed, (done) => progress?.({ payments: done }));
    const name = `${sends} random payments of our own customers, with random faults of core and scheme and kills: ledger, records and outcomes have one sum`;
    add({ id: 'LT-08', name, result: faults.length === 0 ? 'passed' : 'failed', details: faults, seconds: since(start) });
  }
  const count = (wanted: CaseResult['result']): number => cases.filter(({ result }) => result === wanted).length;
  return {
    connector: candidate.connector.name,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cases,
    payments: random?.payments ?? 0,
    random,
    seconds: since(began),
  };
}

/** A case that throws has failed; it says why without what a core said. */
function toldOf(error: unknown): readonly string[] {
  return [error instanceof Error ? `${error.name}: ${error.message}` : 'it threw'];
}
