import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { portalFiles } from '@payment-manager/management-api/test-portal';
import { ROOM, sourcesHash } from '../tools/sources.ts';

const BUILT = join(ROOM, 'built');
/** First load, gzip; a page besides. */
const FIRST_LOAD_MAX = 170_000;
const PAGE_MAX = 60_000;

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

const manifest = (): Readonly<Record<string, Chunk>> => JSON.parse(readFileSync(join(BUILT, 'manifest.json'), 'utf8'));
const gzipOf = (file: string): number => gzipSync(brotliDecompressSync(readFileSync(join(BUILT, `${file}.br`)))).length;

/** A part with all that is loaded with it. */
function withImports(key: string, seen = new Set<string>()): Set<string> {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const one of manifest()[key]?.imports ?? []) withImports(one, seen);
  return seen;
}

const sizeOf = (keys: Iterable<string>): number => [...keys].reduce((sum, key) => sum + gzipOf(manifest()[key]?.file ?? ''), 0);

test('the build output is that of these sources (make it anew with ./pm portal build)', () => {
  assert.equal(readFileSync(join(BUILT, 'sources.sha256'), 'utf8').trim(), sourcesHash());
});

test('the first load has at most 170 kB of script, and no page more than 60 kB besides', () => {
  const first = withImports('index.html');
  // the texts around every page, of one language, and the page that is opened first
  const texts = ['src/text/frame/fr.ts', 'src/text/problems/fr.ts', 'src/text/payment/fr.ts', 'src/pages/payments/texts/fr.ts'];
  const list = withImports('src/pages/payments/payments-page.tsx', new Set([...first, ...texts]));
  const loaded = sizeOf(list);
  assert.ok(loaded > 80_000 && loaded <= FIRST_LOAD_MAX, `${loaded} bytes`);
  const pages = Object.keys(manifest()).filter((key) => /^src\/pages\/.*-page\.tsx$/.test(key));
  assert.ok(pages.length >= 5);
  for (const page of pages) {
    const besides = [...withImports(page)].filter((key) => !first.has(key));
    assert.ok(sizeOf(besides) <= PAGE_MAX, `${page}: ${sizeOf(besides)} bytes`);
  }
});

test('the server sends each of its files', async () => {
  const files = portalFiles(pathToFileURL(`${BUILT}/`));
  const names = readdirSync(join(BUILT, 'assets')).map((name) => name.replace(/\.br$/, ''));
  assert.ok(names.length > 20);
  for (const name of names) assert.equal((await files.asset(name, true))?.encoding, 'br', name);
  const listed = Object.values(manifest()).flatMap(({ file, css = [] }) => [file, ...css]);
  assert.deepEqual(
    listed.filter((file) => !names.includes(file.replace('assets/', ''))),
    [],
  );
});

test('nothing in it leads elsewhere, and nothing needs inline script or style', () => {
  const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|<script(?![^>]*src=)|\son\w+=|style=/);
  assert.match(html, /nonce="%NONCE%"/);
  for (const name of readdirSync(join(BUILT, 'assets'))) {
    const text = brotliDecompressSync(readFileSync(join(BUILT, 'assets', name))).toString('utf8');
    if (name.endsWith('.css.br')) assert.doesNotMatch(text, /url\((?!["']?\/assets\/)|@import/, name);
  }
});
