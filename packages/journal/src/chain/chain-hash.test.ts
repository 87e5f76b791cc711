import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { postgresWorld } from '../../test/postgres-world.ts';
import { claimKeyOf } from './chain-hash.ts';

const world = postgresWorld();

test('no two claims are written alike, however their parts are divided', () => {
  const unit = '\u001f';
  const parts: readonly (readonly [string, string, string])[] = [
    ['a', 'b', 'c'],
    ['a', `b${unit}c`, ''],
    ['a', '', `b${unit}c`],
    [`a${unit}b`, 'c', ''],
    ['a', 'b', `${unit}c`],
  ];
  assert.equal(new Set(parts.map((claim) => claimKeyOf(...claim))).size, parts.length);
  assert.match(claimKeyOf('a', 'b', 'c'), /^[0-9a-f]{32}$/);
});

test('PostgreSQL makes the same key of a claim', async () => {
  const schema = world.newSchema();
  await (await world.open(schema)).close();
  const claims = fc.sample(fc.tuple(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), 100);
  const storable = claims.map((claim) => claim.map((text) => text.replaceAll('\0', ''))) as unknown as [string, string, string][];
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const rows = await world.sql(
    schema,
    `SELECT replace(claim_key(k.kind, k.scope, k.value)::text, '-', '') AS key
     FROM (VALUES ${storable.map((claim) => `(${claim.map(quoted).join()})`).join()}) AS k (kind, scope, value)`,
  );
  assert.deepEqual(
    rows.map(({ key }) => key),
    storable.map((claim) => claimKeyOf(...claim)),
  );
});
