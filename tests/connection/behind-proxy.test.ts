import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer, type Server } from 'node:tls';
import { systemClock, systemRandom } from '@payment-manager/runtime';
import { openAuthority, type Scheme } from '@payment-manager/sandbox';
import { freePort } from '../../lab/local-scheme/src/sandbox-ports.ts';
import type { RunningPaymentManager } from '../../packages/payment-manager/src/compose.ts';
import { pmIn } from '../../packages/payment-manager/test/command-line.ts';
import { pay } from '../scheme/payments.ts';
import { PAYEE, PAYER } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import {
  type ConnectedSide,
  connected,
  connectionOf,
  renew,
  startSide,
  startUnconnectedScheme,
  writeConnectedConfiguration,
} from './connected-scheme.ts';

let folder: string;
let scheme: Scheme;
let file: string;
let port: number;
let proxyPort: number;
let proxy: Server | undefined;
let side: ConnectedSide;
let payer: ConnectedSide;
const managers: RunningPaymentManager[] = [];
const sockets = new Set<Socket>();

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-proxy-'));
  scheme = await startUnconnectedScheme(folder);
  [port, proxyPort] = [await freePort(), await freePort()];
  file = await writeConnectedConfiguration(folder, scheme, PAYEE, {
    inbound: { host: '127.0.0.1', port, tls: { enabled: false, requireClientCertificate: false, hubNames: [] } },
    connectionManager: { ingressUrl: `https://localhost:${proxyPort}` },
  });
  const [behind, peer] = [
    await startSide(scheme, PAYEE, file),
    await startSide(scheme, PAYER, await writeConnectedConfiguration(folder, scheme, PAYER)),
  ];
  managers.push(behind.manager, peer.manager);
  side = behind.side;
  await Promise.all([connected(side), connected(peer.side)]);
  payer = peer.side;
});
after(async () => {
  for (const socket of sockets) socket.destroy();
  proxy?.close();
  await Promise.all(managers.map((manager) => manager.stop()));
  await scheme.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pm = (...args: string[]) =>
  pmIn(folder, [...args, '--config', file], {
    USER: 'ada',
    PM_CONNECTION_MANAGER_CLIENT_SECRET: scheme.dfsp(PAYEE).oauth?.clientSecret.reveal() ?? '',
    PM_OPERATIONS_PORT: new URL(side.operations).port,
    PM_OUTBOUND_PORT: new URL(managers[0]?.outbound.url ?? '').port,
  });

/** What ends TLS before the product, with a file as `./pm cert export` gives it; it lets in whom our CA vouches for. */
async function startProxy(pem: string, ca: string): Promise<void> {
  proxy?.close();
  for (const socket of sockets) socket.destroy();
  proxy = createServer({ key: pem, cert: pem, ca, requestCert: true, rejectUnauthorized: true }, (outer) => {
    const inner = connect(port, '127.0.0.1');
    for (const socket of [outer, inner]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        outer.destroy();
        inner.destroy();
      });
    }
    outer.pipe(inner).pipe(outer);
  });
  proxy.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => proxy?.listen(proxyPort, '127.0.0.1', resolve));
}

