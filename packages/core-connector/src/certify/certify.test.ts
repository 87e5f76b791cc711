import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@payment-manager/runtime';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import { type ConnectorFiles, compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import type { Certification } from './certification.ts';
import { certify } from './certify.ts';
import { compilePlan } from './plan.ts';
import { readCandidate } from './read-candidate.ts';
import type { Candidate } from './rig.ts';

const TEMPLATES = join(import.meta.dirname, '../../../../connectors');
const REST = join(TEMPLATES, 'rest-core');
const clock = systemClock;
/** Long: killed at every point of a payment, with every answer that is none; otherwise at each twelfth and with half of them, as `./pm connector certify` never does. */
const LONG = process.env['PM_TEST_LONG'] !== undefined;

const failedIn = ({ cases }: Certification): readonly string[] =>
  cases.flatMap(({ id, result, details }) => (result === 'failed' ? [`${id}: ${details.join('; ')}`] : []));

for (const name of readdirSync(TEMPLATES).filter((each) => existsSync(join(TEMPLATES, each, 'certify.yaml'))))
  test(`the template ${name} is certified, with 40 random payments`, async () => {
    const { candidate, problems } = await readCandidate(join(TEMPLATES, name));
    assert.deepEqual(problems.map(problemLine), []);
    const certification = await certify(candidate as Candidate, { payments: 40, seed: 7, killEvery: LONG ? 1 : 12, clock });
    assert.deepEqual(failedIn(certification), []);
    assert.ok(certification.passed > 60, String(certification.passed));
    const { committed, aborted, kills, faultsMet } = certification.random ?? { committed: 0, aborted: 0, kills: 0, faultsMet: 0 };
    assert.ok(committed > 8 && aborted > 4 && kills > 0 && faultsMet > 25, JSON.stringify({ committed, aborted, kills, faultsMet }));
    if (name === 'rest-core') assert.deepEqual(await again(candidate as Candidate, 7), certification.random, 'the same seed pays the same');
  });

async function again(candidate: Candidate, seed: number) {
  return (await certify(candidate, { payments: 40, seed, only: 'LT-07', clock })).random;
}

type Change = readonly [file: 'prepare' | 'finalise' | 'certify', from: string | RegExp, to: string];

/** rest-core with something wrong in it. */
async function planted(changes: readonly Change[]): Promise<{ files: ConnectorFiles; plan: string }> {
  const texts = await readConnectorFolder(REST);
  const operations = new Map(texts.operations);
  let plan = readFileSync(join(REST, 'certify.yaml'), 'utf8');
  for (const [file, from, to] of changes) {
    const name = `operations/transfer.${file}.yaml`;
    const before = file === 'certify' ? plan : (operations.get(name) ?? '');
    const after = typeof from === 'string' ? before.replaceAll(from, () => to) : before.replace(from, () => to);
    assert.notEqual(after, before, `${file} has no ${String(from)}`);
    if (file === 'certify') plan = after;
    else operations.set(name, after);
  }
  return { files: { ...texts, operations }, plan };
}

const HEADER = '      headers: { Idempotency-Key: "=key" }\n';
const KEY = '      key: { keepsRefusals: "true", keptFor: 72h }\n';

