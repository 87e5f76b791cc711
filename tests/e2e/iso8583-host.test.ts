import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAmount } from '@payment-manager/fspiop';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import { type Iso8583Host, startIso8583Host } from '@payment-manager/sandbox';
import { exceptionCodes } from '../scheme/books.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended, pay, SIPHO } from '../scheme/payments.ts';
import { startProcessScheme } from '../scheme/process-scheme.ts';
import { until } from '../scheme/waiting.ts';

/* A payee's DFSP whose core is a host that speaks ISO 8583, over TCP: paid, refused, with answers that are lost, killed around the advice. */

const CONNECTOR = fileURLToPath(new URL('../../connectors/iso8583-host', import.meta.url));
const lasting = { lifetimes: { prepareMs: 25_000, quoteRequestMs: 25_000 } };

let folders: SchemeFolders;
let host: Iso8583Host;
before(async () => {
  folders = await schemeFolders('iso8583-host');
  host = await startIso8583Host({
    accounts: [
      { id: 'BW-000001', alias: '27713803912', name: 'Thandi Nkosi', units: 0n },
      { id: 'BW-000002', alias: '27713803913', name: 'Sipho Dlamini', units: 0n, blocked: true },
      { id: 'SUSPENSE', alias: 'none', name: 'Suspense', units: 0n },
    ],
    currency: 'USD',
    clock: systemClock,
    timers: systemTimers,
  });
});
after(async () => {
  await host.close();
  await folders.remove();
});

describe('a core that is a host of ISO 8583', () => {
  test('is paid and refuses; what is lost, and a process that is killed, book once', async (t) => {
    const settings = {
      hostAddress: `127.0.0.1:${host.port}`,
      currency: 'USD',
      acquirer: '404001',
      terminal: 'PM000001',
      suspenseAccount: 'SUSPENSE',
    };
    const core = { connector: CONNECTOR, settings, secretFiles: {} };
    const { payer, payee, scheme, stop } = await startProcessScheme({
      folder: folders.next(),
      payer: lasting,
      payee: { ...lasting, core },
    });
    t.after(stop);
    await Promise.all([payer.start(), payee.start()]);
    const books = (): string => String(host.desk.ledger.account('BW-000001')?.units);
    const booked = async (amount: string): Promise<void> => {
      await until('the books', () => books() === String(parseAmount(amount)) || undefined, 30_000);
      host.desk.ledger.assertBalanced();
      // a repeat that is still owed would meet the failpoint of the next payment
      await nothingOpen(payee.journalFile, 30_000);
    };

    assert.equal((await pay(payer)).state, 'COMPLETED');
    await booked('25');
    assert.equal((await pay(payer, { to: SIPHO })).state, 'ERROR_OCCURRED');

    // the connection is closed once it has executed: the same advice comes again as a repeat
    let faults = 1;
    host.fault = ({ type }) => (type.startsWith('022') && faults-- > 0 ? 'closes' : undefined);
    assert.equal((await pay(payer, { amount: '1.5' })).state, 'COMPLETED');
    await booked('26.5');

    for (const [failpoint, amount] of [
      ['core.before.call', '28'],
      ['core.after.call', '29.5'],
    ] as const) {
      payee.arm(failpoint);
      const id = await beginPayment(payer, { amount: '1.5' });
      assert.equal(await payee.death(20_000), 'SIGKILL');
      await payee.start();
      const end = await ended(payer, id, 30_000);
      assert.equal(end.state, 'COMPLETED', `${failpoint} ${JSON.stringify(end)}`);
      await booked(amount);
    }
    await nothingOpen(payee.journalFile);
    assert.deepEqual(await exceptionCodes(payee.operations), []);
    assert.equal(scheme.hub.directory.position(payee.fspId, 'USD')?.committed, -parseAmount('29.5'));
  });
});
