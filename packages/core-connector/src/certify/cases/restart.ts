import { faultsOf, unequalRepeats } from '../judge-payment.ts';
import { pay } from '../payment.ts';
import type { Candidate } from '../rig.ts';
import { amidst, type Cases, type Faults, meet, ready, rest, stepsOf, terms } from './case.ts';

/** RT: the process is killed before and after each append and each call; ledger, record and outcome stay the same. */
export const restartCases: Cases = (candidate, { killEvery }) => [
  ...(['COMMITTED', 'ABORTED'] as const).flatMap((wanted) => [
    { id: `RT-01 ${wanted}`, name: 'killed at every step of a payment', run: () => everyPoint(candidate, wanted, killEvery, () => ({})) },
    {
      id: `RT-01 ${wanted} lost`,
      name: 'killed at every step of a payment each of whose calls loses its answer once',
      run: () => everyPoint(candidate, wanted, killEvery, (kinds) => Object.fromEntries(kinds.map((kind) => [kind, ['lost-after']]))),
    },
  ]),
  ...([3_600_000, -3_600_000] as const).map((ms) => ({
    id: `RT-05 ${ms > 0 ? 'forward' : 'back'}`,
    name: `the wall clock jumps an hour ${ms > 0 ? 'forward' : 'back'} while the outcome of each call is unknown`,
    run: () => clockJumps(candidate, ms),
  })),
  {
    id: 'RT-02',
    name: 'a journal that takes nothing more',
    run: async () => [],
    skipped: 'the journal refuses what it cannot make durable, whatever the connector: tests of packages/journal',
  },
  {
    id: 'RT-03',
    name: 'two replicas',
    run: async () => [],
    skipped: 'a takeover is the same for every connector: packages/core-connector/src/record/takeover.test.ts',
  },
];

async function everyPoint(
  candidate: Candidate,
  wanted: 'COMMITTED' | 'ABORTED',
  killEvery: number,
  faultsFor: (kinds: readonly string[]) => Faults,
): Promise<readonly string[]> {
  const whole = await ready(candidate);
  const kinds = stepsOf(whole, wanted).map(({ kind }) => kind);
  const first = whole.transferId();
  meet(whole, first, faultsFor(kinds));
  const before = whole.points;
  await whole.drive(pay(whole, terms(candidate, wanted), { transferId: first }));
  const found: string[] = [];
  for (let point = before; point < whole.points; point += killEvery) {
    const rig = await ready(candidate);
    const transferId = rig.transferId();
    meet(rig, transferId, faultsFor(kinds));
    rig.killed = (at) => at === point;
    const paid = await rig.drive(amidst(rig, candidate, pay(rig, terms(candidate, wanted), { transferId })));
    await rig.drive(rest(rig));
    const faults = [...(await faultsOf(rig, paid)), ...unequalRepeats(rig)];
    if (rig.kills !== 1) faults.push(`it was killed ${rig.kills} times`);
    found.push(...faults.map((fault) => `killed at ${point - before} of ${whole.points - before}: ${fault}`));
  }
  return found;
}

/** A jump after each call that was lost: nothing is finished by it, and nothing done twice. */
async function clockJumps(candidate: Candidate, ms: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const wanted of ['COMMITTED', 'ABORTED'] as const) {
    const rig = await ready(candidate);
    const transferId = rig.transferId();
    const kinds = stepsOf(rig, wanted).map(({ kind }) => kind);
    meet(rig, transferId, Object.fromEntries(kinds.map((kind) => [kind, ['late', 'lost-before']])));
    const { fault } = rig.core;
    rig.core.fault = (call) => {
      const met = fault(call);
      if (met !== undefined) rig.time.after(1_000, () => rig.time.jumpWallClock(ms));
      return met;
    };
    const paid = await rig.drive(amidst(rig, candidate, pay(rig, terms(candidate, wanted), { transferId })));
    await rig.drive(rest(rig));
    found.push(...[...(await faultsOf(rig, paid)), ...unequalRepeats(rig)].map((each) => `${wanted}: ${each}`));
  }
  return found;
}
