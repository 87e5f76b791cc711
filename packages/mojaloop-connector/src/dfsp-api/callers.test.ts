import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseWebPages } from './requests.ts';

async function asked(headers: Readonly<Record<string, string>>, target = '/transfers'): Promise<number> {
  let calls = 0;
  const handler = refuseWebPages(async () => {
    calls++;
    return { status: 200 };
  }, ['PM.greenbank.internal']);
  const { status } = await handler({ method: 'POST', target, headers, body: new Uint8Array(), clientAuthenticated: false });
  assert.equal(calls, status === 200 ? 1 : 0);
  return status;
}

test('outbound: a core is let in, by address, as localhost and by the names that are configured', async () => {
  for (const host of [
    '127.0.0.1',
    '127.0.0.1:4001',
    '10.0.0.5:4001',
    '[::1]:4001',
    'localhost',
    'LocalHost:4001',
    'pm.Greenbank.internal:80',
  ])
    assert.equal(await asked({ host }), 200, host);
});

test('outbound: a name that is not one of its names is refused (DNS rebinding)', async () => {
  const foreign = [
    'evil.example',
    'evil.example:4001',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example, 127.0.0.1',
    '[127.0.0.1',
    '',
    ' ',
  ];
  for (const host of foreign) assert.equal(await asked({ host }), 403, host);
  assert.equal(await asked({}), 403, 'no Host at all');
});

test('outbound: what a web page sends is refused, whatever it names itself and wherever it goes', async () => {
  const host = '127.0.0.1:4001';
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:4001', ''])
    assert.equal(await asked({ host, origin }), 403, origin);
  for (const site of ['cross-site', 'same-site', 'odd']) assert.equal(await asked({ host, 'sec-fetch-site': site }), 403, site);
  assert.equal(await asked({ host, 'sec-fetch-site': 'cross-site' }, '/docs'), 403);
});

test('outbound: a person reads /docs by a typed address, and follows its links', async () => {
  for (const site of ['none', 'same-origin']) assert.equal(await asked({ host: 'localhost:4001', 'sec-fetch-site': site }, '/docs'), 200);
});
