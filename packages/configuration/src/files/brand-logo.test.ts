import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ConfigInvalid } from '../problem.ts';
import { readBrandLogo } from './brand-logo.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-logo-'));
after(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Buffer): string {
  const file = join(folder, 'logo');
  writeFileSync(file, content);
  return file;
}

/** What is said of a file that is refused. */
async function refusal(content: string | Buffer): Promise<string> {
  const error = await readBrandLogo(fileOf(content)).then(
    () => assert.fail(`taken: ${content.toString().slice(0, 80)}`),
    (reason: unknown) => reason as ConfigInvalid,
  );
  assert.equal(error.code, 'CONFIG_INVALID');
  const [{ where, expected, found } = { where: '', expected: '', found: '' }] = error.problems;
  assert.deepEqual([where, expected], ['management.brand.logoFile', 'an SVG or a PNG of at most 100 kB']);
  return found;
}

function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(24);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(head);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

const svg = (inside: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"${attributes}>${inside}</svg>`;

test('a plain SVG and a PNG are taken', async () => {
  const drawing = svg('<defs><linearGradient id="a"/></defs><path fill="url(#a)" d="M0 0h9v9z"/><use href="#b" xlink:href="#c"/>');
  assert.equal((await readBrandLogo(fileOf(`<?xml version="1.0"?>\n<!-- ours -->\n${drawing}`))).type, 'image/svg+xml');
  assert.equal((await readBrandLogo(fileOf(png(200, 60)))).type, 'image/png');
  for (const own of ['url("#a")', "url('#a')", 'url( "#a" )', 'url( #a)'])
    assert.equal((await readBrandLogo(fileOf(svg(`<style>path { fill: ${own} }</style>`)))).type, 'image/svg+xml', own);
});

test('a file of many comments is looked through once, not in all the ways in which they can be put together', async () => {
  const before = process.cpuUsage();
  assert.equal(await refusal(`${'<!---->'.repeat(25)}<p>`), 'a file that is neither');
  assert.ok(process.cpuUsage(before).user < 500_000);
  assert.equal(await refusal(`${'<!---->'.repeat(14_000)}<p>`), 'a file that is neither');
  assert.equal((await readBrandLogo(fileOf(`${'<!-- a - b -->\n'.repeat(100)}${svg('')}`))).type, 'image/svg+xml');
});

test('an SVG that runs, embeds or fetches anything is refused', async () => {
  for (const evil of [
    svg('<script>alert(1)</script>'),
    svg('<svg:script>alert(1)</svg:script>'),
    svg('<g onclick="alert(1)"/>'),
    svg('', ' onload=alert(1)'),
    svg('<g/onload="alert(1)"/>'),
    svg('<foreignObject><p/></foreignObject>'),
    svg('<set attributeName="href" to="javascript:alert(1)"/>'),
    svg('<a href="javascript:alert(1)"/>'),
    svg('<image xlink:href="https://elsewhere.example/x.png"/>'),
    svg('<image href="data:image/svg+xml,x"/>'),
    svg('<style>@import "https://elsewhere.example/x.css";</style>'),
    svg('<path fill="url(https://elsewhere.example/x)"/>'),
    svg('<style>path { fill: url("https://elsewhere.example/x") }</style>'),
    svg('<style>path { fill: url(  "//elsewhere.example/x") }</style>'),
    svg('<style>path { fill: url(  x) }</style>'),
    `<!DOCTYPE svg [<!ENTITY a "b">]>${svg('')}`,
    `<?xml version="1.0"?><?xml-stylesheet href="x"?>${svg('')}`,
  ])
    assert.match(await refusal(evil), /^(?:an SVG with|a file that is neither)/, evil);
});

test('what is too large, no image, or not there, is refused', async () => {
  assert.equal(await refusal(svg(' '.repeat(100_000))), 'a larger file');
  assert.equal(await refusal(png(4_000, 10)), 'a PNG of 4000 × 10 pixels');
  assert.equal(await refusal(png(4, 4).subarray(0, 12)), 'a PNG of 0 × 0 pixels');
  assert.equal(await refusal('<html></html>'), 'a file that is neither');
  await assert.rejects(readBrandLogo(join(folder, 'nothing')), /cannot be read \(ENOENT\)/);
  await assert.rejects(readBrandLogo(folder), /no file/);
});
