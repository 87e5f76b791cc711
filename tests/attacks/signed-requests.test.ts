import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { loadX509 } from '@payment-manager/vault';
import { pmIn } from '../../packages/payment-manager/test/command-line.ts';
import { until } from '../scheme/waiting.ts';
import { type ConnectedProduct, startConnectedProduct } from './connected-product.ts';

let product: ConnectedProduct;
before(async () => {
  product = await startConnectedProduct();
});
after(() => product?.stop());

/** `./pm ARGS` of a person who signs by hand, in this process; what it printed. */
async function pm(...args: readonly string[]): Promise<string> {
  const { exitCode, text } = await pmIn(dirname(product.byHandFile), [...args, '--config', product.byHandFile]);
  assert.equal(exitCode, 0, text);
  return text;
}
const path = (name: string): string => join(dirname(product.configFile), name);

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) } as const;

/** A key, and the certificate that the DFSP's CA signed for it when a person was asked to. */
async function signedByHand(name: string): Promise<{ readonly key: string; readonly certificate: string }> {
  const x509 = await loadX509();
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as never as { privateKey: CryptoKey };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: 'CN=hub', keys: keys as never, signingAlgorithm: algorithm });
  await writeFile(path(`${name}.csr`), request.toString('pem'));
  await pm('import', 'hub-csr', path(`${name}.csr`), '--out', path(`${name}.pem`));
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    certificate: await readFile(path(`${name}.pem`), 'utf8'),
  };
}

/** A connection to the API that the hub calls, and whether a request on it is answered. */
async function come({ key, certificate }: { key: string; certificate: string }): Promise<() => Promise<boolean>> {
  const { hostname, port } = new URL(product.inbound);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), cert: certificate, key, rejectUnauthorized: false });
  let closed = false;
  socket.on('error', () => {});
  socket.once('close', () => {
    closed = true;
  });
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
  return async () => {
    if (closed) return false;
    const answered = new Promise<boolean>((resolve) => {
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    socket.write('GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n');
    return answered;
  };
}

const signed = (): number =>
  product.connectionManager.operator
    .list()
    .find(({ fspId }) => fspId === product.fspId)
    ?.hubEnrolments.filter(({ state }) => state === 'CERT_SIGNED').length ?? 0;

describe('requests that somebody lists at the Connection Manager', () => {
  test('forty of them: one is signed beside the hub’s own, and it is an alarm', async () => {
    assert.equal(signed(), 1);
    for (let n = 0; n < 40; n++) await product.connectionManager.operator.requestHubCertificate(product.fspId);
    await product.ask('/connection/look', 'POST');
    await until('an alarm', async () => (await product.alarms()).includes('SIGNING_LIMITED'));
    for (let n = 0; n < 3; n++) await product.ask('/connection/look', 'POST');
    assert.equal(signed(), 2);
    assert.match(await product.ask('/connection'), /another key asked for it/);
  });

  test('only the newest key and the one before it are let in, whatever our CA has signed', async () => {
    const [first, second] = [await signedByHand('first'), await signedByHand('second')];
    await until('the first is let in', async () => (await come(first))());
    const open = await come(first);
    assert.equal(await open(), true);
    const third = await signedByHand('third');
    await until('the first is not let in any more', async () => !(await (await come(first))()));
    assert.equal(await open(), false);
    for (const one of [second, third]) await until('the newest are let in', async () => (await come(one))());
  });

  test('a key that somebody else has is not let in any more, and its connections end', async () => {
    const stolen = await signedByHand('stolen');
    await until('it is let in', async () => (await come(stolen))());
    const open = await come(stolen);
    assert.equal(await open(), true);
    const { keys } = JSON.parse(await pm('keys', 'list', '--json')) as { keys: { purpose: string; keyId: string; state: string }[] };
    const { keyId = '' } = keys.findLast(({ purpose, state }) => purpose === 'hub-client' && state === 'active') ?? {};
    await pm('keys', 'compromised', keyId, '--yes');
    await until('it is not let in any more', async () => !(await (await come(stolen))()));
    assert.equal(await open(), false);
  });
});
