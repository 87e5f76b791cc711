import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@payment-manager/runtime';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { certify } from './certify.ts';
import { compilePlan } from './plan.ts';
import type { Candidate } from './rig.ts';

const HOST = join(import.meta.dirname, '../../../../connectors/iso8583-host');

const CREDITED = `operation: transfer.prepare
steps:
  - money: payee-credit
    kind: credit
    amount: =$number(quote.payeeReceiveAmount)
    call:
      mti: "0200"
      fields:
        DE3: "210000"
        DE4: =$minorUnits(amount, cfg.currency)
        DE41: =cfg.terminal
        DE48: =key
        DE103: =quote.facts.accountId
    ok: =DE39 = "00" and $fromMinorUnits(DE4, cfg.currency) = amount
    refused: =DE39 in ["14", "45", "57", "62"]
    settle:
      reverse:
        call:
          mti: "0420"
          repeat: "0421"
          fields: { DE3: "210000", DE37: "=effect.rrn", DE41: "=cfg.terminal", DE48: "=key" }
        ok: =DE39 in ["00", "25"]
        quiet: 90s
        every: 5m
        for: 7d
    facts: { rrn: "=effect.rrn" }
    undo: payee-reversal
  - reply:
      homeTransactionId: =op.transferId
      transferState: RESERVED
`;

const ENDED = `operation: transfer.finalise
on: COMMITTED
steps:
  - reply: {}
---
operation: transfer.finalise
on: ABORTED
steps:
  - money: payee-reversal
    kind: reverse
    of: payee-credit
    call:
      mti: "0420"
      repeat: "0421"
      fields: { DE3: "210000", DE37: "=of.facts.rrn", DE41: "=cfg.terminal", DE48: "=key" }
    ok: =DE39 = "00"
    settle:
      key: { keepsRefusals: "true", keptFor: 7d }
`;

const CALLS = `  - call: "0200"
    effect: credit
    account: =body.DE103
    amount: =$fromMinorUnits(body.DE4, "KES")
    reference: =body.DE37
    done: { body: { DE39: "00" } }
    refused: { body: { DE39: "57" } }
  - call: "0420"
    effect: reverse
    of: =body.DE37
    key: =body.DE7 & body.DE11 & body.DE37
    done: { body: { DE39: "00" } }
    refused: { body: { DE39: '=reason = "POSTING_UNKNOWN" ? "25" : "57"' } }
`;

/** A host that credits at the prepare and honours no key for that: what is unknown is reversed. */
async function candidate(quiet = '90s'): Promise<Candidate> {
  const files = await readConnectorFolder(HOST);
  const operations = new Map([...files.operations]);
  operations.delete('operations/send.yaml');
  operations.set('operations/transfer.prepare.yaml', CREDITED.replace('quiet: 90s', `quiet: ${quiet}`));
  operations.set('operations/transfer.finalise.yaml', ENDED);
  const { connector, problems } = compileConnector({ ...files, operations });
  const { plan, problems: ofPlan } = compilePlan(
    `${readFileSync(join(HOST, 'certify.yaml'), 'utf8').replace(/ {2}- call: "0220"[\s\S]*/, '')}${CALLS}`,
  );
  assert.deepEqual([...problems, ...ofPlan].map(problemLine), []);
  return { connector, plan: plan as Candidate['plan'] };
}

const failed = async (of: Candidate, only: string, payments = 0) =>
  (await certify(of, { payments, seed: 5, only, clock: systemClock })).cases.filter(({ result }) => result === 'failed');

test('a host that is told to reverse what nobody knows of: each loss, and random payments with faults and kills, have one sum', async () => {
  const of = await candidate();
  for (const only of ['TT-03', 'TT-05', 'TT-06']) assert.deepEqual(await failed(of, only), []);
  assert.deepEqual(await failed(of, 'LT-07', 40), []);
});

test('a reversal that overtakes its original is seen', async () => {
  const found = await failed(await candidate('1s'), 'TT-06 payee-credit late');
  assert.match(JSON.stringify(found), /the core has booked/);
});
