import { Decimal } from '../../expression/decimal.ts';
import type { Fault } from '../fault.ts';
import { faultsOf } from '../judge-payment.ts';
import { pay, prepare, price, tell } from '../payment.ts';
import { type Candidate, Rig } from '../rig.ts';
import { amidst, type Case, type Cases, meet, paidWith, ready, rest, stepsOf, terms } from './case.ts';
import { holdCases } from './holds.ts';

const DAY_MS = 86_400_000;
/** Shorter than any patience. */
const AWHILE_MS = 20_000;
/** More refusals than anything may ask for. */
const FOR_EVER = 200;
const CALLS_MAX = 20;

/** KR, PT, GP, PE: refusals that a core keeps or not, what is refused after the commit, the gap at the release, and what is never decided. */
export const refusalCases: Cases = (candidate) => {
  const rig = new Rig(candidate);
  const taking = stepsOf(rig, 'COMMITTED');
  return [
    keys(candidate, rig),
    ...taking
      .filter(({ operation, instead }) => operation === 'transfer.prepare' || instead !== undefined)
      .flatMap((step) => kept(candidate, step)),
    ...finals(candidate, rig),
    gap(candidate, rig),
    ...taking.map((step) => forEver(candidate, step)),
    ...taking.flatMap((step) => calledBack(candidate, step)),
    ...holdCases(candidate, rig),
  ];
};

type Step = Rig['effects'][number];

/** The connector may not count on a key longer than the core keeps it, nor on refusals that it does not keep. */
function keys({ plan }: Candidate, rig: Rig): Case {
  return {
    id: 'KR-01',
    name: 'the connector counts on keys, and on refusals under them, no more than the core keeps them',
    run: async () =>
      rig.effects.flatMap(({ name, settle: { key } }) => {
        if (key === undefined) return [];
        const faults: string[] = [];
        if (key.keptForMs > plan.core.keysKeptMs)
          faults.push(`${name}: keptFor is ${key.keptForMs / 1_000} s, and the core keeps a key for ${plan.core.keysKeptMs / 1_000} s`);
        if (key.keepsRefusals && !plan.core.refusalsKept) faults.push(`${name}: keepsRefusals is true, and the core keeps none`);
        return faults;
      }),
  };
}

function kept(candidate: Candidate, { name, kind }: Step): readonly Case[] {
  const repeat = candidate.plan.core.keysKeptMs > 0 && candidate.plan.core.refusalsKept;
  return [
    {
      id: `KR-02 ${name}`,
      name: 'the core refuses, and the answer is lost: what comes of it is the same for ledger and hub',
      run: () => paidWith(candidate, terms(candidate), { [kind]: ['refuse-lost'] }),
    },
    {
      id: `KR-03 ${name}`,
      name: 'executed late, and a repeat of it is refused: what was executed is not forgotten',
      run: () => paidWith(candidate, terms(candidate), { [kind]: ['late', 'refuse'] }),
    },
    {
      id: `KR-04 ${name}`,
      name: 'executed, its answer lost, and a repeat of it is refused: what was executed is not forgotten',
      ...(repeat && { skipped: 'this core answers a repeat under its key as it did the first time' }),
      run: () => paidWith(candidate, terms(candidate), { [kind]: ['lost-after', 'refuse-repeat'] }),
    },
  ];
}

/** What the core refuses after the hub has decided: another posting, or a person; never silence, and no endless calls. */
function finals(candidate: Candidate, rig: Rig): readonly Case[] {
  const of = (wanted: 'COMMITTED' | 'ABORTED') => stepsOf(rig, wanted).filter(({ operation }) => operation !== 'transfer.prepare');
  return (['COMMITTED', 'ABORTED'] as const).flatMap((wanted) =>
    of(wanted).map(({ name, kind, instead }) => ({
      id: `PT-0${wanted === 'COMMITTED' ? 4 : 2} ${name}`,
      name: `the core refuses the ${kind} after the hub has decided: ${instead ?? 'a person is told'}, and it is not called for ever`,
      run: async () => {
        const running = await ready(candidate);
        const transferId = running.transferId();
        meet(running, transferId, { [kind]: Array.from({ length: FOR_EVER }, (): Fault => 'refuse') });
        const paid = await running.drive(pay(running, terms(candidate, wanted), { transferId, tellings: 30 }));
        await running.drive(rest(running));
        const calls = running.core.calls.filter((call) => call.effect === kind && call.payment === transferId).length;
        const faults = calls > CALLS_MAX ? [`it is called ${calls} times`] : [];
        if (instead !== undefined) return [...faults, ...(await faultsOf(running, paid))];
        const state = await running.life.records.state('payee', transferId);
        return state?.stuck !== undefined || state?.exception !== undefined ? faults : [...faults, 'no person is told'];
      },
    })),
  );
}

