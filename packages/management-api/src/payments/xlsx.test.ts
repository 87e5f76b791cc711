import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateRawSync } from 'node:zlib';
import type { ReadRow } from '@payment-manager/read-model';
import { openPortal } from '../../test/portal.ts';
import { sheetRows } from './export.ts';
import { type Cell, xlsxPieces } from './xlsx.ts';

/** The files of an archive, by the directory at its end, each with its sum compared. */
function unzipped(bytes: Buffer): ReadonlyMap<string, string> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    assert.equal(bytes.toString('latin1', at, at + 4), 'PK\x01\x02');
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const head = bytes.readUInt32LE(at + 42);
    const begin = head + 30 + bytes.readUInt16LE(head + 26);
    const content = inflateRawSync(bytes.subarray(begin, begin + bytes.readUInt32LE(at + 20)));
    assert.equal(content.length, bytes.readUInt32LE(at + 24));
    assert.equal(crc32(content), bytes.readUInt32LE(at + 16), name);
    files.set(name, content.toString('utf8'));
    at += 46 + nameLength;
  }
  return files;
}

/** The cells of a sheet as a spreadsheet reads them: numbers as numbers. */
function cellsIn(sheet: string): readonly (readonly (string | number)[])[] {
  const plain = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return [...sheet.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<c\/>|<c><v>([^<]*)<\/v><\/c>|<c t="inlineStr"><is><t xml:space="preserve">([^<]*)<\/t><\/is><\/c>/gs)].map(
      ([, number, text = '']) => (number === undefined ? plain(text) : Number(number)),
    ),
  );
}

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of from) found.push(one);
  return found;
}

async function* batches(...given: readonly (readonly (readonly Cell[])[])[]): AsyncGenerator<readonly (readonly Cell[])[]> {
  yield* given;
}

async function read(pieces: AsyncIterable<Buffer>): Promise<ReadonlyMap<string, string>> {
  const parts: Buffer[] = [];
  for await (const part of pieces) parts.push(part);
  return unzipped(Buffer.concat(parts));
}

test('a workbook has what was put into it: texts as texts, formulas among them, and decimals whole', async () => {
  const evil = ['=cmd|" /C calc"!A0', '+1', '<b>&"x', '𝛑 é', 'a\u0000b\ud800'];
  const files = await read(
    xlsxPieces(batches([['name', 'amount']], [[...evil, { decimal: '1250.50' }, { decimal: '12345678901234567.89' }, '']])),
  );
  assert.deepEqual([...files.keys()].sort(), [
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/_rels/workbook.xml.rels',
    'xl/workbook.xml',
    'xl/worksheets/sheet1.xml',
  ]);
  const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
  assert.doesNotMatch(sheet, /<f[ >]/);
  assert.deepEqual(cellsIn(sheet), [
    ['name', 'amount'],
    ['=cmd|" /C calc"!A0', '+1', '<b>&"x', '𝛑 é', 'a\ufffdb\ufffd', 1250.5, '12345678901234567.89', ''],
  ]);
});

const row = (id: number): ReadRow =>
  ({
    id,
    startedAt: 0,
    updatedAt: 0,
    facets: { direction: 'out', state: 'completed', peer: '=1+1', currency: 'USD', attention: '' },
    amount: '25',
    attention: [],
  }) as unknown as ReadRow;

test('a sheet ends at its limit, and says that there are more, and where to go on', async () => {
  async function* pages(): AsyncGenerator<readonly ReadRow[]> {
    yield [row(9), row(8)];
    yield [row(7), row(6)];
  }
  const rows = (await all(sheetRows(pages(), 3))).flat();
  assert.equal(rows.length, 5);
  assert.match(String(rows[4]?.[0]), /at most 3 payments.*after=7/);
  assert.equal((await all(sheetRows(pages(), 4))).flat().length, 5);
});

test('the export is read back from the route, and what breaks while it is made breaks it', async () => {
  const list = async () => ({ payments: [row(2), row(1)] });
  const { ask, as, app } = await openPortal({ payments: async () => ({ list }) as never });
  const answer = await app.inject({
    method: 'GET',
    url: '/api/payments/export?format=xlsx',
    headers: { host: 'portal.example.org' },
    cookies: { ...(await as('ann', 'administrator')) },
  });
  assert.match(String(answer.headers['content-type']), /spreadsheetml\.sheet/);
  assert.match(String(answer.headers['content-disposition']), /payments\.xlsx/);
  const cells = cellsIn(unzipped(answer.rawPayload).get('xl/worksheets/sheet1.xml') ?? '');
  assert.deepEqual([cells.length, cells[1]?.slice(0, 7)], [3, [2, '1970-01-01T00:00:00.000Z', 'out', 'completed', '=1+1', 'USD', 25]]);
  assert.equal((await ask('GET /payments/export?format=xlsx', { cookies: await as('vic', 'viewer') })).status, 403);
  async function* broken(): AsyncGenerator<readonly (readonly Cell[])[]> {
    yield [['a']];
    throw new Error('the store is away');
  }
  await assert.rejects(read(xlsxPieces(broken())), /the store is away/);
});
