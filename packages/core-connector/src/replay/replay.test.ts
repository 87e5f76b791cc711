import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryJournal } from '@payment-manager/journal';
import type { KeptMessage } from '@payment-manager/messages';
import { createMetrics, createSealer, noFailpoints, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import { parseExactJson } from '../codec/json.ts';
import type { ValueObject } from '../expression/value.ts';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import { type ConnectorFiles, compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { CoreRecords } from '../record/core-records.ts';
import type { RunningConnector } from '../record/settings.ts';
import { oneVersion } from '../record/versions.ts';
import type { CallAnswer } from '../run/answer.ts';
import { asHttp } from '../run/render.ts';
import { type ReplayOf, replay as replayed } from './replay.ts';
import { saidText } from './told.ts';

const PREPARE = 'transfer.prepare';
const COMMITTED = 'transfer.finalise COMMITTED';
const QUOTE =
  '{"to":{"idType":"MSISDN","idValue":"254711"},"from":{"displayName":"Ben"},"currency":"KES","transferAmount":"100","payeeReceiveAmount":"99.5","payeeReceiveAmountCurrency":"KES","facts":{"accountId":"A-7"},"note":"rent"}';
const INPUT = parseExactJson(`{"quote":${QUOTE},"req":{}}`) as ValueObject;
const files = await readConnectorFolder(join(import.meta.dirname, '../../../../connectors/rest-core'));
const CFG = { baseUrl: 'https://core.example.org/bank', clientSecret: 'canary-secret' };
const SEALER = createSealer(new Uint8Array(32), seededRandom(1));

/** The connector with texts of its operations replaced. */
function running(changes: readonly (readonly [file: string, from: string, to: string])[] = []): RunningConnector {
  const operations = new Map(files.operations);
  for (const [file, from, to] of changes) {
    const text = operations.get(`operations/${file}.yaml`) ?? assert.fail(file);
    assert.ok(text.includes(from), from);
    operations.set(`operations/${file}.yaml`, text.replace(from, to));
  }
  const edited: ConnectorFiles = { ...files, operations };
  const { connector, problems } = compileConnector(edited);
  assert.deepEqual(problems.map(problemLine), []);
  return { connector, version: 'v1', cfg: CFG };
}

/** A read before the hold, as a connector may have it. */
const READ = [
  PREPARE,
  'steps:\n',
  'steps:\n  - call: account\n    get: /accounts/{id}\n    path: { id: "=quote.facts.accountId" }\n',
] as const;

const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  'GET /accounts/A-7': [200, '{"id":"A-7","status":"OPEN"}'],
  'POST /holds': [201, '{"id":"H-1","accountId":"A-7","amount":"99.50","status":"DONE"}'],
  'POST /holds/H-1/capture': [200, '{"id":"C-1","status":"DONE"}'],
};

/** As somebody sees it who may see persons' data. */
function replay(of: ReplayOf, personal = true) {
  const { lines, differences, unknown } = replayed(of);
  const texts = (all: typeof lines) => all.map((said) => saidText(said, personal));
  return { lines: texts(lines), differences: texts(differences), unknown: texts(unknown) };
}

/** A payment that is paid with a connector: what is journalled of it, and what was said. */
async function paid(by: RunningConnector, answers = ANSWERS, operations: readonly string[] = [PREPARE, COMMITTED]) {
  const time = virtualTime();
  const journal = memoryJournal();
  const messages: KeptMessage[] = [];
  const call = async (asked: Parameters<typeof asHttp>[0]): Promise<CallAnswer> => {
    const { method, path } = asHttp(asked);
    const [status, text] = answers[`${method} ${path}`] ?? [404, '{"code":"UNKNOWN_REFERENCE"}'];
    const common = { at: time.now(), direction: 'out', side: 'core', backEnd: 'core', headers: {}, tookMs: 1, ids: ['T1'] } as const;
    const answer = { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
    messages.push({ ...common, method, target: `${CFG.baseUrl}${path}`, body: Buffer.alloc(0), answer });
    return { kind: 'answer', status, headers: answer.headers, body: parseExactJson(text), readable: true };
  };
  const records = new CoreRecords({
    ...{ versions: oneVersion(by, { call }), proofs: { has: () => true, add: () => undefined }, sealer: SEALER, journal },
    ...{ clock: time, timers: time, log: recordedLog(), metrics: createMetrics(), failpoints: noFailpoints },
    ...{ alarm: () => {}, restingRecords: 10 },
  });
  for (const operation of operations) {
    let over = false;
    const asked = { side: 'payee', transferId: 'T1', operation, input: INPUT, deadline: time.now() + 30_000 } as const;
    const done = records.run(asked).finally(() => {
      over = true;
    });
    for (let steps = 0; !over && steps < 500; steps++) await time.advance(100);
    await done;
  }
  const events = await records.events('payee', 'T1');
  await records.stop();
  return { events, messages };
}

test('an unchanged connector gives no difference, and each step is told', async () => {
  const { events, messages } = await paid(running([READ]));
  const { lines, differences, unknown } = replay({ running: running([READ]), events, messages, sealer: SEALER });
  assert.deepEqual([differences, unknown], [[], []]);
  const said = lines
    .filter((line) => /^[<>]/.test(line))
    .map((line) =>
      line
        .split(' ')
        .slice(0, line.startsWith('>') ? 3 : 2)
        .join(' '),
    );
  assert.deepEqual(said, ['> GET /accounts/A-7', '< 200', '> POST /holds', '< 201', '> POST /holds/H-1/capture', '< 200']);
});

test('a changed mapping shows the request that would differ, member by member, and what follows goes on', async () => {
  const { events, messages } = await paid(running());
  const edited = running([[PREPARE, 'note: =quote.note', 'note: =$uppercase(quote.note)']]);
  const { differences, unknown } = replay({ running: edited, events, messages, sealer: SEALER });
  assert.deepEqual([differences, unknown], [['payee-hold: body.note was "rent", and would be "RENT"'], []]);
});

test('without the right to see persons’ data no value of the payment is told', async () => {
  const { events, messages } = await paid(running([READ]));
  const edited = running([READ, [PREPARE, 'note: =quote.note', 'note: =$uppercase(quote.note)']]);
  const { lines, differences } = replay({ running: edited, events, messages, sealer: SEALER }, false);
  assert.deepEqual(differences, ['payee-hold: body.note would be otherwise']);
  for (const value of ['254711', 'Ben', 'A-7', 'H-1', 'rent', 'RENT'])
    assert.ok(!lines.join().includes(value), `${value} is told: ${lines.join()}`);
});

test('another call, header and body are told', async () => {
  const { events, messages } = await paid(running());
  const edited = running([
    [PREPARE, 'amount: =$string(amount)', 'amount: =amount'],
    ['transfer.finalise', 'post: /holds/{hold}/capture', 'post: /holds/{hold}/take'],
    ['transfer.finalise', 'headers: { Idempotency-Key: "=key" }', 'headers: { Idempotency-Key: "=key", X-By: us }'],
  ]);
  const { differences, unknown } = replay({ running: edited, events, messages, sealer: SEALER });
  assert.deepEqual(differences, [
    'payee-hold: body.amount was "99.5", and would be 99.5',
    'payee-capture: the call was POST /holds/H-1/capture, and would be POST /holds/H-1/take',
    'payee-capture: the header was {"Idempotency-Key":"T1-payee-capture"}, and would be {"Idempotency-Key":"T1-payee-capture","X-By":"us"}',
  ]);
  assert.deepEqual(unknown, []);
});

test('another predicate gives another outcome; another check another branch; what was begun then is told', async () => {
  const { events, messages } = await paid(running());
  const pending = running([[PREPARE, 'ok: =status = 201 and', 'ok: =status = 299 and']]);
  assert.match(
    replay({ running: pending, events, messages, sealer: SEALER }).differences[0] ?? '',
    /^transfer\.prepare: payee-hold was ok .*, and would be unknown: no predicate knows the answer \(HTTP 201\)$/,
  );
  const strict = running([[PREPARE, 'steps:\n', 'steps:\n  - check:\n      - unless: =quote.note = "food"\n        fail: "5400"\n']]);
  const { differences } = replay({ running: strict, events, messages, sealer: SEALER });
  assert.equal(differences[0], 'transfer.prepare: payee-hold was begun, and would not be');
  assert.match(differences[1] ?? '', /^transfer\.prepare: its end was the reply .*, and would be the refusal 5400$/);
  assert.match(differences.at(-1) ?? '', /^transfer\.finalise COMMITTED: its end was .*, and would be stuck$/);
});

test('where answers were not kept it is told what is unknown: outcomes of money are taken as they were, reads end it', async () => {
  const { events } = await paid(running());
  const { differences, unknown } = replay({ running: running(), events, messages: [], sealer: SEALER });
  assert.deepEqual(differences, []);
  assert.deepEqual(unknown, [
    'transfer.prepare: what the core answered to payee-hold is not kept; it is taken as it was then',
    'transfer.finalise COMMITTED: what the core answered to payee-capture is not kept; it is taken as it was then',
  ]);
  const withRead = replay({ running: running([READ]), events, messages: [], sealer: SEALER });
  assert.equal(withRead.unknown[0], 'transfer.prepare: how it goes on is not known, for no answer is kept to GET /accounts/A-7');
});

test('a refusal after the commit is posted to suspense, then and now; without that posting it would be stuck', async () => {
  const refused = { ...ANSWERS, 'POST /holds/H-1/capture': [422, '{"code":"X"}'] as const, 'POST /suspense': [201, '{}'] as const };
  const { events, messages } = await paid(running(), refused);
  assert.deepEqual(replay({ running: running(), events, messages, sealer: SEALER }).differences, []);
});

test('a payment without a record, and a key of another journal', async () => {
  assert.deepEqual(replay({ running: running(), events: [], messages: [], sealer: SEALER }).unknown, [
    'the payment has no record at the core',
  ]);
  const { events, messages } = await paid(running());
  const other = createSealer(new Uint8Array(32).fill(1), seededRandom(1));
  assert.throws(() => replay({ running: running(), events, messages, sealer: other }));
});
