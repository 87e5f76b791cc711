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

/** Faults that are planted in copies of the templates whose cores are a database, speak SOAP and ISO 8583; those of the others are in certify.test.ts. */
type Template = 'sql-core' | 'soap-t24' | 'iso8583-host';
const TEMPLATES = join(import.meta.dirname, '../../../../connectors');

type File = 'prepare' | 'finalise' | 'certify' | 'schema';
type Change = readonly [file: File, from: string | RegExp, to: string];

interface Planted {
  readonly told: readonly string[];
  readonly candidate: Candidate;
}

async function planted(template: Template, changes: readonly Change[]): Promise<Planted> {
  const folder = join(TEMPLATES, template);
  const files = await readConnectorFolder(folder);
  const operations = new Map(files.operations);
  const texts = { certify: readFileSync(join(folder, 'certify.yaml'), 'utf8'), schema: '' };
  if (template === 'sql-core') texts.schema = readFileSync(join(folder, 'schema.sql'), 'utf8');
  for (const [file, from, to] of changes) {
    const name = `operations/transfer.${file}.yaml`;
    const before = file === 'certify' || file === 'schema' ? texts[file] : (operations.get(name) ?? '');
    const after = typeof from === 'string' ? before.replaceAll(from, () => to) : before.replace(from, () => to);
    assert.notEqual(after, before, `${file} has no ${String(from)}`);
    if (file === 'certify' || file === 'schema') texts[file] = after;
    else operations.set(name, after);
  }
  const { connector, problems } = compileConnector({ ...files, operations });
  const made = compilePlan(texts.certify);
  assert.deepEqual(made.problems.map(problemLine), []);
  return { told: problems.map(problemLine), candidate: { connector, plan: made.plan as Candidate['plan'], schema: texts.schema } };
}

const SEEN: readonly (readonly [Template, what: string, changes: readonly Change[], cases: readonly string[]])[] = [
  [
    'sql-core',
    'no key: the column of the reference is not unique',
    [['schema', 'reference VARCHAR(128) NOT NULL PRIMARY KEY', 'reference VARCHAR(128) NOT NULL']],
    ['TT-03 payee-hold lost-after'],
  ],
  ['sql-core', 'refusals are not kept', [['certify', 'refusalsKept: "true"', 'refusalsKept: "false"']], ['KR-01']],
  ['sql-core', 'the rows of references are deleted too soon', [['certify', 'keysKept: 365d', 'keysKept: 30d']], ['KR-01']],
  [
    'sql-core',
    'abort ignored: what the account expects stays',
    [
      [
        'finalise',
        'UPDATE account SET incoming = incoming - CAST(:minor AS DECIMAL(19,0)) WHERE id = :account',
        'UPDATE account SET incoming = incoming + 0 * CAST(:minor AS DECIMAL(19,0)) WHERE id = :account',
      ],
    ],
    ['LT-02'],
  ],
  [
    'sql-core',
    'a hold that is booked and not ended',
    [
      [
        'finalise',
        /SET ended_by = :reference WHERE reference = :hold AND kind = 'HOLD' AND ended_by IS NULL/,
        "SET kind = 'HOLD' WHERE (reference = :hold OR reference = :reference) AND kind = 'HOLD' AND ended_by IS NULL",
      ],
    ],
    ['LT-01'],
  ],
  [
    'soap-t24',
    'a blind retry: the core honours no key',
    [['prepare', '    settle:\n', '    settle:\n      key: { keepsRefusals: "true", keptFor: 72h }\n']],
    ['KR-01', 'TT-03 payee-hold lost-after', 'KR-04 payee-hold'],
  ],
  ['soap-t24', 'a quiet time that is shorter than the core is late', [['prepare', 'quiet: 120s', 'quiet: 1s']], ['TT-06 payee-hold late']],
  [
    'soap-t24',
    'whatever is no success is a refusal',
    [['prepare', /refused: =.*/, 'refused: =status >= 400']],
    ['TT-07 payee-hold error-after'],
  ],
  [
    'soap-t24',
    'an enquiry that takes any answer for "it is not there"',
    [['prepare', /absent: =.*/, 'absent: =status >= 400']],
    ['TT-05 payee-hold'],
  ],
  [
    'soap-t24',
    'abort ignored: the transfer is authorised',
    [
      ['finalise', 'post: /DeleteTransfer', 'post: /AuthoriseTransfer'],
      ['finalise', /t24:DeleteTransfer(?=>)/g, 't24:AuthoriseTransfer'],
      ['finalise', /t24:DeleteTransferResponse/g, 't24:AuthoriseTransferResponse'],
    ],
    ['LT-02', 'DT-05'],
  ],
  [
    'soap-t24',
    'a second transfer at the commit, in place of the authorisation',
    [['finalise', '<noOfAuth>0</noOfAuth>', '<noOfAuth>1</noOfAuth>']],
    ['PT-04 payee-capture'],
  ],
  [
    'iso8583-host',
    'a blind retry: the host executes each repeat',
    [['certify', /^ {4}key: .*\n/gm, '']],
    ['TT-03 payee-credit lost-after'],
  ],
  [
    'iso8583-host',
    'whatever is no approval is a refusal',
    [['finalise', /refused: =.*/g, 'refused: =DE39 != "00"']],
    ['TT-07 payee-credit error-after'],
  ],
  ['iso8583-host', 'refusals are not kept', [['certify', 'refusalsKept: "true"', 'refusalsKept: "false"']], ['KR-01']],
];

