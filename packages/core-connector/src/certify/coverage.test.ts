import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { casesOf, LAST_CASES } from './certify.ts';
import { readCandidate } from './read-candidate.ts';
import type { Candidate } from './rig.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const PAGE = readFileSync(join(ROOT, 'docs/connectors/certification.md'), 'utf8');

/** What any core connector has to stand: how many there are of each group. */
const WANTED: Readonly<Record<string, number>> = { CT: 19, LT: 7, DT: 9, TT: 10, PT: 6, RT: 5, AT: 5, VT: 7, ST: 9, PF: 4 };

/** `CT-01` of `CT-01 254711`. */
const short = (id: string): string => id.split(' ')[0] ?? '';

async function idsOfSuite(): Promise<ReadonlySet<string>> {
  const ids = new Set<string>(LAST_CASES.map(({ id }) => id));
  for (const name of readdirSync(join(ROOT, 'connectors'))) {
    if (!existsSync(join(ROOT, 'connectors', name, 'certify.yaml'))) continue;
    const { candidate } = await readCandidate(join(ROOT, 'connectors', name));
    for (const { id } of casesOf(candidate as Candidate)) ids.add(short(id));
  }
  return ids;
}

test('docs/connectors/certification.md names every case that is wanted, cases that there are, and files that there are', async () => {
  const rows = [...PAGE.matchAll(/^\| ([A-Z]{2}-\d\d) \| (.+?) \| (.+) \|$/gm)].map(([, id = '', , where = '']) => ({ id, where }));
  const wanted = Object.entries(WANTED).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, nth) => `${group}-${String(nth + 1).padStart(2, '0')}`),
  );
  assert.deepEqual(rows.map(({ id }) => id).sort(), wanted.sort());
  const ids = await idsOfSuite();
  for (const { id, where } of rows) {
    const named = [...where.matchAll(/`([A-Z]{2}-\d\d)`/g)].map(([, name = '']) => name);
    const files = where.match(/\b(packages|connectors|docs)\/[\w./-]*\w/g) ?? [];
    assert.ok(named.length + files.length > 0 || /\bno (part|such)\b/.test(where), `${id}: who looks at it?`);
    for (const name of named) assert.ok(ids.has(name), `${id}: there is no case ${name}`);
    for (const file of files) assert.ok(existsSync(join(ROOT, file)), `${id}: ${file} is not there`);
  }
  const told = new Set([...PAGE.matchAll(/`([A-Z]{2}-\d\d)`/g)].map(([, name = '']) => name));
  assert.deepEqual(
    [...ids].filter((id) => !told.has(id)),
    [],
    'cases that the page does not name',
  );
});