/** What a connector or its core can have wrong, the cases that see it, and one that must not be disturbed. */
const SEEN: readonly (readonly [what: string, changes: readonly Change[], cases: readonly string[]])[] = [
  ['no key is sent, and repeats count on one', [['prepare', HEADER, '']], ['TT-03 payee-hold lost-after', 'TT-07 payee-hold cut', 'LT-07']],
  ['a blind retry: the core honours no key', [['certify', '  keysKept: 72h\n', '']], ['KR-01', 'TT-03 payee-hold lost-after', 'LT-07']],
  [
    'refusals are not kept',
    [
      ['certify', 'refusalsKept: "true"', 'refusalsKept: "false"'],
      ['certify', '    busy: { status: "425" }\n', ''],
    ],
    ['KR-01', 'KR-03 payee-hold'],
  ],
  ['the core forgets keys sooner than the connector counts on them', [['certify', 'keysKept: 72h', 'keysKept: 24h']], ['KR-01']],
  [
    'a quiet time that is shorter than the core is late',
    [
      ['prepare', HEADER, ''],
      ['prepare', KEY, ''],
      ['prepare', 'quiet: 60s', 'quiet: 1s'],
    ],
    ['TT-06 payee-hold late'],
  ],
  [
    'an answer is taken for a success, whatever it says',
    [
      ['finalise', 'ok: =status = 200 and body.status = "DONE"', 'ok: =status < 500'],
      [
        'finalise',
        '    pending: =status = 202\n    refused: =status = 422\n    settle:\n      key: { keepsRefusals: "true", keptFor: 72h }\n      ask:',
        '    settle:\n      key: { keepsRefusals: "true", keptFor: 72h }\n      ask:',
      ],
    ],
    ['PT-04 payee-capture', 'TT-07 payee-capture limit'],
  ],
  [
    'an enquiry believes whatever it finds',
    [
      ['prepare', KEY, ''],
      ['prepare', HEADER, ''],
      ['prepare', 'absent: =status = 404 and body.code = "UNKNOWN_REFERENCE"', 'absent: =status >= 400'],
    ],
    ['TT-05 payee-hold'],
  ],
  [
    'a release that is sent nowhere',
    [
      ['finalise', 'post: /holds/{hold}/release', 'post: /holds/{hold}/notes'],
      ['finalise', '    ok: =status = 200\n', '    ok: =status < 500\n'],
    ],
    ['LT-02', 'LT-07'],
  ],
  ['the core keeps a hold for less than is said', [['prepare', 'expires: 7d', 'expires: 20d']], ['PT-06']],
  [
    'a renewal under the key of the one before, which the core has answered already',
    [
      ['prepare', `"=key & '-renewal-' & $string(renewal)"`, '"=key"'],
      ['certify', 'keysKept: 72h', 'keysKept: 30d'],
    ],
    ['PT-06'],
  ],
  [
    'whatever the core says to a renewal is a yes',
    [
      ['prepare', 'path: { hold: "=of.facts.holdId" }', 'path: { hold: "=op.transferId" }'],
      ['prepare', '      ok: =status = 200\n      for', '      ok: =status < 500\n      for'],
    ],
    ['PT-06'],
  ],
  ['a constant for the core’s own id', [['prepare', 'homeTransactionId: =hold.facts.holdId', 'homeTransactionId: "1234"']], ['CT-09']],
];

for (const [what, changes, wanted] of SEEN)
  test(`planted: ${what}: ${wanted.join(', ')} fail`, async () => {
    const { files, plan } = await planted(changes);
    const { connector, problems } = compileConnector(files);
    assert.deepEqual(problems.map(problemLine), []);
    const made = compilePlan(plan);
    assert.deepEqual(made.problems.map(problemLine), []);
    for (const only of wanted) {
      const certification = await certify(
        { connector, plan: made.plan as Candidate['plan'] },
        { payments: only === 'LT-07' ? 40 : 0, seed: 3, only, clock },
      );
      assert.ok(certification.failed > 0, `${only} passed`);
    }
  });

/** The same of templates whose cores honour no key, keep no refusals, or decide later. */
const SEEN_ELSEWHERE: readonly (readonly [template: string, what: string, from: string, to: string, cases: readonly string[]])[] = [
  ['mobile-wallet', 'a quiet time that is shorter than the core is late', 'quiet: 5m', 'quiet: 1s', ['TT-06 payee-credit late']],
  [
    'mobile-wallet',
    'pending is taken for done',
    `    ok: =status = 200 and body.data.status = "TS" and body.data.id = key
    # the wallet asks its own systems, or its customer: minutes
    pending: =status in [200, 202] and body.data.status in ["TIP", "TA"]
`,
    '    ok: =status in [200, 202] and $exists(body.data.id)\n',
    ['PE-01 payee-credit'],
  ],
  [
    'mambu',
    'refusals count that the core does not keep',
    'keepsRefusals: "false"',
    'keepsRefusals: "true"',
    ['KR-01', 'KR-04 payee-credit'],
  ],
  [
    'fineract-savings',
    'the account in the answer is not looked at, nor whether there is one',
    'refused: =status in [400, 403, 404]',
    'refused: =status >= 400',
    ['TT-07 payee-credit error-after'],
  ],
  ['sdk-backend', 'an abort is told as a commit', 'currentState: ABORTED', 'currentState: COMPLETED', ['LT-02', 'DT-05']],
];

