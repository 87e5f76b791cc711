import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSealer, seededRandom } from '@payment-manager/runtime';
import { openBackEnds } from '../back-end/back-ends.ts';
import type { CoreCall } from '../certify/core-double.ts';
import type { Fault } from '../certify/fault.ts';
import { compilePlan } from '../certify/plan.ts';
import { readCandidate } from '../certify/read-candidate.ts';
import { type Candidate, Rig } from '../certify/rig.ts';
import { problemLine } from '../language/problem.ts';
import type { Observation } from '../loading/guesses.ts';
import { ProbeFailed, probe } from './probe.ts';
import { looksLikeProduction, type ProbePlan, readProbePlan } from './probe-plan.ts';

const TEMPLATES = join(import.meta.dirname, '../../../../connectors');

interface Other {
  /** In certify.yaml: the core is otherwise than its connector guesses. */
  readonly core?: readonly (readonly [from: string, to: string])[];
  readonly fault?: (call: CoreCall, nth: number) => Fault | undefined;
  readonly plan?: Partial<ProbePlan>;
}

/** Probes the scripted core of a template; the nth call of each kind of effect may have a fault. */
async function probed(
  template: string,
  { core = [], fault, plan = {} }: Other = {},
): Promise<{ readonly seen: readonly Observation[]; readonly rig: Rig }> {
  const { candidate } = await readCandidate(join(TEMPLATES, template));
  assert.ok(candidate !== undefined);
  let text = readFileSync(join(TEMPLATES, template, 'certify.yaml'), 'utf8');
  for (const [from, to] of core) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  const rig = new Rig({ ...candidate, plan: compilePlan(text).plan as Candidate['plan'] });
  const counts = new Map<string, number>();
  rig.core.fault = (call) => {
    const kind = call.effect ?? 'read';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return fault?.(call, counts.get(kind) ?? 0);
  };
  const { payee, currency } = rig.plan;
  const seen: Observation[] = [];
  await rig.drive(
    probe({
      running: rig.running,
      backEnds: openBackEnds({ running: rig.running, ...rig.reached, clock: rig.time, timers: rig.time, log: rig.log }),
      clock: rig.time,
      timers: rig.time,
      sealer: createSealer(new Uint8Array(32), seededRandom(1)),
      transferId: () => rig.transferId(),
      told: (observation) => seen.push(observation),
      plan: {
        connector: template,
        environment: 'test',
        settings: {},
        secretFiles: {},
        payee,
        currency,
        amount: '5',
        refusedAmount: '9000',
        ...plan,
      },
    }),
  );
  return { seen, rig };
}

const short = (seen: readonly Observation[]): readonly string[] => seen.map(({ probe: name, step, result }) => `${name} ${step} ${result}`);

/** The holds of a probe: the whole payment's, its repeat, the one that is left, and the one that is refused. */
const LEFT = 3;
const REFUSED = 4;
const asGuessed = ({ effect }: CoreCall, nth: number): Fault | undefined => {
  if (effect !== 'hold') return undefined;
  return nth === LEFT ? 'late' : nth === REFUSED ? 'refuse' : undefined;
};

test('a core that is as its connector guesses: keys, enquiry, lateness and refusals are seen, one payment is booked, and nothing is held', async () => {
  const { seen, rig } = await probed('rest-core', { fault: asGuessed });
  assert.deepEqual(short(seen), [
    'enquiry-absent payee-hold as-guessed',
    'enquiry-found payee-hold as-guessed',
    'key payee-hold as-guessed',
    'enquiry-absent payee-capture as-guessed',
    'enquiry-found payee-capture as-guessed',
    'key payee-capture as-guessed',
    'late payee-hold as-guessed',
    'kept-refusal payee-hold as-guessed',
  ]);
  assert.match(seen.find(({ probe: name }) => name === 'late')?.saw ?? '', /^found 40\.\d s after we went away; the quiet time is 60 s$/);
  const { held, booked } = rig.core.ledger.totals();
  assert.deepEqual([held.toString(), booked.toString()], ['0', '5']);
});

test('a core that is otherwise is told of: no keys, refusals that are not kept, calls that come too late', async () => {
  const noKeys = await probed('rest-core', { core: [['  keysKept: 72h\n', '']] });
  assert.match(noKeys.seen.find(({ probe: name }) => name === 'key')?.saw ?? '', /with other facts: there may be two/);
  assert.ok(short(noKeys.seen).includes('key payee-hold otherwise'));
  const notKept = await probed('rest-core', { core: [['refusalsKept: "true"', 'refusalsKept: "false"']], fault: asGuessed });
  assert.ok(short(notKept.seen).includes('kept-refusal payee-hold otherwise'), short(notKept.seen).join());
  assert.equal(notKept.rig.core.ledger.totals().held.toString(), '0', 'what it has taken is given back');
  const late = await probed('rest-core', { core: [['  late: 40s\n', '  late: 100s\n']], fault: asGuessed });
  assert.ok(short(late.seen).includes('late payee-hold otherwise'));
});

test('what could not be seen is not taken for seen', async () => {
  const { seen } = await probed('rest-core', {
    fault: ({ effect }, nth) => (effect === 'hold' && nth === LEFT ? 'lost-before' : undefined),
    plan: { refusedAmount: undefined },
  });
  assert.ok(short(seen).includes('late payee-hold unclear'));
  assert.ok(short(seen).includes('kept-refusal payee-hold not-tried'));
});

test('a core with an enquiry alone, and one that is a database, are probed as well', async () => {
  const soap = await probed('soap-t24', { fault: ({ effect }, nth) => (effect === 'hold' && nth === 2 ? 'late' : undefined) });
  assert.deepEqual(
    short(soap.seen).filter((each) => !each.endsWith('as-guessed')),
    [],
  );
  assert.ok(short(soap.seen).includes('late payee-hold as-guessed'));
  const sql = await probed('sql-core', { fault: ({ effect }, nth) => (effect === 'hold' && nth === LEFT ? 'lost-after' : undefined) });
  assert.ok(short(sql.seen).includes('key payee-capture as-guessed'), short(sql.seen).join());
  const wallet = await probed('mobile-wallet');
  assert.ok(short(wallet.seen).includes('enquiry-found payee-credit as-guessed'));
});

test('nothing of an answer stands in what was seen, and a payee to whom nothing can be paid ends the probe', async () => {
  const { seen } = await probed('rest-core', { fault: asGuessed });
  assert.doesNotMatch(JSON.stringify(seen), /A-7|Ann|254711|canary/);
  await assert.rejects(probed('rest-core', { plan: { payee: { idType: 'MSISDN', idValue: '254713' } } }), ProbeFailed);
});

test('probe.yaml: every problem with its place; an environment with real money is known by its name', () => {
  const text = 'probe: umoja\nenvironment: umoja-test\npayee: { idType: MSISDN, idValue: "254711" }\ncurrency: KES\namount: "5"\n';
  assert.equal(readProbePlan(text).plan?.amount, '5');
  const told = readProbePlan(text.replace('amount: "5"', 'amount: "5.00"\ncolour: red')).problems.map(problemLine).join('\n');
  assert.match(told, /probe\.yaml:6:1 unknown key "colour"/);
  assert.match(told, /probe\.yaml:5:9 an amount is decimal text/);
  assert.deepEqual(['umoja-test', 'pre-PRODuction', 'live', 'sandbox'].map(looksLikeProduction), [false, true, true, false]);
});
