import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '@payment-manager/runtime';
import { plantedInReplicas } from '../test/planted-in-replicas.ts';
import { plantedInWorld } from '../test/planted-in-world.ts';
import { type RunOptions, run } from './run.ts';
import { type Scenario, scenarioOf } from './scenario/scenario.ts';
import { shrink } from './shrink.ts';
import { type SimulationReport, simulate } from './simulate.ts';
import { simulateInParallel } from './simulate-parallel.ts';

/** `./pm simulate --seeds 20000` is the long form. */
const SEEDS = process.env['PM_TEST_LONG'] === undefined ? 150 : 500;

describe('simulator', () => {
  test(`${SEEDS} seeds break no rule, and every kind of fault struck`, async () => {
    // in a thread, where the test runner does not follow each promise: half the time
    const { violations, payments, faults, endings } = await simulateInParallel({ seed: 1, seeds: SEEDS, clock: systemClock }, 1);
    assert.deepEqual(
      violations.map(({ seed, what, history }) => `seed ${seed}: ${what}\n${history.join('\n')}`),
      [],
    );
    assert.ok(payments > 6 * SEEDS, `only ${payments} payments`);
    assert.deepEqual(
      ALL_FAULTS.filter((kind) => (faults[kind] ?? 0) === 0),
      [],
    );
    assert.ok((endings['COMPLETED'] ?? 0) > payments / 4 && (endings['ERROR_OCCURRED'] ?? 0) > payments / 20, JSON.stringify(endings));
  });

  test('one seed is one history, byte for byte', async () => {
    for (const seed of [3, 14, 93]) {
      const [first, second] = [await run(seed, { written: true }), await run(seed, { written: true })];
      assert.ok(first.history.length > 50);
      assert.deepEqual(second.history, first.history);
      assert.equal(second.hash, first.hash);
    }
  });

  test('threads come to the same as one', async () => {
    const options = { seed: 7, seeds: 16, clock: systemClock };
    const { paymentsPerSecond: _slow, ...one } = await simulate(options);
    const { paymentsPerSecond: _fast, ...two } = await simulateInParallel(options, 2);
    assert.deepEqual(
      { ...two, faults: sorted(two.faults), endings: sorted(two.endings) },
      { ...one, faults: sorted(one.faults), endings: sorted(one.endings) },
    );
  });

  test('a run that is stopped reports what it has run', async () => {
    let done = 0;
    const onProgress = (report: SimulationReport): void => {
      done = report.seeds;
    };
    const report = await simulate({ seed: 1, seeds: 1_000, clock: systemClock, onProgress, isStopped: () => done >= 3 });
    assert.deepEqual([report.seeds, report.violations], [3, []]);
    assert.ok(report.payments > 0);
  });

  test('another seed is another history', async () => {
    assert.notEqual((await run(3, { written: true })).hash, (await run(4, { written: true })).hash);
  });
});

describe('simulator: a planted fault is seen', () => {
  const any = (): boolean => true;
  const amongReplicas = plantedInReplicas.map(({ shows = any, ...planted }) => {
    return { ...planted, shows: (scenario: Scenario) => scenario.replicas.bluewallet > 1 && shows(scenario) };
  });
  for (const { name, seen, shows, from = 1, ...broken } of [
    ...plantedInWorld.map((planted) => ({ ...planted, shows: any })),
    ...amongReplicas,
  ]) {
    test(name, async () => {
      const rules = await rulesBroken(broken, seen, shows, from);
      assert.ok(
        rules.some((rule) => seen.includes(rule as never)),
        `seen instead: ${rules.join() || 'nothing'}`,
      );
    });
  }

  test('the shortest history of a violation has few payments and few faults', async () => {
    const early = plantedInWorld.find(({ name }) => name.startsWith('it acts before'));
    assert.ok(early);
    const { result, payments, faults } = await shrink(5, 'durable-first', early.sabotage);
    assert.ok(result.violations.some(({ rule }) => rule === 'durable-first'));
    assert.equal(payments.length, 1);
    assert.deepEqual(faults, []);
    assert.ok(result.history.length > 0);
  });
});

const sorted = (counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] => Object.entries(counts).sort();

const PLANTED_SEEDS_MAX = 1_000;

async function rulesBroken(
  broken: RunOptions,
  wanted: readonly string[],
  shows: (scenario: Scenario) => boolean,
  from: number,
): Promise<readonly string[]> {
  const rules = new Set<string>();
  for (let seed = from; seed < from + PLANTED_SEEDS_MAX; seed++) {
    if (!shows(scenarioOf(seed))) continue;
    for (const { rule } of (await run(seed, broken)).violations) rules.add(rule);
    if (wanted.some((rule) => rules.has(rule))) break;
  }
  return [...rules];
}

const ALL_FAULTS = [
  'connect-refused',
  'tls-refused',
  'request-lost',
  'reset',
  'answer-lost',
  'slow',
  'duplicate',
  'swallowed',
  'late',
  'error-not-done',
  'done-then-error',
  'error-then-done',
  'corrupted',
  'empty-answer',
  'throws',
  'done-then-refused',
  'refused-then-done',
  'crash',
  'crash-inside',
  'stall',
  'stall-inside',
  'cut-off',
  'commit-lost',
  'disk-full',
  'store-down',
  'clock-jump',
  'key-rotation',
  'certificate-rotation',
  'outage',
  'false-word',
  'stranger',
  'doubt',
  'foreign-question',
  'question-error',
];
