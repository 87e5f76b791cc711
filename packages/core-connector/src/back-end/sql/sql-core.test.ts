import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ABORTED, COMMITTED, type SqlCore, sqlCore } from '../../../test/sql-core.ts';
import { databases, fillCore, type TestDatabase } from '../../../test/sql-databases.ts';
import { writeExactJson } from '../../codec/json.ts';
import type { Known } from '../../record/core-records.ts';

const endOf = (known: Known): string =>
  known.kind === 'ended' ? (known.ended.kind === 'refused' ? known.ended.code : 'reply') : known.kind;

for (const { name, skip, start } of databases())
  describe(`sql-core on ${name}`, { skip }, () => {
    let database: TestDatabase;
    let core: SqlCore;
    before(async () => {
      database = await start();
      await fillCore(database);
      core = await sqlCore(database.url);
    });
    after(async () => {
      await core.close();
      await database.stop();
    });

    /** The ledger: what is booked and reserved for the payee, what is in suspense, and the references of a payment. */
    const ledger = async (transferId: string): Promise<string> => {
      const session = await database.session();
      const [account] = await session.run("SELECT balance, incoming FROM account WHERE id = 'A-7'");
      const [suspense] = await session.run("SELECT balance FROM account WHERE id = 'SUSPENSE'");
      const effects = await session.run(`SELECT kind FROM payment_effect WHERE transfer_id = '${transferId}' ORDER BY reference`);
      await session.end();
      return `${account?.['balance']} ${account?.['incoming']} ${suspense?.['balance']} ${effects.map(({ kind }) => kind).join(' ')}`.trim();
    };

    test('a look-up and a quote: exact amounts, and what is not there', async () => {
      const party = await core.read('party.get', { req: { idType: 'MSISDN', idValue: '254711' } });
      assert.equal(
        party.kind === 'reply' && writeExactJson(party.reply),
        '{"idType":"MSISDN","idValue":"254711","displayName":"Ann Mwangi","firstName":"Ann","lastName":"Mwangi","supportedCurrencies":["KES"]}',
      );
      const nobody = await core.read('party.get', { req: { idType: 'MSISDN', idValue: "254711' OR '1' = '1" } });
      assert.equal(nobody.kind === 'refused' && nobody.notFound, true);
      const quote = await core.read('quote.create', {
        req: { to: { idType: 'MSISDN', idValue: '254711' }, amountType: 'SEND', amount: '100.1', currency: 'KES' },
      });
      assert.equal(
        quote.kind === 'reply' && writeExactJson(quote.reply),
        '{"transferAmount":100.1,"payeeReceiveAmount":99.5,"payeeFspFeeAmount":0.6}',
      );
    });

    test('a payment is reserved, then booked; asked again, nothing changes', async () => {
      assert.equal(endOf(await core.ask('transfer.prepare', 'T1')), 'reply');
      assert.equal(await ledger('T1'), '0 9950 0 HOLD');
      assert.equal(endOf(await core.ask('transfer.prepare', 'T1')), 'reply');
      assert.equal(endOf(await core.ask(COMMITTED, 'T1')), 'reply');
      assert.equal(endOf(await core.ask(COMMITTED, 'T1')), 'reply');
      assert.equal(await ledger('T1'), '9950 0 0 CAPTURE HOLD');
    });

    test('an abort gives back what was reserved', async () => {
      await core.ask('transfer.prepare', 'T2');
      assert.equal(endOf(await core.ask(ABORTED, 'T2')), 'reply');
      assert.equal(await ledger('T2'), '9950 0 0 HOLD RELEASE');
    });

    test('an account that takes no credits, and one that is not there: refused, and nothing stays', async () => {
      assert.equal(endOf(await core.ask('transfer.prepare', 'T3', { account: 'A-8' })), '5400');
      assert.equal(endOf(await core.ask('transfer.prepare', 'T4', { account: 'A-9' })), '3204');
      assert.equal(endOf(await core.ask('transfer.prepare', 'T5', { account: "A-7'; DROP TABLE account; --" })), '3204');
      for (const id of ['T3', 'T4', 'T5']) assert.equal(await ledger(id), '9950 0 0');
    });

    test('an account that was closed after the hub has committed: it is in suspense, once', async () => {
      await core.ask('transfer.prepare', 'T6');
      const session = await database.session();
      await session.run("UPDATE account SET status = 'CLOSED' WHERE id = 'A-7'");
      assert.equal(endOf(await core.ask(COMMITTED, 'T6')), 'reply');
      assert.equal(await ledger('T6'), '9950 0 9950 HOLD SUSPENSE');
      await session.run("UPDATE account SET status = 'OPEN' WHERE id = 'A-7'");
      await session.run("UPDATE account SET balance = 0 WHERE id IN ('A-7', 'SUSPENSE')");
      await session.end();
    });

    test('a reference that is there already is another’s where account or amount differ: nobody takes it for this payment', async () => {
      const session = await database.session();
      await session.run(
        "INSERT INTO payment_effect (reference, kind, account_id, amount, currency, transfer_id) VALUES ('T7-payee-hold', 'HOLD', 'A-7', 9949, 'KES', 'other')",
      );
      await session.end();
      assert.equal(endOf(await core.ask('transfer.prepare', 'T7', { withinMs: 1_500 })), 'pending');
      assert.equal(await ledger('T7'), '0 0 0');
    });

    test('a customer of ours: held, and booked once; given back; more than there is, and what is closed since, goes nowhere else', async () => {
      const session = await database.session();
      await session.run("UPDATE account SET balance = 20000, incoming = 0 WHERE id = 'A-7'");
      const stands = async (): Promise<string> => {
        const [account] = await session.run("SELECT balance, outgoing FROM account WHERE id = 'A-7'");
        const [claims] = await session.run("SELECT balance FROM account WHERE id = 'CLAIMS'");
        return `${account?.['balance']} ${account?.['outgoing']} ${claims?.['balance']}`;
      };
      const said: string[] = [];
      for (const [operation, transferId, total] of [
        ['send.hold', 'S1'],
        ['send.hold', 'S1'],
        // 200.00 less what is held
        ['send.hold', 'S2', '99.41'],
        ['send.capture', 'S1'],
        ['send.capture', 'S1'],
        ['send.hold', 'S3', '99.4'],
        ['send.release', 'S3', '99.4'],
        ['send.hold', 'S4', '50'],
      ] as const)
        said.push(`${endOf(await core.pay(operation, transferId, total))} ${await stands()}`);
      assert.deepEqual(said, [
        'reply 20000 10060 0',
        'reply 20000 10060 0',
        '5400 20000 10060 0',
        'reply 9940 0 0',
        'reply 9940 0 0',
        'reply 9940 9940 0',
        'reply 9940 0 0',
        'reply 9940 5000 0',
      ]);
      await session.run("UPDATE account SET status = 'CLOSED' WHERE id = 'A-7'");
      assert.equal(endOf(await core.pay('send.capture', 'S4', '50')), 'reply');
      assert.equal(await stands(), '9940 0 5000', 'it stands among the claims');
      await session.run("UPDATE account SET status = 'OPEN' WHERE id = 'A-7'");
      await session.end();
    });

    test('no value and nothing that the database says stands in a log', () => {
      const lines = JSON.stringify(core.logged);
      assert.ok(lines.includes('23503'), lines);
      for (const value of ['254711', 'A-9', 'DROP TABLE', 'payment_effect_account', 'Ann'])
        assert.ok(!lines.includes(value), `${value}\n${lines}`);
    });
  });
