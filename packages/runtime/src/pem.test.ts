import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { LONGEST_PEM, strictCertificates, strictPem } from './pem.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) as string;
const label = 'PUBLIC KEY';
const block = (content: string, name = label): string => `-----BEGIN ${name}-----\n${content}\n-----END ${name}-----\n`;

describe('strictPem', () => {
  test('gives a block back in its usual layout, whatever its lines were', () => {
    assert.equal(strictPem(key, label), key);
    assert.equal(strictPem(key.replaceAll('\n', '\r\n'), label), key);
    const inOneLine = key.replace(/-----\n([^-]*)\n-----/s, (_all, content: string) => `-----\n${content.replaceAll('\n', '')}\n-----`);
    assert.equal(strictPem(`\n ${inOneLine} \n`, label), key);
    assert.doesNotThrow(() => createPublicKey(strictPem(key, 'RSA PUBLIC KEY', label) ?? ''));
  });

  for (const [name, text] of Object.entries({
    'another label': key.replaceAll(label, 'PRIVATE KEY'),
    'two blocks': key + key,
    'text around it': `subject=x\n${key}`,
    'a header': block(`Proc-Type: 4,ENCRYPTED\n\n${key.split('\n')[1]}`),
    'no content': block(''),
    'only white space': block(' '.repeat(9_000)),
    'padding in the middle': block('AA==AAAA'),
    'an odd length': block('AAAAA'),
    'letters that base64 has not': block('AAA_'),
    'more than 16 KiB': block('AAAA'.repeat(LONGEST_PEM / 4)),
    'an end without a beginning': `-----END ${label}-----`,
    'a beginning that is its own end': `-----BEGIN ${label}-----`,
    nothing: '',
  })) {
    test(`refuses ${name}`, () => assert.equal(strictPem(text, label), undefined));
  }

  test('takes no time over texts that readers of PEM take minutes for', () => {
    const before = process.threadCpuUsage();
    for (const text of [
      `-----BEGIN ${label}-----\nA: b\n${' A: b\n'.repeat(2_000)}`,
      block(`A: b\n${' A: b\n'.repeat(2_000)}`),
      block(`${' '.repeat(16_000)}!`),
      `-----BEGIN ${label}-----`.repeat(600),
      block('='.repeat(16_000)),
    ])
      for (let n = 0; n < 50; n++) assert.equal(strictPem(text, label), undefined);
    const { user, system } = process.threadCpuUsage(before);
    assert.ok(user + system < 500_000, `${user + system} µs of CPU for 250 texts`);
  });
});

describe('strictCertificates', () => {
  const one = block('AAAA', 'CERTIFICATE');
  test('gives all of them in their order, without what stands between', () => {
    assert.deepEqual(strictCertificates(`subject=a\n${one}issuer=b\n${one}`, 2), [one, one]);
  });
  test('gives none when there are too many, or one is odd, cut off, or there is none', () => {
    assert.equal(strictCertificates(one.repeat(3), 2), undefined);
    for (const odd of ['', one.slice(0, -4), `${one}${block('A!AA', 'CERTIFICATE')}`, `-----BEGIN CERTIFICATE-----${one}`])
      assert.equal(strictCertificates(odd, 9), undefined, odd);
  });
});
