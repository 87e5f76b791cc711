import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Secret, systemClock, systemRandom, systemTimers, type Timers, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import type { KeyHolder } from '../keys/key-holder.ts';
import type { KeyAlgorithm } from '../keys/ring.ts';
import { memoryStore } from '../store/memory-store.ts';
import { testVault } from '../vault.conformance.ts';
import { openVault } from '../vault.ts';
import type { VaultError } from '../vault-error.ts';
import { pkcs11Holder } from './pkcs11-holder.ts';

const pin = 'canary-pin-4711';
const softhsm = [
  process.env['PM_TEST_SOFTHSM'] ?? '',
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
].find((path) => path !== '' && existsSync(path));
const complete = softhsm !== undefined && spawnSync('softhsm2-util', ['--version']).status === 0;
const skip = !complete ? 'SoftHSM is not installed (apt-get install softhsm2): no HSM was tested' : false;

const make = (module: string, token = 'pm', given = () => pin, timers: Timers = systemTimers): KeyHolder =>
  pkcs11Holder({ module, token, pin: async () => new Secret(given()), random: systemRandom, timers, variables: ['SOFTHSM2_CONF'] });
const failureOf = async (holder: KeyHolder): Promise<VaultError> => {
  const error = await holder.sign('aa', Buffer.from('x')).then(
    () => assert.fail('it did not fail'),
    (caught: VaultError) => caught,
  );
  await holder.close();
  return error;
};

test('a module that is not there is told, and the product itself never loads the library that calls it', async () => {
  const { code, message } = await failureOf(make('/no/such/module.so'));
  assert.deepEqual([code, /no\/such\/module\.so/.test(message)], ['VAULT_HSM_FAILED', true]);
  const { cache } = createRequire(import.meta.url);
  assert.deepEqual(
    Object.keys(cache).filter((file) => file.endsWith('koffi.node')),
    [],
  );
  await import('koffi');
  assert.ok(Object.keys(cache).some((file) => file.endsWith('koffi.node')));
});

describe('PKCS #11', { skip }, () => {
  if (softhsm === undefined || !complete) return;
  const folder = mkdtempSync(join(tmpdir(), 'pm-softhsm-'));
  after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`);
  process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
  const initToken = (label: string): void => {
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', 'so-pin-0815', '--pin', pin], {
      stdio: 'ignore',
    });
  };
  initToken('pm');
  /** The processes of all modules. */
  const processes = (): number[] => {
    const listed = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
    return listed.flatMap((line) => {
      const [, pid, parent] = /^ *(\d+) +(\d+) .*pkcs11-process/.exec(line) ?? [];
      return Number(parent) === process.pid ? [Number(pid)] : [];
    });
  };

  const shared = make(softhsm);
  after(() => shared.close());
  testVault('vault with JWS keys in SoftHSM', {
    writersCompete: true,
    async open() {
      const store = memoryStore();
      const jwsHolder: KeyHolder = { ...shared, close: async () => {} };
      const again = () => openVault({ store, jwsHolder, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
      const contents = async (): Promise<string> => {
        const bodies = await Promise.all([...(await store.list()).keys()].map(async (path) => (await store.read(path)).body));
        return bodies.map((body) => Buffer.from(body).toString('utf8').replaceAll('\\n', '\n')).join('\n');
      };
      return { vault: await again(), again, contents, end: async () => {} };
    },
  });

  test('a key stays in the HSM: a replica that was there before signs with it, many at once, and it is gone when it is destroyed', async () => {
    const [first, second] = [make(softhsm), make(softhsm)];
    await assert.rejects(second.sign('aa', Buffer.from('x')), { code: 'VAULT_NO_KEY' });
    const { held, publicKey } = await first.generate('RSA-2048', 'sandbox');
    await first.close();
    const texts = Array.from({ length: 20 }, (_, n) => Buffer.alloc(n * 5_000, n));
    const signatures = await Promise.all(texts.map((text) => second.sign(held, text)));
    for (const [n, signature] of signatures.entries())
      assert.ok(verify('sha256', texts[n] ?? Buffer.alloc(0), createPublicKey(publicKey), signature), `text ${n}`);
    await second.destroy(held);
    await second.destroy(held);
    await assert.rejects(second.sign(held, Buffer.from('x')), { code: 'VAULT_NO_KEY' });
    await second.close();
    await assert.rejects(second.sign(held, Buffer.from('x')), { code: 'VAULT_HSM_FAILED' });
  });

  test('a wrong PIN or token is told, never with the PIN', async () => {
    initToken('twin');
    initToken('twin');
    const failures = [
      await failureOf(make(softhsm, 'pm', () => `${pin}x`)),
      await failureOf(make(softhsm, 'other')),
      await failureOf(make(softhsm, 'twin')),
    ];
    for (const [n, reason] of [/CKR_PIN_INCORRECT/, /no token with the label 'other'/, /2 tokens with the label 'twin'/].entries())
      assert.match(failures[n]?.message ?? '', reason);
    for (const error of failures) {
      assert.equal(error.code, 'VAULT_HSM_FAILED');
      assert.doesNotMatch(inspect(error, { depth: 9 }), /canary/);
    }
  });

  test('a PIN that was refused is not tried again, which would lock the token; another one is', async () => {
    const time = virtualTime();
    let given = 'wrong-pin';
    const holder = make(softhsm, 'pm', () => given, time);
    const sign = () => holder.sign('aa', Buffer.from('x'));
    await assert.rejects(sign(), { message: /CKR_PIN_INCORRECT/ });
    given = pin;
    await assert.rejects(sign(), { message: /CKR_PIN_INCORRECT/ }, 'within a second no other process is started');
    given = 'wrong-pin';
    await time.advance(1_000);
    await assert.rejects(sign(), { message: /not tried again/ });
    given = pin;
    await time.advance(1_000);
    await assert.rejects(sign(), { code: 'VAULT_NO_KEY' });
    await holder.close();
  });

  test('a module that dies or hangs fails what waits for it, and the next call has a new one; none is left at the end', async () => {
    const before = processes();
    const time = virtualTime();
    const holder = make(softhsm, 'pm', () => pin, time);
    const { held, publicKey } = await holder.generate('RSA-2048', 'sandbox');
    const text = Buffer.from('x');
    const good = async () => assert.ok(verify('sha256', text, createPublicKey(publicKey), await holder.sign(held, text)));
    for (const [signal, reason] of [
      ['SIGKILL', /has ended/],
      ['SIGSTOP', /does not answer within 10000 ms/],
    ] as const) {
      const [child = 0] = processes().filter((pid) => !before.includes(pid));
      process.kill(child, signal);
      const failing = Promise.all([1, 2].map(() => assert.rejects(holder.sign(held, text), { code: 'VAULT_HSM_FAILED', message: reason })));
      await turn();
      if (signal === 'SIGSTOP') await time.advance(10_000);
      await failing;
      await good();
    }
    const tooShort = assert.rejects(holder.generate('RSA-17' as KeyAlgorithm, 'sandbox'), { message: /C_GenerateKeyPair gives CKR_/ });
    await Promise.all([good(), tooShort, good()]);
    await good();
    const restarted = make(softhsm);
    assert.ok(verify('sha256', text, createPublicKey(publicKey), await restarted.sign(held, text)));
    await restarted.close();
    await holder.destroy(held);
    await holder.close();
    assert.deepEqual(
      processes().filter((pid) => !before.includes(pid)),
      [],
    );
  });
});
