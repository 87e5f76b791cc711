import { openPostgresQueries, type PostgresAddress } from '@payment-manager/database';
import type { World } from '@payment-manager/runtime';
import { chainQuestion, entriesQuestion, type Question, readEntry } from './entry-questions.ts';
import type { ManagementStore } from './management-store.ts';
import { readKept } from './sqlite-store.ts';

/** The head is one row, which whoever changes anything locks: so the chain has one order, whichever replica writes. */
const SCHEMA1 = `
  CREATE TABLE mgmt_kept (
    kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version bigint NOT NULL, owner text COLLATE "C" NOT NULL,
    expires bigint NOT NULL, body text NOT NULL, PRIMARY KEY (kind, id)
  );
  CREATE INDEX mgmt_owner ON mgmt_kept (kind, owner, id);
  CREATE INDEX mgmt_expires ON mgmt_kept (expires);
  CREATE TABLE mgmt_audit (
    seq bigint PRIMARY KEY, at bigint NOT NULL, actor text COLLATE "C" NOT NULL, action text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL, text text NOT NULL, hash text NOT NULL
  );
  CREATE INDEX mgmt_audit_actor ON mgmt_audit (actor, seq);
  CREATE INDEX mgmt_audit_action ON mgmt_audit (action, seq);
  CREATE INDEX mgmt_audit_target ON mgmt_audit (target, seq);
  CREATE FUNCTION mgmt_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the audit log only grows'; END $$;
  CREATE TRIGGER mgmt_audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON mgmt_audit EXECUTE FUNCTION mgmt_only_grows();
  CREATE TABLE mgmt_head (one integer PRIMARY KEY CHECK (one = 1), seq bigint NOT NULL, hash text NOT NULL, nonce text NOT NULL);
  INSERT INTO mgmt_head VALUES (1, 0, '', '');
  CREATE FUNCTION mgmt_change(nonce_ text, puts jsonb, added jsonb, now_ bigint) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE put jsonb; entry jsonb; seq_ bigint; hash_ text; last_nonce text;
  BEGIN
    SELECT h.seq, h.hash, h.nonce INTO seq_, hash_, last_nonce FROM mgmt_head h WHERE one = 1 FOR UPDATE;
    IF last_nonce = nonce_ THEN RETURN true; END IF;
    FOR put IN SELECT * FROM jsonb_array_elements(puts) LOOP
      IF coalesce((SELECT k.version FROM mgmt_kept k WHERE k.kind = put->>0 AND k.id = put->>1
        AND (k.expires = 0 OR k.expires >= now_)), 0) <> (put->>2)::bigint THEN RETURN false; END IF;
    END LOOP;
    DELETE FROM mgmt_kept WHERE expires > 0 AND expires < now_;
    FOR put IN SELECT * FROM jsonb_array_elements(puts) LOOP
      IF put->>3 IS NULL THEN DELETE FROM mgmt_kept k WHERE k.kind = put->>0 AND k.id = put->>1;
      ELSE
        INSERT INTO mgmt_kept (kind, id, version, body, owner, expires)
        VALUES (put->>0, put->>1, (put->>2)::bigint + 1, put->>3, put->>4, (put->>5)::bigint)
        ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, body = excluded.body, owner = excluded.owner, expires = excluded.expires;
      END IF;
    END LOOP;
    FOR entry IN SELECT * FROM jsonb_array_elements(added) LOOP
      seq_ := seq_ + 1;
      hash_ := encode(sha256(convert_to(hash_ || E'\\n' || seq_ || E'\\n' || (entry->>4), 'UTF8')), 'hex');
      INSERT INTO mgmt_audit VALUES (seq_, (entry->>0)::bigint, entry->>1, entry->>2, entry->>3, entry->>4, hash_);
    END LOOP;
    UPDATE mgmt_head SET seq = seq_, hash = hash_, nonce = nonce_ WHERE one = 1;
    RETURN true;
  END $$;
`;

export interface PostgresManagementOptions extends PostgresAddress, Pick<World, 'log' | 'random'> {}

/** The store for replicas. A change whose answer was lost is asked for again under the same name, and made once. Rejects with DatabaseUnavailable. */
export async function openPostgresManagement(options: PostgresManagementOptions): Promise<ManagementStore> {
  const database = await openPostgresQueries({ ...options, room: { room: 'management', migrations: [SCHEMA1] } });
  const ask = ({ text, values }: Question) => database.query<Record<string, unknown>>({ text, values: [...values] });
  return {
    get: async (kind, id, now) =>
      (
        await ask({
          text: 'SELECT id, version, body FROM mgmt_kept WHERE kind = $1 AND id = $2 AND (expires = 0 OR expires >= $3)',
          values: [kind, id, now],
        })
      ).map(readKept)[0],
    async list(kind, { owner, after = '', limit, now }) {
      const mine = owner === undefined ? '' : ' AND owner = $5';
      const text = `SELECT id, version, body FROM mgmt_kept WHERE kind = $1 AND id > $2 AND (expires = 0 OR expires >= $3)${mine} ORDER BY id LIMIT $4`;
      return (await ask({ text, values: [kind, after, now, limit, ...(owner === undefined ? [] : [owner])] })).map(readKept);
    },
    async change(puts, entries, now) {
      const nonce = options.random.uuid();
      const values = [
        nonce,
        JSON.stringify(puts.map(({ kind, id, seen, body, owner = '', expires = 0 }) => [kind, id, seen, body ?? null, owner, expires])),
        JSON.stringify(entries.map(({ at, actor, action, target, text }) => [at, actor, action, target, text])),
        now,
      ];
      const once = async () => {
        const [row] = await database.query<{ done: boolean }>({
          name: 'mgmt_change',
          text: 'SELECT mgmt_change($1, $2, $3, $4) AS done',
          values,
        });
        return row?.done === true;
      };
      try {
        return await once();
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== 'DATABASE_IN_DOUBT') throw error;
        return once();
      }
    },
    entries: async (query) => (await ask(entriesQuestion(query))).map(readEntry),
    chain: async (after, limit) => (await ask(chainQuestion(after, limit))).map(readEntry),
    close: () => database.close(),
  };
}