/** Between two postings of a commit the customer must not be able to spend what is held: it is held, or booked. */
function gap(candidate: Candidate, rig: Rig): Case {
  const holds = rig.effects.some(({ kind, operation }) => kind === 'hold' && operation === 'transfer.prepare');
  return {
    id: 'GP-01',
    name: 'from the prepare to the end of a commit the amount is held or booked at every moment',
    ...(!holds && { skipped: 'this connector holds nothing for the payee' }),
    run: async () => {
      const running = await ready(candidate);
      const transferId = running.transferId();
      const priced = await running.drive(price(running, terms(candidate)));
      if ('code' in priced) return [`there is no quote: ${priced.code}`];
      await running.drive(prepare(running, priced, transferId));
      const gaps: string[] = [];
      running.core.ledger.changed = ({ kind }) => {
        const { held, booked, suspense } = running.core.ledger.totals(transferId);
        if (held.add(booked).add(suspense).compare(Decimal.parse(priced.receives)) < 0)
          gaps.push(`after the ${kind} only ${held} is held and ${booked.add(suspense)} booked`);
      };
      await running.drive(tell(running, priced, transferId, 'COMMITTED', 30));
      return gaps;
    },
  };
}

/** Taken and never decided: no second effect, a person is told, and when it is decided at last it is over. */
function forEver(candidate: Candidate, { name, kind, operation }: Step): Case {
  const describes = candidate.plan.calls.some(({ effect, taken }) => effect === kind && taken !== undefined);
  return {
    id: `PE-01 ${name}`,
    name: `the core takes the ${kind} and does not decide: nothing is done twice, a person is told, and it ends when the core decides`,
    ...(!describes && { skipped: 'this core decides at once: certify.yaml says no `taken` of this call' }),
    run: async () => {
      const rig = await ready(candidate);
      const transferId = rig.transferId();
      meet(rig, transferId, { [kind]: ['taken-for-ever'] });
      const running = pay(rig, terms(candidate), { transferId });
      const faults: string[] = [];
      await rig.drive(rig.pause(DAY_MS / 4));
      const state = await rig.life.records.state('payee', transferId);
      if (state?.exception === undefined && state?.stuck === undefined) faults.push('after six hours no person was told');
      const calls = rig.core.calls.filter((call) => call.payment === transferId && call.effect === kind).length;
      if (calls > 1) faults.push(`it was called ${calls} times`);
      const posting = rig.core.ledger.postings.find((each) => each.payment === transferId && each.state === 'PENDING');
      if (posting === undefined) return [...faults, 'the core never took it'];
      rig.core.ledger.decide(posting, 'DONE');
      const paid = await rig.drive(amidst(rig, candidate, running));
      await rig.drive(rest(rig));
      if (operation === 'transfer.prepare' && paid.outcome === 'COMMITTED') faults.push('it was committed after its time');
      return [...faults, ...(await faultsOf(rig, paid))];
    },
  };
}

/** The core calls back when it has decided: whatever a callback claims, the core is asked, at once, and what it says counts. */
function calledBack(candidate: Candidate, { name, kind, awaits }: Step): readonly Case[] {
  if (awaits === undefined) return [];
  const run = async (): Promise<readonly string[]> => {
    const rig = await ready(candidate);
    const transferId = rig.transferId();
    meet(rig, transferId, { [kind]: ['taken-for-ever'] });
    const running = pay(rig, terms(candidate), { transferId });
    await rig.drive(rig.pause(AWHILE_MS));
    const effect = async () => (await rig.life.records.state('payee', transferId))?.effects[name];
    const { key } = (await effect()) ?? {};
    const posting = rig.core.ledger.postings.find((each) => each.payment === transferId && each.state === 'PENDING');
    if (key === undefined || posting === undefined) return ['the core never took it'];
    const says = async (): Promise<string> => {
      const result = await rig.drive(rig.life.records.calledBack(awaits.callback, key));
      await rig.drive(rig.pause(AWHILE_MS));
      return `${result} ${(await effect())?.status}`;
    };
    const faults: string[] = [];
    const before = (await effect())?.status;
    const early = await says();
    if (early !== `taken ${before}`) faults.push(`a callback before the core has decided: ${early}, and it was ${before}`);
    rig.core.ledger.decide(posting, 'DONE');
    const after = await says();
    if (after !== 'taken ok')
      faults.push(
        `a callback when the core has decided: ${after} after ${AWHILE_MS / 1_000} s, with a patience of ${awaits.patienceMs / 1_000} s`,
      );
    const calls = rig.core.calls.length;
    const again = await says();
    if (again !== 'over ok' || rig.core.calls.length !== calls)
      faults.push(`a callback of what is over: ${again}, and the core was called ${rig.core.calls.length - calls} times`);
    const paid = await rig.drive(amidst(rig, candidate, running));
    await rig.drive(rest(rig));
    return [...faults, ...(await faultsOf(rig, paid))];
  };
  return [
    {
      id: `PE-02 ${name}`,
      name: `the core calls back about the ${kind}: it is asked at once, nothing else of a callback counts, and one that is doubled does nothing`,
      run,
    },
  ];
}