for (const [template, what, from, to, wanted] of SEEN_ELSEWHERE)
  test(`planted in ${template}: ${what}: ${wanted.join(', ')} fail`, async () => {
    const folder = join(TEMPLATES, template);
    const texts = await readConnectorFolder(folder);
    const name = 'operations/transfer.finalise.yaml';
    const before = texts.operations.get(name) ?? '';
    const after = before.replaceAll(from, () => to);
    assert.notEqual(after, before);
    const { connector } = compileConnector({ ...texts, operations: new Map([...texts.operations, [name, after]]) });
    const { plan } = compilePlan(readFileSync(join(folder, 'certify.yaml'), 'utf8'));
    for (const only of wanted) {
      const { failed } = await certify(
        { connector, plan: plan as Candidate['plan'] },
        { payments: only === 'LT-07' ? 80 : 0, seed: 3, only, clock },
      );
      assert.ok(failed > 0, `${only} passed`);
    }
  });

/** What lint refuses already: such a connector is never certified. */
const REFUSED: readonly (readonly [what: string, changes: readonly Change[], told: RegExp])[] = [
  [
    'no way to settle',
    [['prepare', /^ {4}settle:[\s\S]*?(?=^ {4}facts:)/m, '    settle: {}\n']],
    /an unknown outcome could never be settled/,
  ],
  [
    'no enquiry, and a key without its refusals',
    [['finalise', 'settle: { key: { keepsRefusals: "true", keptFor: 72h } }', 'settle: { key: { keepsRefusals: "false", keptFor: 72h } }']],
    /a refused repeat proves nothing/,
  ],
  ['pending without an enquiry', [['prepare', /^ {6}ask:[\s\S]*?(?=^ {4}facts:)/m, '']], /`pending` needs `ask`/],
  ['a date that is evaluated anew', [['prepare', '        note: =quote.note', '        note: =op.now']], /a repeat would say another time/],
  ['abort ignored', [['finalise', / {2}- money: payee-release[\s\S]*$/, '  - reply: {}\n']], /the hold payee-hold has no release/],
  [
    'released before it is captured',
    [['finalise', '    kind: capture', '    kind: release']],
    /transfer\.finalise COMMITTED has no release/,
  ],
  [
    'a key that two payments may share',
    [
      [
        'prepare',
        '    amount: =$number(quote.payeeReceiveAmount)\n',
        '    amount: =$number(quote.payeeReceiveAmount)\n    key: =quote.facts.accountId\n',
      ],
    ],
    /two payments may share one/,
  ],
];

for (const [what, changes, told] of REFUSED)
  test(`planted: ${what}: lint refuses it`, async () => {
    const { problems } = compileConnector((await planted(changes)).files);
    assert.match(problems.map(problemLine).join('\n'), told);
  });

test('a plan that cannot be used is told with its place', () => {
  const text = readFileSync(join(REST, 'certify.yaml'), 'utf8');
  for (const [from, to, told] of [
    ['POST /suspense', 'PSOT /suspense', /certify\.yaml:\d+:\d+ a call is a method and a path/],
    ['    effect: release\n', '    effekt: release\n', /unknown key "effekt"; did you mean effect/],
    ['=posting.id', '=$posting(', /certify\.yaml:\d+:\d+ /],
    ['path.value', 'pfad.value', /pfad is not known here/],
  ] as const) {
    const { plan, problems } = compilePlan(text.replace(from, () => to));
    assert.equal(plan, undefined);
    assert.match(problems.map(problemLine).join('\n'), told);
  }
});
