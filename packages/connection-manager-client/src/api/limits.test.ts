import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { answered, scriptedHttp } from '../../test/scripted-http.ts';
import { peerKey } from '../../test/world.ts';
import { readBundle, readPublicKey } from '../certificates/certificate.ts';
import { readRequest } from '../certificates/request.ts';
import { ConnectionFault } from './connection-fault.ts';
import { connectionManagerApi } from './http-api.ts';
import { addressesIn, caIn } from './read.ts';

const apiOver = (content: unknown) => {
  const http = scriptedHttp(() => answered(200, content));
  return { http, api: connectionManagerApi({ url: 'https://mcm.example', http }) };
};
const label = 'CERTIFICATE REQUEST';
/** Texts over which the library that reads requests takes seconds, and for the second one minutes at twice the length. */
const oddTexts = [`-----BEGIN ${label}-----\nA: b\n${' '.repeat(64_000)}\n`, `-----BEGIN ${label}-----\nA: b\n${' A: b\n'.repeat(30)}`];

describe('what the Connection Manager may answer has limits', () => {
  test('of bytes, for each call: 1 MiB, 4 MiB for the keys of all, 16 MiB for enrolments', async () => {
    const { api, http } = apiOver([]);
    await api.dfsps();
    await api.jwsKeys();
    await api.inboundEnrollments('bank-a');
    await api.outboundEnrollments('bank-a');
    await api.hubCa();
    await api.publishIngress('bank-a', 'https://x');
    assert.deepEqual(
      http.sent.map(({ maxAnswerBytes = 0 }) => maxAnswerBytes / 1_048_576),
      [1, 4, 16, 16, 1, 1],
    );
  });

  test('lists within lists, however deep, are passed over', async () => {
    const depth = 400_000;
    const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    assert.deepEqual(addressesIn({ ipList: [{ address: 'a', ports: ['80', deep, 443] }] }), [{ address: 'a', ports: ['80', '443'] }]);
    const { validations, intermediateChain } = caIn({ validations: [{ validationCode: ['A', deep] }], intermediateChain: ['b', deep] });
    assert.deepEqual([validations.map(({ code }) => code), intermediateChain], [['A'], 'b']);
  });

  test('2,000 members: of a longer list nothing is taken', async () => {
    const listed = (count: number) => apiOver(Array.from({ length: count }, (_, n) => ({ dfspId: `fsp-${n}`, id: `fsp-${n}` }))).api;
    assert.equal((await listed(2_000).jwsKeys()).length, 2_000);
    for (const call of [listed(2_001).jwsKeys(), listed(2_001).dfsps()])
      await assert.rejects(call, (error) => error instanceof ConnectionFault && /2001 entries; 2000 is the limit/.test(error.message));
  });

  test('500,000 parts: a longer answer is not parsed', async () => {
    const began = process.memoryUsage().heapUsed;
    const intricate = `[${'{},'.repeat(3_000_000)}{}]`;
    for (const status of [200, 400]) {
      const api = connectionManagerApi({ url: 'https://mcm.example', http: scriptedHttp(() => answered(status, intricate)) });
      await assert.rejects(api.inboundEnrollments('bank-a'), (error) => error instanceof ConnectionFault);
    }
    assert.ok(process.memoryUsage().heapUsed - began < 100_000_000, 'and takes no memory');
  });

  test('50 enrolments: the newest, oldest first, wherever they stand in the list', async () => {
    const rows = Array.from({ length: 500 }, (_, n) => ({ id: (n * 7) % 500 }));
    const listed = await apiOver(rows).api.inboundEnrollments('bank-a');
    assert.deepEqual(
      listed.map(({ id }) => id),
      Array.from({ length: 50 }, (_, n) => 450 + n),
    );
  });

  test('requests of a form over which a reader takes minutes are not read, in no time', async () => {
    const before = process.threadCpuUsage();
    const rows = Array.from({ length: 40 }, (_, id) => ({ id, csr: oddTexts[id % 2] }));
    const listed = await apiOver(rows).api.outboundEnrollments('bank-a');
    assert.deepEqual([...new Set(listed.map(({ asked }) => asked))], [undefined]);
    const { user, system } = process.threadCpuUsage(before);
    assert.ok(user + system < 500_000, `${user + system} µs of CPU`);
  });

  test('others get their turn while a long list is read', async () => {
    const { api } = apiOver(Array.from({ length: 2_000 }, (_, n) => ({ dfspId: `fsp-${n}`, publicKey: ecKey() })));
    let [turns, done] = [0, false];
    const counting = (async () => {
      while (!done) {
        await new Promise((resolve) => setImmediate(resolve));
        turns++;
      }
    })();
    await api.jwsKeys();
    done = true;
    await counting;
    assert.ok(turns >= 50, `${turns} turns`);
  });
});

/** A key that nobody has read before. Making 2,000 takes long, so the points are made of few. */
const seeds = Array.from({ length: 50 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }));
let made = 0;
function ecKey(): string {
  made++;
  const pem = createPublicKey({ key: seeds[made % seeds.length] ?? {}, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string;
  return `${'\n'.repeat(made % 40)}${pem}`;
}

describe('texts of others are read in their strict form, once', () => {
  test('a key, a request, a certificate with a header, with text around, twice, or of more than 16 KiB is none', async () => {
    const odd = (pem: string) => [pem.replace('KEY-----\n', 'KEY-----\nProc-Type: 4\n\n'), `x\n${pem}`, pem + pem, pem.padEnd(16_385)];
    for (const pem of odd(peerKey(0))) assert.equal(readPublicKey(pem), undefined, pem.slice(0, 60));
    assert.ok(readPublicKey(peerKey(0)));
    for (const pem of oddTexts) {
      assert.equal(await readRequest(pem), undefined);
      assert.equal(readBundle(pem.replaceAll(label, 'CERTIFICATE')), undefined);
    }
  });

  test('what could not be read is not tried again', async () => {
    const { readOnce } = await import('../certificates/read-once.ts');
    let tries = 0;
    const read = readOnce(() => {
      tries++;
      throw new Error('odd');
    });
    for (let n = 0; n < 3; n++) assert.equal(read('a text'), undefined);
    assert.equal(tries, 1);
  });
});
