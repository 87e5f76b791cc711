import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SqlCore, sqlCore } from '../../../test/sql-core.ts';
import { databases, fillCore, proxyTo, type TestDatabase, type TestProxy } from '../../../test/sql-databases.ts';
import { booking, enquiry, said, sqlStep } from '../../../test/sql-requests.ts';
import type { SqlRequest } from '../../run/render-sql.ts';

for (const { name, skip, start } of databases())
  describe(`a transaction on ${name}`, { skip }, () => {
    let database: TestDatabase;
    let core: SqlCore;
    let nth = 0;
    let key = '';
    before(async () => {
      database = await start();
      await fillCore(database);
      core = await sqlCore(database.url, '2s');
    });
    after(async () => {
      await core.close();
      await database.stop();
    });
    beforeEach(() => {
      key = `K${++nth}`;
    });
    const call = (request: SqlRequest, on = core, ms = 2_000) =>
      on.backEnds.call(request, performance.timeOrigin + performance.now() + ms, 'money');
    /** How often it was executed: by its references, and by the balance. */
    const executed = async (id = key): Promise<number> => {
      const session = await database.session();
      const rows = await session.run(`SELECT reference FROM payment_effect WHERE reference = '${id}'`);
      const [sums] = await session.run(
        "SELECT (SELECT COUNT(*) FROM payment_effect WHERE kind = 'CREDIT') * 100 AS effects, (SELECT balance FROM account WHERE id = 'A-7') AS balance",
      );
      await session.end();
      assert.equal(String(sums?.['effects']), String(sums?.['balance']), 'what is booked is what has a reference');
      return rows.length;
    };

    test('executed once; its reference a second time is there, whatever else it says', async () => {
      assert.equal(said(await call(booking(key))), 'DONE');
      assert.equal(said(await call(booking(key))), 'EXISTS');
      assert.equal(await executed(), 1);
    });

    test('two at once under one reference: one waits for the other, and finds it there', async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => call(booking(key))));
      assert.deepEqual(answers.map(said).sort(), ['DONE', 'EXISTS', 'EXISTS', 'EXISTS', 'EXISTS', 'EXISTS']);
      assert.equal(await executed(), 1);
    });

    test('another number of rows is a refusal, and nothing of it stays', async () => {
      assert.equal(said(await call(booking(key, 'A-8'))), 'REFUSED 2');
      assert.equal(await executed(), 0);
      assert.equal(said(await call(booking(key))), 'DONE', 'the reference is free again');
    });

    test('what the core’s constraints refuse has their SQLSTATE; what is no statement is not executed', async () => {
      const { statements, ...rest } = booking(key);
      const overdrawn = sqlStep('UPDATE account', "UPDATE account SET incoming = incoming - 1 WHERE id = 'A-7'");
      assert.equal(said(await call({ ...rest, statements: [...statements, overdrawn] })), 'REFUSED 3 23514');
      assert.equal(
        said(await call({ ...rest, statements: [...statements, sqlStep('UPDATE nothing', 'UPDATE nothing SET x = 1')] })),
        'not executed',
      );
      assert.equal(await executed(), 0);
    });

    test('who has begun is waited for: taken back, it is free; committed, it is there', async () => {
      const other = await database.session();
      for (const [end, repeat, asked] of [
        ['ROLLBACK', 'DONE', 'DONE free true rows 0'],
        ['COMMIT', 'EXISTS', 'DONE free false rows 1'],
      ] as const)
        for (const request of [booking, enquiry]) {
          const expected = request === booking ? repeat : asked;
          key = `K${++nth}`;
          await other.run(database.name === 'SQLite' ? 'BEGIN IMMEDIATE' : 'BEGIN');
          await other.run(
            `INSERT INTO payment_effect (reference, kind, account_id, amount, currency, transfer_id) VALUES ('${key}', 'OTHER', 'A-7', 100, 'KES', 'T')`,
          );
          const answer = call(request(key));
          await sleep(150);
          await other.run(end);
          assert.equal(said(await answer), expected, `${end} ${request.name}`);
        }
      await other.end();
    });

    test('who does not end is waited for only so long: not executed, and nothing comes later', async () => {
      const other = await database.session();
      await other.run(database.name === 'SQLite' ? 'BEGIN IMMEDIATE' : 'BEGIN');
      await other.run(
        `INSERT INTO payment_effect (reference, kind, account_id, amount, currency, transfer_id) VALUES ('${key}', 'OTHER', 'A-7', 100, 'KES', 'T')`,
      );
      assert.equal(said(await call(booking(key), core, 700)), 'not executed');
      await other.run('ROLLBACK');
      await other.end();
      await sleep(300);
      assert.equal(await executed(), 0);
    });

    test('nothing is begun when no time is left', async () => {
      assert.equal(said(await call(booking(key), core, -1)), 'not executed');
      assert.equal(await executed(), 0);
    });

    test('a read changes nothing, whatever it says; one that gives too much is not read', async () => {
      const read = (sql: string, ...values: string[]) =>
        core.backEnds.call(
          { kind: 'sql', to: 'core', reads: true, statements: [sqlStep('SELECT account', sql, ...values)] },
          performance.timeOrigin + performance.now() + 2_000,
          'read',
        );
      assert.equal(said(await read("UPDATE account SET balance = 5 WHERE id = 'A-7'")), 'not executed');
      const many = Array.from({ length: 101 }, () => 'SELECT 1 AS one').join(' UNION ALL ');
      assert.equal(said(await read(many)), 'not executed');
      assert.equal(said(await read('SELECT balance FROM account WHERE id = ?', "x' OR 1 = 1")), 'DONE', 'a value stays one');
      assert.equal(await executed(), 0);
    });

    describe('when the connection is cut', { skip: name === 'SQLite' && 'SQLite has no connection' }, () => {
      let proxy: TestProxy;
      let behind: SqlCore;
      before(async () => {
        proxy = await proxyTo(database);
        behind = await sqlCore(proxy.url, '2s');
      });
      after(async () => {
        await behind.close();
        await proxy.stop();
      });

      // by the values on the wire: of a statement that was prepared before no text is sent
      const ON_THE_WIRE = { insert: () => new RegExp(key), update: () => /100[^C]{1,8}A-7/s, COMMIT: () => /COMMIT/ };
      for (const [what, cut, first, second] of [
        ['insert', 'before', 'not executed', 'DONE'],
        ['insert', 'after', 'not executed', 'DONE'],
        ['update', 'before', 'not executed', 'DONE'],
        ['update', 'after', 'not executed', 'DONE'],
        ['COMMIT', 'before', 'unknown', 'DONE'],
        ['COMMIT', 'after', 'unknown', 'EXISTS'],
      ] as const)
        test(`${cut} the ${what} is executed: ${first}, and the repeat says ${second}`, async () => {
          proxy.cutAt(ON_THE_WIRE[what](), cut);
          assert.equal(said(await call(booking(key), behind)), first);
          assert.equal(said(await call(booking(key), behind)), second);
          assert.equal(await executed(), 1);
        });

      test('one that the server ended while nobody used it is not used again', async () => {
        assert.equal(said(await call(booking(key), behind)), 'DONE');
        proxy.cutAll();
        await sleep(100);
        assert.equal(said(await call(booking(`${key}-2`), behind)), 'DONE');
      });

      test('a database that is not there: nothing was executed', async () => {
        const nowhere = await sqlCore(database.url.replace(/:\d+\//, ':1/'), '2s');
        assert.equal(said(await call(booking(key), nowhere)), 'not executed');
        await nowhere.close();
      });
    });
  });
