import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { memoryJournal } from '@payment-manager/journal';
import { createMetrics, createSealer, noFailpoints, recordedLog, seededRandom, systemClock, systemTimers } from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { type HostFault, type HostMessage, type Iso8583Host, startIso8583Host } from '@payment-manager/sandbox';
import { parseExactJson } from '../../codec/json.ts';
import type { ValueObject } from '../../expression/value.ts';
import { readConnectorFolder } from '../../fixture/connector-folder.ts';
import { compileConnector } from '../../language/compile-connector.ts';
import { CoreRecords } from '../../record/core-records.ts';
import { oneVersion } from '../../record/versions.ts';
import type { OpenBackEnds } from '../back-end.ts';
import { openBackEnds } from '../back-ends.ts';

/* The template iso8583-host against a host of the sandbox over TCP: its messages are read and written by other code than ours. */

const FAST = { 'total: 20s': 'total: 2s', 'quiet: 90s': 'quiet: 1s', 'every: 5m': 'every: 1s' };
/** A customer of its own for each payment, so that they go on side by side. */
const PAYEES = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'SUSPENSE'];
const PAYERS = ['T9', 'T10', 'T11'];
/** Faults of the messages that tell of a transfer, in their order. */
const faults = new Map<string, (HostFault | undefined)[]>();
let host: Iso8583Host;
let backEnds: OpenBackEnds;
let records: CoreRecords;

before(async () => {
  host = await startIso8583Host({
    accounts: [...PAYEES, ...PAYERS].map((id) => ({
      id,
      alias: `254${id}`,
      name: `Holder of ${id}`,
      units: PAYERS.includes(id) ? 1_000_000n : 0n,
    })),
    currency: 'KES',
    clock: systemClock,
    timers: systemTimers,
    lateMs: 1_500,
  });
  host.fault = ({ fields }: HostMessage) => faults.get((fields.get(48) ?? '').split('-')[0] ?? '')?.shift();
  const files = await readConnectorFolder(join(import.meta.dirname, '../../../../../connectors/iso8583-host'));
  // times of a test
  const fast = (text: string): string => Object.entries(FAST).reduce((so, [from, to]) => so.replaceAll(from, to), text);
  const operations = new Map([...files.operations].map(([name, text]) => [name, fast(text)]));
  const { connector } = compileConnector({ ...files, connector: fast(files.connector), operations });
  const cfg = {
    hostAddress: `127.0.0.1:${host.port}`,
    zone: 'Africa/Nairobi',
    currency: 'KES',
    acquirer: '404001',
    terminal: 'PM000001',
    suspenseAccount: 'SUSPENSE',
  };
  const running = { connector, version: 'v1', cfg };
  const never = (): never => {
    throw new Error('there is no HTTP here');
  };
  const log = recordedLog();
  backEnds = openBackEnds({ running, client: never, clock: systemClock, timers: systemTimers, log });
  records = new CoreRecords({
    versions: oneVersion(running, backEnds),
    proofs: new Set<string>(),
    sealer: createSealer(new Uint8Array(32), seededRandom(1)),
    journal: memoryJournal(),
    clock: systemClock,
    timers: systemTimers,
    log,
    metrics: createMetrics(),
    failpoints: noFailpoints,
    alarm: () => {},
    restingRecords: 10,
  });
});
after(async () => {
  host.desk.ledger.assertBalanced();
  await records.stop();
  await backEnds.close();
  await host.close();
});

const input = (text: string): ValueObject => parseExactJson(text) as ValueObject;
const quoteTo = (id: string): ValueObject =>
  input(`{"quote":{"to":{"idType":"ACCOUNT_ID","idValue":"${id}"},"payeeReceiveAmount":"12.50","facts":{"accountId":"${id}"}},"req":{}}`);
const sendFrom = (id: string): ValueObject =>
  input(`{"send":{"total":"20","from":{"idType":"ACCOUNT_ID","idValue":"${id}"},"facts":{"accountId":"${id}"}}}`);
/** Each transfer has the name of its customer. */
const begin = (transferId: string, operation: string) => {
  const side = operation.startsWith('send') ? 'payer' : 'payee';
  const of = side === 'payer' ? sendFrom(transferId) : quoteTo(transferId);
  return records.run({ side, transferId, operation, input: of, deadline: systemClock.now() + 60_000 });
};
const balance = (id: string): number => Number(host.desk.ledger.account(id)?.units ?? 0n) / 10_000;
const typesOf = (transferId: string): readonly string[] =>
  host.messages.filter(({ fields }) => fields.get(48)?.startsWith(`${transferId}-`)).map(({ type }) => type);

/** Waits, by the machine's own speed, until an effect stands so. */
async function stands(side: 'payee' | 'payer', transferId: string, effect: string, status: string): Promise<void> {
  const from = machineSpeed.now();
  while ((await records.state(side, transferId))?.effects[effect]?.status !== status) {
    assert.ok(machineSpeed.now() - from < 30_000, `${effect} of ${transferId} is not ${status}`);
    await new Promise<void>((resolve) => void systemTimers.after(50, resolve));
  }
}

describe('iso8583-host, against a host over TCP', { concurrency: true }, () => {
  for (const [transferId, fault] of [
    ['T1', undefined],
    ['T2', 'lost'],
    ['T3', 'ignored'],
    ['T4', 'closes'],
    ['T5', 'twice'],
    ['T6', 'busy'],
    ['T7', 'late'],
  ] as const)
    test(`a payee is credited once where the answer is ${fault ?? 'there'}`, async () => {
      faults.set(transferId, [fault]);
      assert.equal((await begin(transferId, 'transfer.prepare')).kind, 'ended');
      await begin(transferId, 'transfer.finalise COMMITTED');
      await stands('payee', transferId, 'payee-credit', 'ok');
      assert.equal(balance(transferId), 12.5);
      const [first, ...repeats] = typesOf(transferId);
      assert.equal(first, '0220');
      assert.ok(
        repeats.every((type) => type === '0221') && (repeats.length > 0 || fault === undefined || fault === 'twice'),
        String(repeats),
      );
    });

  test('an account that takes nothing any more: it is in suspense', async () => {
    assert.equal((await begin('T8', 'transfer.prepare')).kind, 'ended');
    host.desk.block('T8', true);
    await begin('T8', 'transfer.finalise COMMITTED');
    await stands('payee', 'T8', 'payee-suspense', 'ok');
    assert.deepEqual([balance('T8'), balance('SUSPENSE')], [0, 12.5]);
  });

  for (const [transferId, met] of [
    ['T9', ['lost']],
    ['T10', ['ignored', 'lost']],
  ] as const)
    test(`a debit whose answer does not come is taken back, whether it was there or not (${met.join(', ')})`, async () => {
      faults.set(transferId, [...met]);
      void begin(transferId, 'send.hold');
      await stands('payer', transferId, 'payer-debit', 'reversed');
      assert.equal(balance(transferId), 100);
      const [debit, reversal, ...repeats] = typesOf(transferId);
      assert.deepEqual([debit, reversal], ['0200', '0420']);
      assert.ok(repeats.every((type) => type === '0421') && repeats.length >= met.length - 1, String(repeats));
    });

  test('a payer is debited, and gets it back when the hub has aborted', async () => {
    await begin('T11', 'send.hold');
    await stands('payer', 'T11', 'payer-debit', 'ok');
    assert.equal(balance('T11'), 80);
    await begin('T11', 'send.release');
    await stands('payer', 'T11', 'payer-reversal', 'ok');
    assert.equal(balance('T11'), 100);
  });
});
