import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ConnectionFault } from '@payment-manager/connection-manager-client';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault } from '@payment-manager/vault';
import type { Finding } from '../doctor/finding.ts';
import { testLookUp } from './look-up.ts';
import type { OutboundAnswer, OutboundClient } from './outbound-client.ts';
import { readinessPassed } from './readiness-passed.ts';
import { testPayment } from './test-payment.ts';
import { testSignature } from './trust.ts';

const doing = { by: 'ada', why: 'test' };
let environment: Environment;
before(async () => {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  environment = vault.environment('sandbox');
  const { id } = await environment.keys.generate('jws-signing', doing);
  await environment.keys.activate('jws-signing', id, doing);
});

const shown = (findings: readonly Finding[]): string[] => findings.map(({ part, state, message }) => `${part} ${state}: ${message}`);

describe('readiness: signature', () => {
  const listed = (publicKey: string | undefined) => ({
    jwsKeys: async () => [{ dfspId: 'greenbank', publicKey, createdAt: 1, validationState: undefined, validations: [] }],
  });
  const of = async (api: Parameters<typeof testSignature>[2]) => shown(await testSignature(environment, 'greenbank', api))[0] ?? '';

  test('is well with our key in the scheme’s list, and broken with another, none, or nonsense', async () => {
    const own = (await environment.keys.active('jws-signing'))?.publicKey;
    const { publicKey: other } = await environment.keys.generate('jws-signing', doing);
    assert.match(await of(listed(own)), /^signature passed/);
    assert.match(await of(undefined), /^signature passed/);
    assert.match(await of(listed(other)), /^signature failed: the key in the scheme’s list differs/);
    assert.match(await of(listed('nonsense')), /^signature failed/);
    assert.match(await of({ jwsKeys: async () => [] }), /does not have our key/);
    const fault = () => Promise.reject(new ConnectionFault('UNREACHABLE', 'away', 'wait'));
    assert.match(await of({ jwsKeys: fault }), /^signature failed: away/);
  });
});

const answering = (...answers: readonly (OutboundAnswer | { failed: string; advice: string })[]): OutboundClient & { calls: unknown[] } => {
  const calls: unknown[] = [];
  return {
    calls,
    async call(method, path, body) {
      calls.push([method, path, body]);
      return answers[Math.min(calls.length, answers.length) - 1] ?? { failed: 'no answer', advice: '' };
    },
  };
};

describe('readiness: look-up', () => {
  const of = async (status: number, json: Record<string, unknown>) =>
    shown(await testLookUp(answering({ status, json }), { idType: 'MSISDN', idValue: '1' }))[0] ?? '';
  const error = (errorCode: string) => ({ errorInformation: { errorCode, errorDescription: 'words of the hub' } });

  test('any answer about the person proves the way; another error, silence or a refusal does not', async () => {
    assert.match(await of(200, { party: {} }), /^look-up passed/);
    assert.match(await of(404, error('3204')), /^look-up passed/);
    assert.match(await of(404, error('3105')), /^look-up failed: .*3105 words of the hub/);
    assert.match(await of(504, {}), /^look-up failed: .*no answer arrived in time/);
    assert.match(await of(500, { message: 'not sent' }), /^look-up failed: not sent/);
    assert.match(
      shown(await testLookUp(answering({ failed: 'f', advice: 'a' }), { idType: 'MSISDN', idValue: '1' }))[0] ?? '',
      /failed: f/,
    );
  });
});

describe('readiness: payment', () => {
  const order = {
    amount: '1',
    currency: 'USD',
    from: { idType: 'MSISDN', idValue: '1' },
    to: { idType: 'MSISDN', idValue: '2' },
    homeTransactionId: 'h',
  };
  const at = (currentState: string) => ({ status: 200, json: { transferId: 'T', currentState } });

  test('party and price are accepted, and only COMPLETED is well', async () => {
    const outbound = answering(at('WAITING_FOR_PARTY_ACCEPTANCE'), at('WAITING_FOR_QUOTE_ACCEPTANCE'), at('COMPLETED'));
    assert.match(shown(await testPayment(outbound, order))[0] ?? '', /^payment passed: 1 USD paid \(T\)/);
    assert.deepEqual(outbound.calls.slice(1), [
      ['PUT', '/transfers/T', { acceptParty: true }],
      ['PUT', '/transfers/T', { acceptQuote: true }],
    ]);
    const failed = { status: 500, json: { message: 'Payee rejected', transferState: { transferId: 'T', currentState: 'ERROR_OCCURRED' } } };
    assert.match(shown(await testPayment(answering(failed), order))[0] ?? '', /^payment failed: Payee rejected/);
    assert.match(shown(await testPayment(answering(at('WAITING_FOR_QUOTE_ACCEPTANCE')), order))[0] ?? '', /keeps waiting for acceptance/);
  });
});

test('an environment is connected only when everything that is needed was seen to be well', () => {
  const ok = (part: string, check: string): Finding => ({ part, check, state: 'passed', message: '' });
  const all = [
    ok('hub', 'answer'),
    ok('own listener', 'certificate'),
    ok('product', 'ready'),
    ok('signature', 'published key'),
    ok('look-up', 'round trip'),
  ];
  assert.equal(readinessPassed(all), true);
  for (const left of all) assert.equal(readinessPassed(all.filter((one) => one !== left)), false, left.part);
  for (const state of ['skipped', 'failed'] as const)
    assert.equal(readinessPassed([...all.slice(1), { ...ok('hub', 'answer'), state }]), false);
  assert.equal(readinessPassed([...all, { ...ok('payment', 'payment'), state: 'failed' }]), false);
});
