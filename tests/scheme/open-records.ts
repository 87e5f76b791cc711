import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { until } from './waiting.ts';

/**
 * Waits until nothing is open in the journal. A COMMITTED of ours that the hub has acknowledged is at rest for this: it is confirmed a minute
 * later, or when the transfer is over (docs/money-rules.md, 3), which other tests see.
 */
export async function nothingOpen(journalFile: string, timeoutMs = 10_000): Promise<void> {
  const none = (): boolean => openRecords(journalFile).length === 0;
  await until(`nothing open in ${journalFile}`, none, timeoutMs).catch((error: Error) => {
    throw new Error(`${error.message}; open: ${JSON.stringify(openRecords(journalFile))}`);
  });
}

/** The last two events of a payee's record of which only the confirmation is to come. */
const RECEIPT = `(SELECT count(*) = 2 FROM (SELECT type, body FROM events WHERE record = ordinal ORDER BY seq DESC LIMIT 2)
  WHERE (type = 'fulfil-decided' AND json_extract(body, '$.transferState') = 'COMMITTED')
     OR (type = 'callback-settled' AND json_extract(body, '$.acknowledged')))`;

/** Labels of the records that are open in a journal and no mere receipts, with their events. Reads beside the process that writes. */
export function openRecords(journalFile: string): readonly unknown[] {
  const db = new DatabaseSync(journalFile, { readOnly: true, timeout: 5_000 });
  try {
    return db
      .prepare(
        `SELECT label, kind, (SELECT group_concat(type, ' ') FROM (SELECT type FROM events WHERE record = ordinal ORDER BY seq)) AS events
         FROM records WHERE open = 1 AND NOT ${RECEIPT}`,
      )
      .all();
  } finally {
    db.close();
  }
}

/** The same in a schema of PostgreSQL. */
export async function nothingOpenIn(url: string, schema: string, timeoutMs = 10_000): Promise<void> {
  const look = new pg.Pool({ connectionString: url, max: 1 });
  const RECEIPT_THERE = `(SELECT count(*) = 2 FROM (SELECT type, body::jsonb AS body FROM ${schema}.events WHERE record = ordinal ORDER BY seq DESC LIMIT 2) e
    WHERE (type = 'fulfil-decided' AND body->>'transferState' = 'COMMITTED') OR (type = 'callback-settled' AND (body->>'acknowledged')::boolean))`;
  const open = async () =>
    (await look.query(`SELECT label, kind FROM ${schema}.records WHERE open AND NOT ${RECEIPT_THERE}`)).rows as readonly unknown[];
  try {
    await until(`nothing open in ${schema}`, async () => (await open()).length === 0 || undefined, timeoutMs).catch(
      async (error: Error) => {
        throw new Error(`${error.message}; open: ${JSON.stringify(await open())}`);
      },
    );
  } finally {
    await look.end();
  }
}
