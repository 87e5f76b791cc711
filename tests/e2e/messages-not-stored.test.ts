import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openPostgresQueries, type PostgresQueries } from '@payment-manager/database';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import { MESSAGES_MIGRATIONS } from '@payment-manager/messages';
import { recordedLog } from '@payment-manager/runtime';
import { assertCalledAtMostOnce } from '../scheme/books.ts';
import { schemeFolders } from '../scheme/folders.ts';
import { pay } from '../scheme/payments.ts';
import { PAYEE, PAYER, startRunningScheme } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';

const folders = await schemeFolders('messages-not-stored');
const server = await startTestPostgres();
after(async () => {
  await server.stop();
  folders.remove();
});

/** What each write of a frame comes to, as a body of a trigger; and when it is seen to have come to that. */
const FAULTS = {
  'is full': {
    does: "RAISE 'no space left on device' USING ERRCODE = '53100';",
    met: async (_: PostgresQueries, lost: boolean) => lost,
  },
  hangs: {
    does: 'PERFORM pg_sleep(3600); RETURN NEW;',
    met: async (sql: PostgresQueries) =>
      (await sql.query({ text: "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%message_frames%'" })).length >
      0,
  },
} as const;

for (const [what, { does, met }] of Object.entries(FAULTS))
  test(`payments complete where the disk that messages are written to ${what}`, async () => {
    const schemaOf = (fspId: string) => `${fspId}_${what.replace(' ', '_')}`;
    const sqls = await Promise.all([PAYER, PAYEE].map((fspId) => faulty(schemaOf(fspId), does)));
    const journal = (fspId: string) => ({
      journal: { store: 'postgres' as const, postgresUrl: server.url, postgresSchema: schemaOf(fspId) },
    });
    const running = await startRunningScheme({
      folder: folders.next(),
      atPrepare: 'reserve',
      nobodyLate: true,
      payer: journal(PAYER),
      payee: journal(PAYEE),
    });
    try {
      const { payer, payee } = running;
      const lost = (side: typeof payer): boolean => side.log.lines.some(({ fields }) => fields?.['code'] === 'MESSAGES_LOST');
      assert.equal((await pay(payer)).state, 'COMPLETED');
      for (const [place, side] of [payer, payee].entries())
        await until(`the fault of ${side.fspId}`, () => met(sqls[place] as PostgresQueries, lost(side)), 20_000);
      const payments = await Promise.all(Array.from({ length: 5 }, () => pay(payer)));
      assert.deepEqual(new Set(payments.map(({ state }) => state)), new Set(['COMPLETED']));
      assert.equal(assertCalledAtMostOnce(payee.core), 6);
      for (const sql of sqls) assert.deepEqual(await sql.query({ text: 'SELECT 1 FROM message_frames' }), []);
    } finally {
      await running.stop();
      await Promise.all(sqls.map((sql) => sql.close()));
    }
  });

async function faulty(schema: string, does: string): Promise<PostgresQueries> {
  const room = { room: 'messages', migrations: MESSAGES_MIGRATIONS };
  const sql = await openPostgresQueries({ url: server.url, schema, room, log: recordedLog() });
  await sql.query({ text: `CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does} END $$` });
  await sql.query({ text: 'CREATE TRIGGER fault BEFORE INSERT ON message_frames FOR EACH ROW EXECUTE FUNCTION fault()' });
  return sql;
}
