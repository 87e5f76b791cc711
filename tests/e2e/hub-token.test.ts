import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { beginPayment, ended, pay } from '../scheme/payments.ts';
import { type RunningScheme, startRunningScheme } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';

/** A token server that can be away, always at the same port. */
async function tokenServer() {
  let logIns = 0;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: `token-${++logIns}`, token_type: 'Bearer', expires_in: 3_600 }));
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const leave = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  await leave();
  return { url: `http://127.0.0.1:${port}/token`, logIns: () => logIns, comeBack: () => listen(port), leave };
}

test('a hub that asks for a token: while the token server is away nothing is sent and the product runs; then the payment that waited is paid', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-hub-token-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const tokens = await tokenServer();
  const side = {
    hub: { oauth: { tokenUrl: tokens.url, clientSecret: 'secret-canary' } },
    timeouts: { callbackMs: 20_000, hubHttpMs: 1_000, patchGraceMs: 400 },
  };
  let running: RunningScheme | undefined;
  running = await startRunningScheme({
    folder,
    payer: side,
    payee: side,
    hub: async (request) => {
      const bears = /^Bearer token-\d+$/.test(request.headers['authorization'] ?? '');
      return (bears && (await running?.scheme.hub.handler(request))) || { status: 401 };
    },
  });
  t.after(() => running?.stop());
  const { payer, payee, hub } = running;

  const paymentId = await beginPayment(payer);
  const alarms = async (): Promise<string> => (await fetch(`${payer.operations}/alarms`)).text();
  await until('the alarm', async () => (await alarms()).includes('HUB_TOKEN_UNAVAILABLE'));
  assert.equal(hub.messages.length, 0);
  assert.equal((await fetch(`${payer.operations}/health/ready`)).status, 200);

  await tokens.comeBack();
  t.after(tokens.leave);
  assert.equal((await ended(payer, paymentId, 30_000)).state, 'COMPLETED');
  assert.equal((await pay(payer)).state, 'COMPLETED');
  assert.ok(!(await alarms()).includes('HUB_TOKEN'));
  assert.equal(tokens.logIns(), 2, 'one for each of both');
  for (const { log } of [payer, payee]) assert.doesNotMatch(JSON.stringify(log.lines), /canary|token-\d/);
});
