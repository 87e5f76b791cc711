import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { compilePlan } from './plan.ts';
import { sendAtRandom } from './random-sends.ts';
import type { Candidate } from './rig.ts';

const FOLDER = join(import.meta.dirname, '../../../../connectors/soap-t24');

/** The template whose core honours no key, with another quiet time in what our customers pay. */
async function candidateWith(quiet: string): Promise<Candidate> {
  const files = await readConnectorFolder(FOLDER);
  const operations = new Map([...files.operations].map(([name, text]) => [name, text.replaceAll('quiet: 120s', `quiet: ${quiet}`)]));
  const { connector, problems } = compileConnector({ ...files, operations });
  const { plan } = compilePlan(readFileSync(join(FOLDER, 'certify.yaml'), 'utf8'));
  assert.deepEqual(problems.map(problemLine), []);
  return { connector, plan: plan as Candidate['plan'] };
}

test('customers pay at random through faults of core and scheme and through kills: one sum; the same seed pays the same', async () => {
  const candidate = await candidateWith('120s');
  const all = await sendAtRandom(candidate, 50, 1);
  const { committed, aborted, refused, kills, faultsMet, sums, faults } = all;
  assert.deepEqual(faults, []);
  assert.deepEqual([sums.records, sums.outcomes], [sums.ledger, sums.ledger]);
  assert.ok(committed > 10 && aborted > 5 && refused > 10 && kills > 0 && faultsMet > 20, JSON.stringify(all));
  assert.deepEqual(await sendAtRandom(candidate, 50, 1), all);
});

test('a quiet time that is shorter than the core is late shows: what came late is held, and nobody knows of it', async () => {
  const { faults } = await sendAtRandom(await candidateWith('1s'), 100, 1);
  assert.ok(
    faults.some((fault) => / is held at the core$/.test(fault)),
    faults.join('\n'),
  );
});
