import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { PlantedInFlow } from '../../test/planted-in-flow.ts';
import { plantedInPayee } from '../../test/planted-in-payee.ts';
import { plantedInPayer } from '../../test/planted-in-payer.ts';
import { plantedInSend } from '../../test/planted-in-send.ts';
import { FLOWS_PAGE } from '../explore-command.ts';
import { flowsPage } from './diagram.ts';
import { type Exploration, explore, type Model } from './explore.ts';
import { explorations } from './explore-all.ts';
import { payeeModel } from './payee-model.ts';

describe('explorer: every reachable state of one payment', () => {
  const explored: Exploration[] = [];
  for (const planned of explorations({ models: 'main', checkMerging: true })) {
    test(`${planned.flow}: no rule is broken in any state, and from each an end can be reached`, () => {
      const exploration = planned.run();
      explored.push(exploration);
      const { name, states, complete, violation } = exploration;
      assert.deepEqual(violation, undefined, name);
      assert.equal(complete, true);
      assert.ok(states > (planned.flow === 'send' ? 300 : 1_000), `only ${states} states: the model has lost something`);
    });
  }

  test('payee, put back to an older copy: no rule is broken in any state, and from each an end can be reached', () => {
    const { states, complete, violation } = explore(payeeModel({ restores: true }), { statesMax: 200_000 });
    assert.deepEqual([violation, complete], [undefined, true]);
    assert.ok(states > 5_000, `only ${states} states: the model has lost something`);
  });

  test('payee, with a person who acts: what a credited core refuses to undo stays before a person', () => {
    const core = { atPrepare: 'credit', notificationRepeatable: false } as const;
    const { complete, violation } = explore(payeeModel({ core, person: 'acts' }), { statesMax: 100_000 });
    assert.deepEqual([violation, complete], [undefined, true]);
  });

  test('the page with the diagrams is what the explorer finds', () => {
    assert.equal(readFileSync(FLOWS_PAGE, 'utf8'), flowsPage(explored), 'write it anew with ./pm explore --page');
  });
});

describe('explorer: a fault planted in a flow is found', () => {
  for (const planted of [...plantedInPayer, ...plantedInPayee, ...plantedInSend]) {
    test(planted.name, () => assert.match(firstViolation(planted) ?? 'nothing was found', planted.complaint));
  }
});

function firstViolation({ broken, core, afterRestore }: PlantedInFlow): string | undefined {
  const flow = broken.send !== undefined ? 'send' : broken.payer === undefined ? 'payee' : 'payer';
  const planned = explorations({ models: afterRestore ? 'restored' : 'main' }, broken).filter((one) => one.flow === flow);
  const special = () => explore(payeeModel({ ...(core && { core }), ...(broken.payee && { flow: broken.payee }) }), { statesMax: 200_000 });
  for (const run of core === undefined ? planned.map((one) => one.run) : [special]) {
    const { violation } = run();
    if (violation !== undefined) return violation.what;
  }
  return undefined;
}

describe('explorer: itself', () => {
  const counter = (change: Partial<Model<number>>): Model<number> => ({
    name: 'counter',
    start: 0,
    steps: (n) => (n < 5 ? [{ label: `to ${n + 1}`, to: n + 1 }] : []),
    key: String,
    keyWithoutTime: String,
    finerKey: String,
    wrong: () => [],
    wrongStep: () => [],
    isEnd: (n) => n === 5,
    stage: String,
    ...change,
  });

  test('counts states, transitions and depth', () => {
    const { states, transitions, depth, violation } = explore(counter({}), { statesMax: 100 });
    assert.deepEqual([states, transitions, depth, violation], [6, 5, 5, undefined]);
  });

  test('gives the shortest path to what is wrong', () => {
    const { violation } = explore(counter({ wrong: (n) => (n === 3 ? ['three'] : []) }), { statesMax: 100 });
    assert.deepEqual(violation, { what: 'three', path: ['to 1', 'to 2', 'to 3'] });
  });

  test('finds a state from which only a mishap leads to an end', () => {
    const { violation } = explore(counter({ steps: (n) => (n < 5 ? [{ label: `to ${n + 1}`, to: n + 1, mishap: n === 4 }] : []) }), {
      statesMax: 100,
    });
    assert.match(violation?.what ?? '', /no end can be reached/);
  });

  test('says so when there are more states than allowed', () => {
    assert.equal(explore(counter({ steps: (n) => [{ label: '', to: n + 1 }] }), { statesMax: 10 }).complete, false);
  });
});
