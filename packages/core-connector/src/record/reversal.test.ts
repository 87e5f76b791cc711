import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryJournal } from '@payment-manager/journal';
import { createMetrics, createSealer, noFailpoints, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import { parseExactJson } from '../codec/json.ts';
import type { ValueObject } from '../expression/value.ts';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import { compileConnector } from '../language/compile-connector.ts';
import type { CallAnswer } from '../run/answer.ts';
import type { Iso8583Request } from '../run/render-iso8583.ts';
import { CoreRecords } from './core-records.ts';
import { oneVersion } from './versions.ts';

const SEND = parseExactJson(
  '{"send":{"total":"20","currency":"KES","from":{"idType":"MSISDN","idValue":"254700"},"facts":{"accountId":"0100000700"}}}',
) as ValueObject;
const CFG = { zone: 'UTC', currency: 'KES', acquirer: '404001', terminal: 'PM000001', suspenseAccount: '9', hostAddress: '127.0.0.1:5000' };

/** A payer's debit whose answer is lost, at a host that answers as it is told; the process may be killed and started again. */
async function setUp(answers: (request: Iso8583Request, nth: number) => CallAnswer | 'never') {
  const { connector } = compileConnector(await readConnectorFolder(join(import.meta.dirname, '../../../../connectors/iso8583-host')));
  const time = virtualTime();
  const journal = memoryJournal();
  const sent: { readonly request: Iso8583Request; readonly at: number }[] = [];
  const process = (): CoreRecords =>
    new CoreRecords({
      versions: oneVersion(
        { connector, version: 'v1', cfg: CFG },
        {
          call: async (request) => {
            assert.equal(request.kind, 'iso8583');
            sent.push({ request: request as Iso8583Request, at: time.now() });
            const answer = answers(request as Iso8583Request, sent.length);
            return answer === 'never' ? new Promise<CallAnswer>(() => {}) : answer;
          },
        },
      ),
      proofs: new Set<string>(),
      sealer: createSealer(new Uint8Array(32), seededRandom(1)),
      journal,
      clock: time,
      timers: time,
      log: recordedLog(),
      metrics: createMetrics(),
      failpoints: noFailpoints,
      alarm: () => {},
      restingRecords: 10,
    });
  const hold = (records: CoreRecords) =>
    records.run({ side: 'payer', transferId: 'T1', operation: 'send.hold', input: SEND, deadline: time.now() + 30_000 });
  return { time, sent, process, hold };
}

const LOST: CallAnswer = { kind: 'failed', sent: true, reason: 'lost' };
const said = (code: string): CallAnswer => ({ kind: 'iso8583', mti: '0430', fields: { DE39: code } });

test('a debit of which nobody knows is reversed after its quiet time, and each repeat is the same message that says that it is one', async () => {
  const { time, sent, process, hold } = await setUp((_request, nth) => (nth < 4 ? LOST : said('00')));
  const records = process();
  void hold(records);
  await time.advance(80_000);
  assert.deepEqual(
    sent.map(({ request }) => request.mti),
    ['0200'],
    'not before the quiet time is over: it could overtake the original',
  );
  await time.advance(900_000);
  assert.deepEqual(
    sent.map(({ request }) => request.mti),
    ['0200', '0420', '0421', '0421'],
  );
  const [debit, first, ...repeats] = sent.map(({ request }) => request);
  for (const repeat of repeats) assert.deepEqual({ ...repeat, mti: '0420' }, first);
  assert.notEqual(first?.drawn?.stan, debit?.drawn?.stan, 'a message of its own');
  assert.equal(first?.fields['DE90'], `0200${debit?.drawn?.stan}${debit?.drawn?.transmission}${'0'.repeat(22)}`);
  const { effects } = (await records.state('payer', 'T1')) ?? {};
  assert.equal(effects?.['payer-debit']?.status, 'reversed');
});

test('a process that dies while it reverses: the next one repeats, for the first may have arrived', async () => {
  const { time, sent, process, hold } = await setUp((_request, nth) => (nth === 1 ? LOST : nth === 2 ? 'never' : said('25')));
  const first = process();
  void hold(first);
  await time.advance(200_000);
  assert.deepEqual(
    sent.map(({ request }) => request.mti),
    ['0200', '0420'],
  );
  void first.stop();
  const second = process();
  await second.start();
  await time.advance(200_000);
  assert.deepEqual(
    sent.map(({ request }) => request.mti),
    ['0200', '0420', '0421'],
  );
  assert.equal(sent[1]?.request.drawn?.stan, sent[2]?.request.drawn?.stan);
  const { effects } = (await second.state('payer', 'T1')) ?? {};
  assert.equal(effects?.['payer-debit']?.status, 'reversed', 'that it was never there counts now');
});