/** How the address that the hub calls stands, as the product sees it. */
async function served(): Promise<string> {
  await fetch(`${side.operations}/connection/look`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const { served: all } = await connectionOf(side);
  assert.ok(!all.some(({ where }) => where === 'inbound'));
  const seen = all.find(({ where }) => where === 'proxy');
  return `${seen?.state} ${seen?.reason}`;
}

async function exported(name: string): Promise<string> {
  const { exitCode, text } = await pm('cert', 'export', 'server', '--with-key', '--out', name, '--yes');
  assert.equal(exitCode, 0, text);
  assert.doesNotMatch(text, /PRIVATE KEY/);
  return readFileSync(join(folder, name), 'utf8');
}

describe('a proxy ends TLS before a DFSP with a Connection Manager', () => {
  test('while there is none, what cannot be seen is told, and nothing else is held up', async () => {
    assert.equal(await served(), 'Progressing NOT_CHECKED');
    const { exitCode, text } = await pm('onboard', '--wait', '5');
    assert.equal(exitCode, 1, text);
    assert.match(text, /^skipped +proxy +certificate .*cannot be checked from here/m);
    assert.match(text, /^failed +look-up/m);
  });

  test('a key leaves the vault for such a proxy alone: asked for, into a new file for its owner, and never to the screen', async () => {
    for (const args of [['client', '--out', 'x.pem'], ['ca', '--out', 'x.pem'], ['server']]) {
      const { exitCode, text } = await pm('cert', 'export', ...args, '--with-key', '--yes');
      assert.equal(exitCode, 64, text);
    }
    assert.equal((await pm('cert', 'export', 'server', '--with-key', '--out', 'x.pem')).exitCode, 64, 'nobody can be asked here');
    assert.match(await exported('proxy.pem'), /BEGIN CERTIFICATE[\s\S]*BEGIN PRIVATE KEY/);
    assert.equal(statSync(join(folder, 'proxy.pem')).mode & 0o777, 0o600);
    assert.equal((await pm('cert', 'export', 'server', '--with-key', '--out', 'proxy.pem', '--yes')).exitCode, 1, 'nothing is overwritten');
    const inside = await pmIn(folder, ['cert', 'export', 'server', '--with-key', '--out', 'y.pem', '--yes', '--config', payer.file], {
      USER: 'ada',
    });
    assert.equal(inside.exitCode, 64, 'who ends TLS himself gives his key to nobody');
  });

  test('with it the DFSP is connected, and the hub’s calls come through the proxy', async () => {
    await startProxy(readFileSync(join(folder, 'proxy.pem'), 'utf8'), (await pm('cert', 'export', 'ca')).text);
    assert.equal(await served(), 'Ready IN_ORDER');
    const { exitCode, text } = await pm('onboard', '--wait', '5');
    assert.equal(exitCode, 0, text);
    assert.match(text, /^passed +proxy +certificate .*certificate in use/m);
    assert.equal((await pay(payer)).state, 'COMPLETED');
    assert.match((await pm('doctor')).text, /^passed +proxy +certificate/m);
  });

  test('after a renewal the former one goes on until the proxy has the next one, and a new CA is not published before', async () => {
    await renew(side, 'DFSP_CA');
    await until('the proxy is behind', async () => (await served()) === 'Progressing FORMER_CERTIFICATE', 20_000);
    const standing = async (): Promise<string> =>
      (await connectionOf(side)).conditions.find(({ artefact }) => artefact === 'DFSP_CA')?.message ?? '';
    await until('the new CA waits', async () => /once our server, or the proxy before it, presents/.test(await standing()), 20_000);
    assert.equal((await pay(payer)).state, 'COMPLETED');
    await startProxy(await exported('next.pem'), (await pm('cert', 'export', 'ca')).text);
    await until('the proxy presents it', async () => (await served()) === 'Ready IN_ORDER', 20_000);
    await until('the new CA is published', async () => /is published and in use/.test(await standing()), 20_000);
    await connected(side);
    assert.equal((await pay(payer)).state, 'COMPLETED');
  });

  test('a strange certificate there is an alarm, and a failed test', async () => {
    const authority = await openAuthority({ folder: join(folder, 'strange'), clock: systemClock, random: systemRandom });
    const { certificate, privateKey } = await authority.issue({ name: 'somebody' });
    await startProxy(`${certificate}\n${privateKey.reveal()}`, certificate);
    assert.equal(await served(), 'Failed OTHER_CERTIFICATE');
    const alarms = JSON.stringify(await (await fetch(`${side.operations}/alarms`)).json());
    assert.match(alarms, /SERVED_CERTIFICATE_WRONG.*that is not from our published CA/);
    assert.match((await pm('doctor')).text, /^failed +proxy +certificate .*is not from our CA/m);
  });
});
