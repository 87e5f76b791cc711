import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createMetrics, noFailpoints, recordedLog, type SignatureAlgorithm, seededRandom, virtualTime } from '@payment-manager/runtime';
import { testSettings } from '../../test/settings.ts';
import { taken } from '../../test/world.ts';
import type { SendAction } from '../transfer/message.ts';
import { createSender } from './sender.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function sender(sign: (algorithm: SignatureAlgorithm) => Promise<Uint8Array>, haveKey = () => true) {
  const time = virtualTime();
  const settings = testSettings();
  const left: string[] = [];
  const { send } = createSender({
    settings: { ...settings, jws: { ...settings.jws, sign: true } },
    client: {
      async request({ headers }) {
        left.push(String(headers['FSPIOP-Signature'] ?? headers['fspiop-signature']));
        return taken;
      },
      setCredentials() {},
      async close() {},
    },
    clock: time,
    timers: time,
    random: seededRandom(1),
    signatures: { sign, verify: async () => false },
    sealer: { seal: () => '', open: () => new Uint8Array() },
    signingKey: () => (haveKey() ? privateKey : undefined),
    log: recordedLog(),
    metrics: createMetrics(),
    failpoints: noFailpoints,
  });
  const action = (until: number): SendAction => ({
    key: 'quote',
    type: 'send',
    repeatable: true,
    message: { operation: 'POST /quotes', path: '/quotes', destination: 'them', version: '1.1', body: { quoteId: 'q' } },
    until,
  });
  const sending = async (forMs: number) => {
    const sent = send(action(time.now() + forMs), { resumed: false, signal: new AbortController().signal });
    for (let passed = 0; passed < forMs + 20_000; passed += 100) await time.advance(100);
    return (await sent)?.outcome;
  };
  return { sending, left };
}

test('a message that cannot be signed yet waits, and is sent with the key that comes', async () => {
  let asked = 0;
  const { sending, left } = sender(
    async () => new Uint8Array(256),
    () => ++asked > 2,
  );
  assert.equal((await sending(5_000))?.kind, 'acknowledged');
  assert.equal(left.length, 1);
  assert.notEqual(left[0], 'undefined', 'it is signed');
});

test('a message that cannot be signed at all is given up as not sent, and nothing that the signer said is told', async () => {
  const refusal = Object.assign(new Error('canary of the key'), { code: 'VAULT_KEY_STATE' });
  const { sending, left } = sender(() => Promise.reject(refusal));
  const outcome = await sending(3_000);
  assert.ok(outcome?.kind === 'given-up');
  assert.equal(outcome.mayHaveArrived, false);
  assert.equal(outcome.detail, 'not signed: VAULT_KEY_STATE');
  assert.doesNotMatch(JSON.stringify(outcome), /canary/);
  assert.deepEqual(left, []);
});
