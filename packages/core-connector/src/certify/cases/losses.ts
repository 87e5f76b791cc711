import type { EffectKind } from '../../language/operation-schema.ts';
import { type Fault, LOSSES, lossId, READ_FAULTS } from '../fault.ts';
import { faultsOf } from '../judge-payment.ts';
import { pay, type Terms } from '../payment.ts';
import { type Candidate, Rig } from '../rig.ts';
import { type Case, type Cases, type Faults, paidWith, stepsOf, terms } from './case.ts';

/** So many calls fail where the core is away: more than any one step tries before it waits. */
const AWAY = 24;
/** Answers to an enquiry that are none. */
const NO_ANSWERS: readonly Fault[] = ['error', 'empty', 'silent', 'limit', 'page', 'cut'];

/** TT: each call that moves money, with each way of losing it; and reads that fail. */
export const lossCases: Cases = (candidate, { killEvery }) => {
  const rig = new Rig(candidate);
  const all = [...moneyCases(candidate, rig), ...suspenseCases(candidate, rig), ...READ_FAULTS.map((fault) => readCase(candidate, fault))];
  return killEvery === 1 ? all : halved(all, candidate.connector.name.length);
};

/**
 * Of the answers that are none each second one; which ones differs by connector, so that all of them together meet every one. A read that is
 * refused for want of a token is always among them: error tables have a line for it, and VT-06 wants each line to be reached.
 */
function halved(cases: readonly Case[], from: number): readonly Case[] {
  return cases.filter(({ id }, place) => !id.startsWith('TT-07') || id === UNAUTHORIZED || (place + from) % 2 === 0);
}

const UNAUTHORIZED = 'TT-07 read unauthorized';

function moneyCases(candidate: Candidate, rig: Rig): readonly Case[] {
  return (['COMMITTED', 'ABORTED'] as const).flatMap((wanted) =>
    stepsOf(rig, wanted)
      .filter(({ operation }) => wanted === 'COMMITTED' || operation !== 'transfer.prepare')
      .flatMap(({ name, kind }) => [
        ...LOSSES.map((fault) => lossCase(candidate, `${lossId(fault)} ${name} ${fault}`, wanted, kind, [fault])),
        lossCase(candidate, `TT-03 ${name} lost twice`, wanted, kind, ['lost-after', 'lost-before']),
        lossCase(candidate, `TT-06 ${name} late, then lost`, wanted, kind, ['late', 'lost-after', 'page']),
        away(candidate, name, wanted, kind),
      ]),
  );
}

function lossCase(candidate: Candidate, id: string, wanted: Terms['wanted'], kind: EffectKind, faults: readonly Fault[]): Case {
  return {
    id,
    name: `the call of a ${kind} is ${faults.join(', then ')}: one effect, or none, and the hub's outcome`,
    run: () => paidWith(candidate, terms(candidate, wanted), { [kind]: faults }),
  };
}

/** The answer is lost, and then neither repeats nor enquiries come through for long. */
function away(candidate: Candidate, name: string, wanted: Terms['wanted'], kind: EffectKind): Case {
  const lost: readonly Fault[] = ['lost-after', ...Array.from({ length: AWAY }, (): Fault => 'lost-before')];
  const faults: Faults = { [kind]: lost, read: Array.from({ length: AWAY }, (_, nth) => NO_ANSWERS[nth % NO_ANSWERS.length]) };
  return {
    id: `TT-05 ${name}`,
    name: 'its answer is lost, and the core is away for long: it waits, is done once, and nothing stays open',
    run: () => paidWith(candidate, terms(candidate, wanted), faults),
  };
}

/** What stands in place of a refused credit or capture is a call like any other. */
function suspenseCases(candidate: Candidate, rig: Rig): readonly Case[] {
  const last = rig.effects.find(({ instead }) => instead !== undefined);
  if (last === undefined) return [];
  return LOSSES.map((fault) => ({
    id: `${lossId(fault)} ${last.instead} ${fault}`,
    name: `the core refuses the ${last.kind}, and the call of what stands in its place is ${fault}`,
    run: () => paidWith(candidate, terms(candidate), { [last.kind]: ['refuse'], suspense: [fault] }),
  }));
}

function readCase(candidate: Candidate, fault: Fault): Case {
  return {
    id: `TT-07 read ${fault}`,
    name: `a read is ${fault}: no money is lost by it`,
    run: async () => {
      const rig = new Rig(candidate);
      let count = 0;
      rig.core.fault = ({ effect }) => (effect === undefined && count++ < 1 ? fault : undefined);
      const paid = await rig.drive(pay(rig, terms(candidate)));
      const faults = [...(await faultsOf(rig, paid))];
      return count === 0 ? [...faults, 'there was no read'] : faults;
    },
  };
}
