import assert from 'node:assert/strict';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../scheme/waiting.ts';
import { type AttackedFolder, type AttackedProduct, attackedFolder, fate, HUB, send, startAttacked } from './attacked-product.ts';
import { pressedBy } from './pressed-product.ts';

let folder: AttackedFolder;
let product: AttackedProduct;
const maxConnections = 8;
before(async () => {
  folder = await attackedFolder();
  const inbound = { ...(folder.configuration()['inbound'] as object), maxConnections };
  product = await startAttacked(await folder.write('unread', folder.configuration({ inbound })));
});
after(async () => {
  await product.stop();
  await folder.remove();
});

function join(url: string, bytes = ''): Socket {
  const socket = connectTcp({ host: '127.0.0.1', port: Number(new URL(url).port) });
  socket.on('error', () => {});
  if (bytes !== '') socket.write(bytes);
  return socket;
}

describe('who takes places and gives nothing', () => {
  test('pipelined requests whose answers nobody reads are cut, and memory stays', async () => {
    const sockets: Socket[] = [];
    const pressure = await pressedBy(product, async () => {
      const request = 'GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
      for (let n = 0; n < 50; n++) sockets.push(join(product.outbound, request.repeat(2_000)).pause());
      await pause(3_000);
    });
    console.log(`# ${(pressure.memory / 1e6).toFixed(0)} MB more, slowest answer ${pressure.slowestMs.toFixed(0)} ms`);
    assert.ok(pressure.memory < 300_000_000, `${pressure.memory}`);
    await until('all is as before', async () => fate(await send({ url: `${product.outbound}/` })) === 200, 5_000);
    for (const socket of sockets) socket.destroy();
  });

  test('connections that never finish their TLS handshake keep nobody out, however many come', async () => {
    const { credentials } = await folder.certificate(HUB);
    const sockets = Array.from({ length: 500 }, (_, n) => join(product.inbound, n % 2 === 0 ? '' : '\x16\x03\x01'));
    await until('all have come or gone', () => sockets.every(({ connecting }) => !connecting));
    for (let n = 0; n < maxConnections; n++) {
      const outcome = await send({ url: `${product.inbound}/nothing`, as: credentials });
      assert.equal(outcome.kind === 'answer' && outcome.status, 404);
    }
    for (const socket of sockets) socket.destroy();
  });
});
