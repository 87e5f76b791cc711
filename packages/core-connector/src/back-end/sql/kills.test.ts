import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ABORTED, COMMITTED, type SqlCore, sqlCore } from '../../../test/sql-core.ts';
import { databases, fillCore, proxyTo, type TestDatabase } from '../../../test/sql-databases.ts';
import { booking, said } from '../../../test/sql-requests.ts';

const BOOKS = join(import.meta.dirname, '../../../test/sql-killed.main.ts');
const LIVES = 3;
const PAYMENTS = 8;
/** So long connections are cut. */
const CUTTING_MS = 2_500;

for (const { name, skip, start } of databases())
  describe(`sql-core on ${name}, when processes and connections die`, { skip }, () => {
    let database: TestDatabase;
    before(async () => {
      database = await start();
      await fillCore(database);
    });
    after(() => database.stop());

    const row = async (sql: string): Promise<Readonly<Record<string, unknown>>> => {
      const session = await database.session();
      const [first = {}] = await session.run(sql);
      await session.end();
      return first;
    };

    test('a process is killed while it books: what was acknowledged is there, and what was not is settled by its repeat', async () => {
      const asked = new Set<string>();
      const acknowledged = new Set<string>();
      for (let life = 1; life <= LIVES; life++) {
        const child = spawn(process.execPath, [BOOKS, database.url, `L${life}`], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        // it is killed at another moment of its work each time
        while (text.split('!').length < 3 + 7 * life) await sleep(1);
        child.kill('SIGKILL');
        await once(child, 'close');
        for (const line of text.split('\n')) {
          const [sign, key] = line.split(' ');
          if (key !== undefined && sign === '?') asked.add(key);
          if (key !== undefined && sign === '!') acknowledged.add(key);
        }
      }
      const core = await sqlCore(database.url);
      let there = 0;
      for (const key of asked) {
        const answer = said(await core.backEnds.call(booking(key), performance.timeOrigin + performance.now() + 10_000, 'money'));
        assert.match(answer, acknowledged.has(key) ? /^EXISTS$/ : /^(DONE|EXISTS)$/, key);
        if (answer === 'EXISTS') there++;
      }
      await core.close();
      assert.ok(there >= acknowledged.size && acknowledged.size > LIVES * 3);
      const { balance } = await row("SELECT balance FROM account WHERE id = 'A-7'");
      assert.equal(String(balance), String(asked.size * 100), 'each is booked once');
      const session = await database.session();
      await session.run("UPDATE account SET balance = 0 WHERE id = 'A-7'");
      await session.end();
    });

    test('connections are cut at any moment: the ledger is what the payments were told', {
      skip: name === 'SQLite' && 'SQLite has no connection',
    }, async () => {
      const proxy = await proxyTo(database);
      const core: SqlCore = await sqlCore(proxy.url, '2s', '1s');
      let cuts = 0;
      let cutting = true;
      const cutter = (async () => {
        while (cutting) {
          await sleep(3 + ((cuts * 7) % 40));
          proxy.cutAll();
          cuts++;
        }
      })();
      const ended = async (operation: string, id: string): Promise<string> => {
        for (;;) {
          const known = await core.ask(operation, id, { withinMs: 20_000 });
          if (known.kind === 'ended') return known.ended.kind;
          assert.equal(known.kind, 'pending', `${operation} ${id}`);
        }
      };
      const pay = async (nth: number): Promise<string> => {
        const id = `C${nth}`;
        if ((await ended('transfer.prepare', id)) === 'refused') return 'refused';
        const outcome = nth % 3 === 0 ? ABORTED : COMMITTED;
        assert.equal(await ended(outcome, id), 'reply', id);
        return outcome;
      };
      const payments = Array.from({ length: PAYMENTS }, (_, nth) => pay(nth));
      await sleep(CUTTING_MS);
      cutting = false;
      const told = await Promise.all(payments);
      await cutter;
      const booked = told.filter((each) => each === COMMITTED).length;
      // what a refused operation has taken is given back by itself
      for (let tries = 0; tries < 200 && String((await row("SELECT incoming FROM account WHERE id = 'A-7'"))['incoming']) !== '0'; tries++)
        await sleep(100);
      const { balance, incoming } = await row("SELECT balance, incoming FROM account WHERE id = 'A-7'");
      const { effects } = await row("SELECT COUNT(*) AS effects FROM payment_effect WHERE kind = 'CAPTURE'");
      assert.deepEqual(
        [String(balance), String(incoming), String(effects)],
        [String(booked * 9_950), '0', String(booked)],
        `${told.join(' ')} after ${cuts} cuts`,
      );
      assert.ok(cuts > 20, `${cuts} cuts`);
      await core.close();
      await proxy.stop();
    });
  });