for (const [template, what, changes, wanted] of SEEN)
  test(`planted in ${template}: ${what}: ${wanted.join(', ')} fail`, async () => {
    const { told, candidate } = await planted(template, changes);
    assert.deepEqual(told, []);
    for (const only of wanted) {
      const { cases, failed } = await certify(candidate, { payments: only === 'LT-07' ? 40 : 0, seed: 3, only, clock: systemClock });
      assert.ok(cases.length > 0, `there is no ${only}`);
      assert.ok(failed > 0, `${only} passed`);
    }
  });

/** What lint refuses already: such a connector is never certified. */
const REFUSED: readonly (readonly [Template, what: string, changes: readonly Change[], told: RegExp])[] = [
  [
    'sql-core',
    'the first statement binds no key',
    [['prepare', 'reference: =key\n            account', 'reference: =op.transferId\n            account']],
    /binds `key`/,
  ],
  [
    'sql-core',
    'a repeat that overwrites',
    [
      [
        'prepare',
        "VALUES (:reference, 'HOLD', :account, CAST(:minor AS DECIMAL(19,0)), :currency, :transfer)",
        "VALUES (:reference, 'HOLD', :account, CAST(:minor AS DECIMAL(19,0)), :currency, :transfer) ON CONFLICT DO NOTHING",
      ],
    ],
    /inserts the reference/,
  ],
  ['sql-core', 'no enquiry', [['prepare', /^ {6}ask:[\s\S]*?quiet: 60s\n/m, '']], /ask/],
  [
    'sql-core',
    'a date that is evaluated anew',
    [['prepare', 'currency: =quote.payeeReceiveAmountCurrency\n            transfer', 'currency: =op.now\n            transfer']],
    /a repeat would say another time/,
  ],
  [
    'sql-core',
    'a quiet time in the place of the lock',
    [['prepare', 'absent: =free', 'absent: =state = "DONE"']],
    /a row that is not there proves nothing while a transaction may be open/,
  ],
  ['sql-core', 'abort ignored', [['finalise', /---[\s\S]*$/, '']], /the hold payee-hold has no release/],
  ['soap-t24', 'no enquiry', [['prepare', /^ {6}ask:[\s\S]*?quiet: 120s\n/m, '']], /an unknown outcome could never be settled/],
  [
    'soap-t24',
    'a date that is evaluated anew',
    [['prepare', 'debit: =cfg.internalAccount', 'debit: =op.now']],
    /a repeat would say another time/,
  ],
  ['soap-t24', 'abort ignored', [['finalise', /---[\s\S]*$/, '']], /the hold payee-hold has no release/],
  [
    'soap-t24',
    'released before it is captured',
    [['finalise', '    kind: capture', '    kind: release']],
    /transfer\.finalise COMMITTED has no release/,
  ],
];

for (const [template, what, changes, told] of REFUSED)
  test(`planted in ${template}: ${what}: lint refuses it`, async () => {
    assert.match((await planted(template, changes)).told.join('\n'), told);
  });
