import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { recordedLog } from '@payment-manager/runtime';
import { buildApp } from './app.ts';
import { type Brand, openBrand } from './brand.ts';
import { webServer } from './listen.ts';
import { portalFiles } from './portal-files.ts';

const SCRIPT = 'export const x = "a script of ours";'.repeat(20);
const folder = mkdtempSync(join(tmpdir(), 'pm-portal-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'assets'));
writeFileSync(
  join(folder, 'index.html'),
  '<html><head><meta property="csp-nonce" nonce="%NONCE%" /><link rel="icon" href="/favicon.svg" /><title>x</title></head></html>',
);
writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
writeFileSync(join(folder, 'assets', 'index-1a.js.br'), brotliCompressSync(SCRIPT));
writeFileSync(join(folder, 'secret.txt'), 'not to be seen');

async function site(at = folder, brand?: Brand) {
  const app = await buildApp({
    keeping: {} as never,
    routes: [],
    log: recordedLog(),
    https: true,
    proxied: false,
    cookies: { secure: true, port: () => 443 },
    origins: () => ['https://portal.example.org'],
    isLocal: () => false,
    portal: {
      ...(brand && { brand }),
      files: portalFiles(pathToFileURL(`${at}/`)),
      process: { fspId: 'green"bank', environment: '<live>$&', sandbox: false },
    },
    serverFactory: await webServer(undefined),
  });
  return (url: string, headers: Readonly<Record<string, string>> = {}) =>
    app.inject({ method: 'GET', url, headers: { host: 'portal.example.org', ...headers } });
}

test('portal: every page of it is one document, with a nonce of its own in document and policy, never cached unasked', async () => {
  const get = await site();
  const nonces = new Set<string>();
  for (const path of ['/', '/payments/123?x=1', '/welcome', '/payments']) {
    const { statusCode, headers, body } = await get(path);
    assert.equal(statusCode, 200, path);
    const [, nonce = ''] = /nonce="([0-9a-f]{32})"/.exec(body) ?? [];
    assert.match(String(headers['content-security-policy']), new RegExp(`style-src 'self' 'nonce-${nonce}'`));
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/);
    assert.equal(headers['cache-control'], 'no-cache');
    nonces.add(nonce);
  }
  assert.equal(nonces.size, 4);
});

test('portal: what the document says of the process is text, whatever is in it', async () => {
  const { body } = await (await site())('/');
  assert.match(body, /content="\{&quot;fspId&quot;:&quot;green\\&quot;bank&quot;,&quot;environment&quot;:&quot;&lt;live&gt;\$&amp;&quot;/);
});

test('portal: files are sent as they are kept, or unpacked for who cannot read that, and are kept for ever', async () => {
  const get = await site();
  const packed = await get('/assets/index-1a.js', { 'accept-encoding': 'gzip, br' });
  assert.deepEqual(
    [packed.headers['content-encoding'], packed.headers['content-type'], packed.headers['cache-control']],
    ['br', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  );
  const plain = await get('/assets/index-1a.js');
  assert.deepEqual([plain.headers['content-encoding'], plain.body, plain.headers['vary']], [undefined, SCRIPT, 'accept-encoding']);
});

test('portal: nothing but its own files is sent, and no page in the place of a file or of the API', async () => {
  const get = await site();
  for (const path of [
    '/assets/missing-1.js',
    '/assets/..%2fsecret.txt',
    '/assets/../secret.txt',
    '/assets/index-1a.js.br',
    '/secret.txt',
    '/api/nothing',
    '/index.php',
    '/assets/',
  ]) {
    const { statusCode, body, headers } = await get(path);
    assert.equal(statusCode, 404, path);
    assert.match(String(headers['content-type']), /^application\/json/);
    assert.doesNotMatch(body, /not to be seen/);
  }
  assert.equal((await get('/', { host: 'elsewhere.example.org' })).statusCode, 403);
});

test('portal: an installation without it answers 404 to pages, and the API goes on', async () => {
  const get = await site(join(folder, 'nothing'));
  assert.deepEqual([(await get('/payments')).statusCode, (await get('/assets/index-1a.js')).statusCode], [404, 404]);
});

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>';

test('portal: a bank’s own name, logo and colours are in the document and at addresses here; without them nothing is', async () => {
  writeFileSync(join(folder, 'logo.svg'), LOGO);
  const [accent, none] = [{ light: '#7a1f5c', dark: '#f0a3d4' }, {}];
  const settings = { name: 'Green & <Bank>', logoFile: join(folder, 'logo.svg'), accent, sandbox: none, test: none, production: none };
  const get = await site(folder, await openBrand(settings, recordedLog()));
  const { body } = await get('/');
  assert.match(body, /<title>Green &amp; &lt;Bank&gt;<\/title>/);
  assert.match(body, /&quot;brand&quot;:\{&quot;name&quot;:&quot;Green &amp; &lt;Bank&gt;&quot;,&quot;logo&quot;/);
  const [, colours = ''] = /<link rel="stylesheet" href="([^"]+)" \/>\s*<\/head>/.exec(body) ?? [];
  const style = await get(colours);
  assert.equal(style.headers['content-type'], 'text/css; charset=utf-8');
  assert.match(style.body, /^:root\{--pm-accent:light-dark\(#7a1f5c,#f0a3d4\);.*--pm-on-accent:light-dark\(#ffffff,#101416\);/);
  assert.doesNotMatch(style.body, /environment/);
  const [, logo = ''] = /<link rel="icon" href="([^"]+)" \/>/.exec(body) ?? [];
  const image = await get(logo);
  assert.deepEqual([image.headers['content-type'], image.body], ['image/svg+xml', LOGO]);
  for (const { headers } of [style, image]) assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  // a page or a replica of the version before asks for another version: nobody keeps this one under that name
  for (const address of ['/brand/logo', '/brand/logo?v=0123456789ab', `${logo}&x`, '/brand/colours?v=0123456789ab'])
    assert.equal((await get(address)).headers['cache-control'], 'no-cache', address);
  // opened by itself it runs nothing
  assert.equal(image.headers['content-security-policy'], "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  assert.equal(image.headers['x-content-type-options'], 'nosniff');
  const plain = await site();
  assert.doesNotMatch((await plain('/')).body, /brand|stylesheet/);
  assert.deepEqual([(await plain('/brand/logo')).statusCode, (await plain('/brand/colours')).statusCode], [404, 404]);
});
