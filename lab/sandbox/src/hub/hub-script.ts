import type { DatabaseSync } from 'node:sqlite';

/** One row to write: what it is, then its columns as text. An operation is a list of rows, applied together. */
export type HubRow =
  | readonly ['participant', fspId: string, body: string]
  | readonly ['party', key: string, fspId: string]
  | readonly ['position', fspId: string, currency: string, committed: string, reserved: string, netDebitCap: string]
  | readonly ['transfer', transferId: string, open: string, body: string]
  | readonly ['owe', id: string, body: string]
  | readonly ['settle', id: string];

/** Everything that the hub holds in memory, as rows. */
export type HubRows = readonly HubRow[];

export const migrations: readonly string[] = [
  `CREATE TABLE participants (fsp_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE parties (key TEXT PRIMARY KEY, fsp_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE positions (fsp_id TEXT NOT NULL, currency TEXT NOT NULL, committed TEXT NOT NULL, reserved TEXT NOT NULL, net_debit_cap TEXT NOT NULL, PRIMARY KEY (fsp_id, currency)) STRICT, WITHOUT ROWID;
   CREATE TABLE transfers (transfer_id TEXT PRIMARY KEY, open INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX open_transfers ON transfers (transfer_id) WHERE open = 1;
   CREATE TABLE owed (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
];

/** What the hub does with its database; runs in the database's thread. */
export function operations(db: DatabaseSync) {
  const statements = {
    participant: db.prepare('INSERT INTO participants VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body'),
    party: db.prepare('INSERT INTO parties VALUES (?, ?) ON CONFLICT DO UPDATE SET fsp_id = excluded.fsp_id'),
    position: db.prepare(
      `INSERT INTO positions VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET committed = excluded.committed, reserved = excluded.reserved, net_debit_cap = excluded.net_debit_cap`,
    ),
    transfer: db.prepare(
      'INSERT INTO transfers VALUES (?, CAST(? AS INTEGER), ?) ON CONFLICT DO UPDATE SET open = excluded.open, body = excluded.body',
    ),
    owe: db.prepare('INSERT INTO owed VALUES (?, ?) ON CONFLICT DO NOTHING'),
    settle: db.prepare('DELETE FROM owed WHERE id = ?'),
  };
  const transfer = db.prepare('SELECT body FROM transfers WHERE transfer_id = ?');
  const decided = db.prepare(
    "SELECT body FROM transfers WHERE open = 0 AND body ->> '$.completedAt' >= ? AND body ->> '$.completedAt' < ? ORDER BY transfer_id",
  );
  const queries: readonly [HubRow[0], string][] = [
    ['participant', 'SELECT fsp_id, body FROM participants'],
    ['party', 'SELECT key, fsp_id FROM parties'],
    ['position', 'SELECT fsp_id, currency, committed, reserved, net_debit_cap FROM positions'],
    ['transfer', "SELECT transfer_id, '1', body FROM transfers WHERE open = 1"],
    ['owe', 'SELECT id, body FROM owed'],
  ];
  return {
    write(rows: HubRows): void {
      for (const [kind, ...columns] of rows) statements[kind].run(...columns);
    },
    read: {
      /** All but closed transfers. */
      all: (_nothing: null): HubRows =>
        queries.flatMap(([kind, sql]) =>
          db
            .prepare(sql)
            .all()
            .map((row) => [kind, ...Object.values(row).map(String)] as unknown as HubRow),
        ),
      decided: ([from, to]: readonly [number, number]): readonly string[] => decided.all(from, to).map((row) => String(row['body'])),
      transfer: (transferId: string): string | undefined => {
        const row = transfer.get(transferId);
        return row && String(row['body']);
      },
    },
  };
}
