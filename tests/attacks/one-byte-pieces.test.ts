import assert from 'node:assert/strict';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { until } from '../scheme/waiting.ts';
import { type AttackedFolder, type AttackedProduct, attackedFolder, HUB, runToItsEnd, send, startAttacked } from './attacked-product.ts';
import { type DrippingPeer, drip, drippingPeer } from './dripping-peer.ts';
import { pressedBy } from './pressed-product.ts';

/** Of a body in so many one-byte chunks each cost 400 bytes. */
const pieces = 1_000_000;
const allowedBytes = 120_000_000;
/** On a machine that others load, too. */
const allowedMs = 2_000;

let folder: AttackedFolder;
before(async () => {
  folder = await attackedFolder();
});
after(() => folder.remove());

function toldBy(name: string, { memory, slowestMs }: { memory: number; slowestMs: number }): void {
  console.log(`# ${name}: ${(memory / 1e6).toFixed(0)} MB more, slowest answer ${slowestMs.toFixed(0)} ms`);
  assert.ok(memory < allowedBytes, `${name}: ${memory} bytes`);
  assert.ok(slowestMs < allowedMs, `${name}: ${slowestMs} ms`);
}

describe('a message in one-byte chunks', () => {
  test('to each of the servers of the product is refused early, and payments go on', async () => {
    const product = await startAttacked(await folder.write('servers', folder.configuration({ dataFolder: folder.path('servers') })));
    const { credentials } = await folder.certificate(HUB);
    const connect = (url: string): Socket => {
      const { protocol, port } = new URL(url);
      const to = { host: '127.0.0.1', port: Number(port) };
      if (protocol === 'http:') return connectTcp(to);
      return connectTls({ ...to, cert: credentials.certificate, key: credentials.privateKey.reveal(), ca: credentials.trustedCas });
    };
    try {
      for (const side of ['inbound', 'outbound', 'operations'] as const) {
        let written = 0;
        const pressure = await pressedBy(product, async () => {
          const sockets = Array.from({ length: 3 }, () => connect(product[side]));
          for (const socket of sockets) {
            socket.on('error', () => {});
            socket.resume();
            socket.write(
              'POST /transfers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
            );
          }
          written = Math.max(...(await Promise.all(sockets.map((socket) => drip(socket, pieces)))));
        });
        toldBy(side, pressure);
        assert.ok(written < pieces, `${side}: it was cut off before the end (${written})`);
      }
    } finally {
      await product.stop();
    }
  });

  test('as an answer to each of its clients is given up early, and payments go on', async () => {
    const { credentials } = await folder.certificate(HUB);
    const peer = await drippingPeer(credentials, 50 * pieces);
    const caFile = folder.authority.files(HUB).ca;
    const base = folder.configuration();
    const hub = { ...(base['hub'] as object), baseUrl: `${peer.url}/hub` };
    const webhook = { alarmWebhook: { url: `${peer.url}/alarms`, caFile } };
    const token = { oauth: { tokenUrl: `${peer.url}/token`, clientSecret: 'not-a-secret', caFile } };
    const vault = {
      vault: { store: 'file' },
      inbound: { host: '127.0.0.1', port: 0, tls: { enabled: true } },
      hub: { id: HUB, baseUrl: `${peer.url}/hub`, tls: { enabled: true } },
      jws: {},
      connectionManager: {
        url: `${peer.url}/manager`,
        caFile,
        dnsNames: ['localhost'],
        ips: ['127.0.0.1'],
        ingressUrl: 'https://127.0.0.1:4000',
      },
    };
    const core = { baseUrl: `${peer.url}/core`, tls: { enabled: true, caFile } };
    const jws = { ...(base['jws'] as object), hubMayBeUnsigned: true };
    const askHub = ({ outbound }: AttackedProduct) => send({ url: `${outbound}/parties/MSISDN/27713803912` });
    const askCore = ({ inbound }: AttackedProduct) =>
      send({
        url: `${inbound}/parties/MSISDN/27713803912`,
        as: credentials,
        headers: {
          accept: 'application/vnd.interoperability.parties+json;version=1.1',
          'content-type': 'application/vnd.interoperability.parties+json;version=1.1',
          date: new Date().toUTCString(),
          'fspiop-source': HUB,
        },
      });
    const cases: readonly [string, object, RegExp, (product: AttackedProduct) => Promise<unknown>][] = [
      ['hub', { hub }, /^GET \/hub\/parties/, askHub],
      ['token', { hub: { ...hub, ...token } }, /^POST \/token/, askHub],
      ['webhook', { hub: { ...hub, ...token }, operations: { host: '127.0.0.1', port: 0, ...webhook } }, /^POST \/alarms/, askHub],
      ['core', { core, jws }, /^GET \/core\/parties/, askCore],
      ['manager', vault, /\/manager|openid-connect/, async () => {}],
    ];
    try {
      for (const [name, changes, wanted, trigger] of cases) {
        const product = await startAttacked(await folder.write(name, folder.configuration({ dataFolder: folder.path(name), ...changes })));
        try {
          const seen = [...peer.asked.keys()].length;
          const pressure = await pressedBy(product, async () => {
            void trigger(product);
            await until(`${name}: the peer is asked`, () => [...peer.asked.keys()].some((line) => wanted.test(line)), 30_000);
          });
          toldBy(name, pressure);
          assert.ok([...peer.asked.keys()].length > seen);
        } finally {
          await product.stop();
        }
      }
      gaveUp(peer);
    } finally {
      peer.close();
    }
  });

  test('of HashiCorp Vault ends the start with a message, and not by memory', async () => {
    const { credentials } = await folder.certificate(HUB);
    const peer = await drippingPeer(credentials, 50 * pieces);
    const { inbound: _, hub: __, jws: ___, ...rest } = folder.configuration();
    const token = await folder.write('vault-token', {});
    const hashicorp = { url: peer.url, login: 'token', credentialFile: token, caFile: folder.authority.files(HUB).ca };
    const file = await folder.write('hashicorp', {
      ...rest,
      dataFolder: folder.path('hashicorp'),
      inbound: { host: '127.0.0.1', port: 0, tls: { enabled: true, hubNames: [HUB] } },
      hub: { id: HUB, baseUrl: 'https://127.0.0.1:9', tls: { enabled: true } },
      vault: { store: 'hashicorp', hashicorp },
    });
    try {
      const { exitCode, text } = await runToItsEnd(file);
      assert.ok(exitCode === 69 || exitCode === 78, `${exitCode} ${text}`);
      assert.match(text, /larger than allowed|VAULT|vault/);
      gaveUp(peer);
    } finally {
      peer.close();
    }
  });
});

/** Nobody read it to its end. */
function gaveUp({ asked }: DrippingPeer): void {
  assert.ok(asked.size > 0);
  for (const [line, written] of asked) assert.ok(written < 50 * pieces, `${line}: ${written}`);
}
