import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import type { Credentials } from '@payment-manager/runtime';
import { type RevokingAuthority, revokingAuthority } from '../../packages/credentials/test/revoking-authority.ts';
import { until } from '../scheme/waiting.ts';
import { type AttackedFolder, type AttackedProduct, attackedFolder, HUB, startAttacked } from './attacked-product.ts';

let folder: AttackedFolder;
let [present, former]: RevokingAuthority[] = [];
let product: AttackedProduct;
before(async () => {
  folder = await attackedFolder();
  [present, former] = [await revokingAuthority('hub CA'), await revokingAuthority('former hub CA')];
  await writeFile(folder.path('trusted.pem'), bothCas());
  await writeFile(folder.path('revoked.pem'), (await present?.list([])) ?? '');
  const { inbound, ...rest } = folder.configuration() as { inbound: { tls: object } };
  const tls = { ...inbound.tls, caFile: folder.path('trusted.pem'), crlFile: folder.path('revoked.pem') };
  product = await startAttacked(await folder.write('product', { ...rest, inbound: { ...inbound, tls } }));
});
after(async () => {
  await product?.stop();
  await folder?.remove();
});

const bothCas = (): string => `${present?.certificate}${former?.certificate}`;

/** A connection that is kept, as a hub keeps it. */
interface Kept {
  /** Whether a request on it is answered. */
  asks(): Promise<boolean>;
  isClosed(): boolean;
}

async function keep({ certificate, privateKey }: Credentials): Promise<Kept> {
  const { hostname, port } = new URL(product.inbound);
  const { credentials } = await folder.certificate(HUB);
  const socket: TLSSocket = connect({
    host: hostname,
    port: Number(port),
    ca: credentials.trustedCas,
    cert: certificate,
    key: privateKey.reveal(),
    checkServerIdentity: () => undefined,
  });
  let closed = false;
  socket.on('error', () => {});
  socket.once('close', () => {
    closed = true;
  });
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
  return {
    isClosed: () => closed,
    async asks() {
      if (closed) return false;
      const answered = new Promise<boolean>((resolve) => {
        socket.once('data', () => resolve(true));
        socket.once('close', () => resolve(false));
      });
      socket.write('GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n');
      return answered;
    },
  };
}

describe('whoever is distrusted is not served any more', () => {
  test('a connection that came before its CA was distrusted is ended while it asks and asks; others go on', async () => {
    const [attacker, idle] = [
      await keep(await (former as RevokingAuthority).issue(HUB)),
      await keep(await (former as RevokingAuthority).issue(HUB)),
    ];
    const hub = await keep(await (present as RevokingAuthority).issue(HUB));
    for (const connection of [attacker, idle, hub]) assert.equal(await connection.asks(), true);
    await writeFile(folder.path('trusted.pem'), present?.certificate ?? '');
    await until('the attacker is not answered', async () => !(await attacker.asks()));
    await until('the idle connection is closed', () => idle.isClosed());
    for (let n = 0; n < 500; n++) assert.equal(await attacker.asks(), false);
    assert.equal(await hub.asks(), true);
    assert.equal(await (await keep(await (former as RevokingAuthority).issue(HUB))).asks(), false);
    await writeFile(folder.path('trusted.pem'), bothCas());
  });

  test('a connection whose certificate was revoked is ended, and another with it is refused', async () => {
    const stolen = await (present as RevokingAuthority).issue(HUB);
    const [attacker, hub] = [await keep(stolen), await keep(await (present as RevokingAuthority).issue(HUB))];
    assert.equal(await attacker.asks(), true);
    await writeFile(folder.path('revoked.pem'), (await present?.list([stolen])) ?? '');
    await until('the attacker is not answered', async () => !(await attacker.asks()));
    // the file of CAs was written just before, too: that it is read anew may end connections before the list is read
    await until('another with it is refused', async () => !(await (await keep(stolen)).asks()));
    assert.equal(await hub.asks(), true);
  });

  test('a list that was cut off gives nobody back what was revoked, and is an alarm', async () => {
    const stolen = await (present as RevokingAuthority).issue(HUB);
    const list = (await present?.list([stolen])) ?? '';
    await writeFile(folder.path('revoked.pem'), list);
    await until('it is refused', async () => !(await (await keep(stolen)).asks()));
    await writeFile(folder.path('revoked.pem'), list.slice(0, list.length / 2));
    await product.alarmed('CREDENTIALS_NOT_TAKEN');
    assert.equal(await (await keep(stolen)).asks(), false);
  });
});
