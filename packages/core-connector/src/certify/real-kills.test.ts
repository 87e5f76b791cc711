import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCandidate } from './read-candidate.ts';
import { payWithRealKills } from './real-kills.ts';
import type { Candidate } from './rig.ts';

const CONNECTORS = join(import.meta.dirname, '../../../../connectors');

/** A few, of a core over HTTP and of one that is a database: `./pm connector certify DIR --kills real` pays a hundred. */
for (const [name, deaths] of [
  ['rest-core', 2],
  ['sql-core', 1],
] as const)
  test(`${name}: payments whose process is killed by SIGKILL end as the core's ledger, the records and the outcomes say`, async () => {
    const folder = join(CONNECTORS, name);
    const { candidate } = await readCandidate(folder);
    const { sums, faults, kills, killed, committed, aborted, refused, sent } = await payWithRealKills(folder, candidate as Candidate, {
      payments: 3,
      seed: 1,
      kills: deaths,
      times: 20,
    });
    assert.deepEqual(faults, []);
    assert.equal(committed + aborted + refused, 3);
    assert.equal(kills, deaths);
    assert.ok(killed > 0);
    // one, and the two that go before
    assert.equal(sent, 3);
    assert.equal(sums.records, sums.ledger);
    assert.equal(sums.outcomes, sums.ledger);
    assert.notEqual(sums.ledger, '0', 'nothing was paid');
  });
